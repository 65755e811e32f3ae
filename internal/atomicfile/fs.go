package atomicfile

import (
	"io"
	"io/fs"
	"os"
	"runtime"

	"github.com/gofrs/flock"
	"github.com/pkg/errors"

	"optlab/internal/brief"
)

// FS is the system calls by which files are written. What is only read, such as
// whether a file is there, is asked of the operating system.
type FS interface {
	// TryLock locks a file, which it makes where it is not there, for the
	// calling process until the lock is closed or the process ends, in whatever
	// way. It does not wait: nil is returned if somebody else, also in the
	// process, has it locked.
	TryLock(path string) (Lock, error)
	// Create makes a file that must not be there, nor a link in its place.
	Create(path string) (File, error)
	// Rename moves a file, replacing the one that is there.
	Rename(from, to string) error
	// Remove removes a file, or a link, but no folder.
	Remove(path string) error
	// Mkdir makes a folder whose parent is there.
	Mkdir(path string) error
	// SyncDir makes creations, renames and removals in a folder last.
	SyncDir(path string) error
}

// File is a file that is being written. Write may take a part of the bytes
// without an error, as the system call may.
type File interface {
	io.WriteCloser
	// Sync makes what was written last.
	Sync() error
}

// Lock is a file that is locked.
type Lock interface {
	// Stat describes the file that is locked, whatever is at its path.
	Stat() (fs.FileInfo, error)
	// Close unlocks it.
	io.Closer
}

// OS is the operating system's FS.
type OS struct{}

// TryLock locks by what the system has for whole files: flock, or LockFileEx on
// Windows.
func (OS) TryLock(path string) (Lock, error) {
	l := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o666))
	if locked, err := l.TryLock(); err != nil || !locked {
		return nil, err
	}
	return l, nil
}

// Create makes a file with the rights that the umask leaves. O_EXCL follows no
// link.
func (OS) Create(path string) (File, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
}

// Rename renames.
func (OS) Rename(from, to string) error { return os.Rename(from, to) }

// Remove removes a file.
func (OS) Remove(path string) error {
	// os.Remove would remove an empty folder too.
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return errors.Errorf("%s is a folder, want a file", brief.Path(path))
	}
	return os.Remove(path)
}

// Mkdir makes a folder with the rights that the umask leaves.
func (OS) Mkdir(path string) error { return os.Mkdir(path, 0o777) }

// SyncDir flushes a folder. Windows has no such call; there the file system's
// own journal keeps a rename.
func (OS) SyncDir(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
