package atomicfile

import (
	"io"
	"os"
	"runtime"

	"github.com/pkg/errors"
)

// FS is the system calls by which files are written. What is only read, such as
// whether a file is there, is asked of the operating system.
type FS interface {
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

// OS is the operating system's FS.
type OS struct{}

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
		return errors.Errorf("%s is a folder, want a file", path)
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
