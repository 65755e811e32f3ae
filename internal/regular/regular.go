// Package regular reads regular files and refuses everything else that can
// stand at a path, at once: opening a FIFO would wait for a writer, and devices
// have no end.
package regular

import (
	"io"
	"io/fs"
	"os"

	"github.com/pkg/errors"

	"optlab/internal/brief"
)

// Open opens a regular file and returns its size. It never waits. What is no
// regular file is an error that says what it is; one that is not there is an
// fs.ErrNotExist.
func Open(path string) (file *os.File, size int64, err error) {
	// Before opening, as that can have effects on a device, and again after it,
	// as another file may be there by then.
	info, err := os.Stat(path)
	if err == nil {
		if err = require(path, info); err != nil {
			return nil, 0, err
		}
		file, err = os.OpenFile(path, os.O_RDONLY|nonblocking, 0)
	}
	if err != nil {
		return nil, 0, errors.WithStack(brief.Error(err)) // which names the path
	}
	if info, err = file.Stat(); err == nil {
		err = require(path, info)
	}
	if err != nil {
		file.Close()
		return nil, 0, errors.WithStack(brief.Error(err))
	}
	return file, info.Size(), nil
}

// Read returns the content of a regular file of at most limit bytes.
func Read(path string, limit int64) ([]byte, error) {
	file, size, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if size > limit {
		return nil, errors.Errorf("%s: %d bytes are more than the %d that it can have", brief.Path(path), size, limit)
	}
	data := make([]byte, size)
	n, err := io.ReadFull(file, data)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil // the file was cut meanwhile: what there is of it
	}
	return data[:n], errors.WithStack(brief.Error(err))
}

// Want returns an error if there is something at a path that is no regular file.
func Want(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return errors.WithStack(brief.Error(err))
	}
	return require(path, info)
}

// require returns an error unless info is a regular file's.
func require(path string, info fs.FileInfo) error {
	if info.Mode().IsRegular() {
		return nil
	}
	return errors.Errorf("%s: %s, not a regular file", brief.Path(path), kind(info.Mode()))
}

// kind says what a file is that is none.
func kind(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "something else"
}
