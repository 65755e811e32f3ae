package faulty

import (
	"os"
	"path/filepath"

	"github.com/pkg/errors"

	"optlab/internal/atomicfile"
)

// Recorder is an FS that notes the calls that succeed. They reach the file
// system, but for flushing.
type Recorder struct {
	root   string
	before Tree
	calls  []call
}

// Record returns a recorder of what happens in a folder from now on. The folder
// itself must be there.
func Record(root string) (*Recorder, error) {
	before, err := ReadTree(root)
	return &Recorder{root: root, before: before}, err
}

// Len is the number of calls so far.
func (r *Recorder) Len() int { return len(r.calls) }

// kind says what a call does.
type kind int

const (
	create kind = iota
	write
	syncFile
	rename
	remove
	mkdir
	syncDir
)

// call is a call with paths in the tree; file numbers the files created.
type call struct {
	kind     kind
	path, to string
	file     int
	data     []byte
}

// in returns a path in the tree.
func (r *Recorder) in(path string) (string, error) {
	in, err := filepath.Rel(r.root, path)
	if err == nil && !filepath.IsLocal(in) {
		err = errors.Errorf("%s is not in %s, which is recorded", path, r.root)
	}
	return filepath.ToSlash(in), err
}

// note makes a call and notes it.
func (r *Recorder) note(c call, do func() error) (err error) {
	if c.path, err = r.in(c.path); err != nil {
		return err
	}
	if c.to != "" {
		if c.to, err = r.in(c.to); err != nil {
			return err
		}
	}
	if err := do(); err != nil {
		return err
	}
	r.calls = append(r.calls, c)
	return nil
}

// TryLock locks a file. That it makes it where it is not there is all that a
// power cut shows of it.
func (r *Recorder) TryLock(path string) (lock atomicfile.Lock, err error) {
	if _, err := os.Lstat(path); err == nil {
		return Quick{}.TryLock(path)
	}
	err = r.note(call{kind: create, path: path, file: len(r.calls)}, func() (err error) {
		lock, err = Quick{}.TryLock(path)
		return err
	})
	return lock, err
}

// Create creates a file.
func (r *Recorder) Create(path string) (atomicfile.File, error) {
	var file atomicfile.File
	number := len(r.calls)
	err := r.note(call{kind: create, path: path, file: number}, func() (err error) {
		file, err = Quick{}.Create(path)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &recorded{r, file, path, number}, nil
}

// Rename renames.
func (r *Recorder) Rename(from, to string) error {
	return r.note(call{kind: rename, path: from, to: to}, func() error { return Quick{}.Rename(from, to) })
}

// Remove removes.
func (r *Recorder) Remove(path string) error {
	return r.note(call{kind: remove, path: path}, func() error { return Quick{}.Remove(path) })
}

// Mkdir makes a folder.
func (r *Recorder) Mkdir(path string) error {
	return r.note(call{kind: mkdir, path: path}, func() error { return Quick{}.Mkdir(path) })
}

// SyncDir notes that a folder is flushed.
func (r *Recorder) SyncDir(path string) error {
	return r.note(call{kind: syncDir, path: path}, func() error { return nil })
}

// recorded is a file of a Recorder.
type recorded struct {
	r      *Recorder
	file   atomicfile.File
	path   string
	number int
}

func (f *recorded) Write(data []byte) (n int, err error) {
	c := call{kind: write, path: f.path, file: f.number, data: append([]byte{}, data...)}
	err = f.r.note(c, func() (err error) {
		n, err = f.file.Write(data)
		return err
	})
	return n, err
}

func (f *recorded) Sync() error {
	return f.r.note(call{kind: syncFile, path: f.path, file: f.number}, func() error { return nil })
}

func (f *recorded) Close() error { return f.file.Close() }
