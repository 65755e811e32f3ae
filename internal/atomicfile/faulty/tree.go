package faulty

import (
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pkg/errors"
)

// Tree is what is in a folder: by the path in it, with slashes, the content of
// every file, nil for a folder.
type Tree map[string][]byte

// ReadTree returns what is in a folder.
func ReadTree(root string) (Tree, error) {
	t := make(Tree)
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == "." {
			return err
		}
		if entry.IsDir() {
			t[path] = nil
			return nil
		}
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
		t[path] = append([]byte{}, data...)
		return err
	})
	return t, errors.Wrapf(err, "reading %s", root)
}

// Write makes the tree the content of a folder, instead of all that is there.
func (t Tree) Write(root string) error {
	if err := os.RemoveAll(root); err != nil {
		return errors.Wrap(err, "writing a tree")
	}
	if err := os.MkdirAll(root, 0o777); err != nil {
		return errors.Wrap(err, "writing a tree")
	}
	for path, data := range t {
		path = filepath.Join(root, filepath.FromSlash(path))
		folder := path
		if data != nil {
			folder = filepath.Dir(path)
		}
		if err := os.MkdirAll(folder, 0o777); err != nil {
			return errors.Wrap(err, "writing a tree")
		}
		if data == nil {
			continue
		}
		if err := os.WriteFile(path, data, 0o666); err != nil {
			return errors.Wrap(err, "writing a tree")
		}
	}
	return nil
}
