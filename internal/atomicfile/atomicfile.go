package atomicfile

import (
	"bufio"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/pkg/errors"

	"optlab/internal/brief"
)

// Dir is a folder whose files are there in full or not at all: whoever reads
// one, also after a crash or on a full disk, finds the old content or the new,
// never a part. One process at a time may write to it.
//
// Beside the file name lies, while it is being written and after a crash in the
// middle of it, .name.tmp, which belongs to Dir. No other name is ever touched
// but those that a method is given, and no link is followed.
type Dir struct {
	Path string // empty is the working folder
	FS   FS     // nil is OS
}

// Split returns the folder and the name of a file.
func Split(path string) (Dir, string) {
	return Dir{Path: filepath.Dir(path)}, filepath.Base(path)
}

// File returns the path of a file.
func (d Dir) File(name string) string { return filepath.Join(d.Path, name) }

// temporary returns the path where a file is written before it gets its name.
func (d Dir) temporary(name string) string { return d.File("." + name + ".tmp") }

func (d Dir) fs() FS {
	if d.FS == nil {
		return OS{}
	}
	return d.FS
}

// Make makes the folder and those above it where they are not there.
func (d Dir) Make() error {
	path := filepath.Clean(d.Path)
	return errors.Wrapf(brief.Error(d.makeAll(path)), "making the folder %s", brief.Path(path))
}

func (d Dir) makeAll(path string) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return nil
	case err == nil:
		return errors.Errorf("%s is a file, want a folder", brief.Path(path))
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	parent := filepath.Dir(path)
	if parent == path {
		return err
	}
	if err := d.makeAll(parent); err != nil {
		return err
	}
	err = retry(func() error { return d.fs().Mkdir(path) })
	if errors.Is(err, fs.ErrExist) {
		// Another process was faster, or a link leads nowhere.
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return nil
		}
	}
	if err != nil {
		return err
	}
	return d.sync(parent)
}

// Write makes data the content of a file. On an error the old content stands,
// or, if the error is one of flushing the folder at the very end, the new.
func (d Dir) Write(name string, data []byte) error {
	return d.write(name, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// bufferSize is that of WriteFrom: large enough for system calls not to matter.
const bufferSize = 1 << 18

// WriteFrom makes what write writes the content of a file, as Write does. It is
// buffered. An error of write is returned.
func (d Dir) WriteFrom(name string, write func(w io.Writer) error) error {
	return d.write(name, func(w io.Writer) error {
		b := bufio.NewWriterSize(w, bufferSize)
		if err := write(b); err != nil {
			return err
		}
		return b.Flush()
	})
}

func (d Dir) write(name string, content func(io.Writer) error) error {
	return errors.Wrapf(brief.Error(d.replace(name, content)), "writing %s", brief.Path(d.File(name)))
}

// replace writes the temporary file, flushes it and gives it its name.
func (d Dir) replace(name string, content func(io.Writer) error) error {
	if name == "." || name != filepath.Base(name) || !filepath.IsLocal(name) {
		return errors.Errorf("%s is not the name of a file in a folder", brief.Quote(name))
	}
	tmp := d.temporary(name)
	if err := d.remove(tmp); err != nil {
		return err
	}
	var file File
	named := false
	// Also when content panics.
	defer func() {
		if file != nil {
			file.Close()
		}
		if !named {
			d.remove(tmp)
		}
	}()
	err := retry(func() (err error) {
		file, err = d.fs().Create(tmp)
		return err
	})
	if err != nil {
		file = nil
		return err
	}
	if err := content(wholeWriter{file}); err != nil {
		return err
	}
	if err := retry(file.Sync); err != nil {
		return err
	}
	// After EINTR it is unspecified whether the file is closed, so it must not
	// be closed again; what matters, its content, is synced.
	err = file.Close()
	file = nil
	if err != nil && !errors.Is(err, syscall.EINTR) {
		return err
	}
	if err := retry(func() error { return d.fs().Rename(tmp, d.File(name)) }); err != nil {
		return err
	}
	named = true
	return d.sync(filepath.Clean(d.Path))
}

// Remove removes those of the files that are there, in the order given, and
// makes that last.
func (d Dir) Remove(names ...string) error {
	for _, name := range names {
		if err := d.remove(d.File(name)); err != nil {
			return errors.Wrapf(brief.Error(err), "removing %s", brief.Path(d.File(name)))
		}
	}
	return errors.Wrapf(brief.Error(d.sync(filepath.Clean(d.Path))), "removing files from %s", brief.Path(d.Path))
}

// TryLock locks a file in the folder, as FS does. What unlocks it removes the
// file first: it is there only while it is locked, or where who locked it was
// killed.
func (d Dir) TryLock(name string) (unlock func(), err error) {
	path := d.File(name)
	for {
		var lock Lock
		err := retry(func() (err error) {
			lock, err = d.fs().TryLock(path)
			return err
		})
		if err != nil {
			return nil, errors.Wrapf(brief.Error(err), "locking %s", brief.Path(path))
		}
		if lock == nil {
			return nil, nil
		}
		// The owner before may have removed the file between its opening and
		// its locking: the lock is then of a file that nobody will find.
		if held, err := lock.Stat(); err == nil {
			if there, err := os.Stat(path); err == nil && os.SameFile(held, there) {
				return func() {
					// While it is locked. An error, such as on Windows, leaves
					// the file, empty of meaning.
					_ = d.fs().Remove(path)
					_ = lock.Close()
				}, nil
			}
		}
		lock.Close()
	}
}

// Clean removes what writing files of these names leaves when the process is
// killed in the middle of it.
func (d Dir) Clean(names ...string) error {
	for _, name := range names {
		if err := d.remove(d.temporary(name)); err != nil {
			return errors.Wrapf(brief.Error(err), "removing %s", brief.Path(d.temporary(name)))
		}
	}
	return nil
}

// Littered reports whether there is anything for Clean to remove.
func (d Dir) Littered(names ...string) bool {
	for _, name := range names {
		if _, err := os.Lstat(d.temporary(name)); err == nil {
			return true
		}
	}
	return false
}

// remove removes a file if it is there. It looks first: where there is nothing
// to remove, a folder that cannot be written is no error.
func (d Dir) remove(path string) error {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	err := retry(func() error { return d.fs().Remove(path) })
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// sync flushes a folder. Where that cannot be, on some file systems and in a
// folder that may not be read, a rename is still atomic, so it is no error.
func (d Dir) sync(path string) error {
	err := retry(func() error { return d.fs().SyncDir(path) })
	for _, cannot := range []error{syscall.EINVAL, syscall.ENOTSUP, fs.ErrPermission} {
		if errors.Is(err, cannot) {
			return nil
		}
	}
	return err
}

// retry repeats a system call that a signal interrupts.
func retry(call func() error) error {
	for {
		if err := call(); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// wholeWriter writes all of what it is given, also where a call takes a part or
// a signal interrupts it.
type wholeWriter struct{ file File }

func (w wholeWriter) Write(data []byte) (written int, err error) {
	for written < len(data) {
		n, err := w.file.Write(data[written:])
		written += n
		switch {
		case errors.Is(err, syscall.EINTR), errors.Is(err, io.ErrShortWrite) && n > 0:
		case err != nil:
			return written, err
		case n == 0:
			return written, io.ErrShortWrite
		}
	}
	return written, nil
}
