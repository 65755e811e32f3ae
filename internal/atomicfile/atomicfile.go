// Package atomicfile writes files that are there in full or not at all.
package atomicfile

import (
	"os"
	"path/filepath"

	"github.com/pkg/errors"
)

// Write makes data the content of the file path. It writes a temporary file in
// the same folder, flushes it to the disk and renames it, so whoever reads
// path, also after a crash or on a full disk, finds the old content or the new,
// never a part. On an error the old content stands and the temporary file is
// gone.
func Write(path string, data []byte) (err error) {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, "."+filepath.Base(path)+infix+"*")
	if err != nil {
		return errors.Wrapf(err, "writing %s", path)
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
			err = errors.Wrapf(err, "writing %s", path)
		}
	}()
	if _, err = tmp.Write(data); err != nil {
		return err
	}
	// CreateTemp's files are for their owner alone; results are for everyone.
	if err = tmp.Chmod(0o644); err != nil {
		return err
	}
	if err = tmp.Sync(); err != nil {
		return err
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	if err = os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	syncFolder(dir)
	return nil
}

// infix is what the name of every temporary file contains.
const infix = ".tmp-"

// Clean removes what Write leaves in a folder when the process is killed in the
// middle of it. No Write to the folder may be under way.
func Clean(dir string) error {
	leftovers, err := filepath.Glob(filepath.Join(dir, ".*"+infix+"*"))
	for _, path := range leftovers {
		if err := os.Remove(path); err != nil {
			return errors.Wrap(err, "removing a temporary file")
		}
	}
	return errors.Wrap(err, "looking for temporary files")
}

// syncFolder makes the rename itself last through a power cut, on the systems
// where a folder can be flushed. Where it cannot, the rename is still atomic,
// so errors do not matter.
func syncFolder(dir string) {
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}
