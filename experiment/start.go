package experiment

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"optlab/experiment/folder"
	"optlab/internal/regular"
	"optlab/models"
)

// name is that of the copy in the run's folder.
func (s Start) name() string { return "start-" + s.SHA256[:16] }

// Network describes the network that the file's parameters are of, as far as
// [models.Infer] can tell.
func (s Start) Network() (models.Config, error) {
	f, err := models.ReadAnyTensors(cmp.Or(s.kept, s.Path))
	if err != nil {
		return models.Config{}, err
	}
	shapes := make(map[string]tensor.Shape, len(f.Tensors))
	for name, t := range f.Tensors {
		shapes[name] = t.Shape()
	}
	return models.Infer(shapes)
}

// load reads the parameters of m and returns s with the digest of the file, and
// what copies it into the run's folder.
func (s Start) load(m *models.Model) (*Start, map[string]folder.Input, error) {
	path := cmp.Or(s.kept, s.Path)
	digest, err := m.LoadDigest(path, s.SHA256)
	if err != nil {
		return nil, nil, err
	}
	s.SHA256 = digest
	return &s, map[string]folder.Input{s.name(): func(w io.Writer) error {
		file, _, err := regular.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		h := sha256.New()
		if _, err := io.Copy(io.MultiWriter(w, h), file); err != nil {
			return errors.Wrapf(err, "copying %s", path)
		}
		if fmt.Sprintf("%x", h.Sum(nil)) != digest {
			return errors.Errorf("copying %s: it has changed since it was loaded", path)
		}
		return nil
	}}, nil
}

// Recall returns c with the copy of the file to start from that the run in a
// folder keeps, if the file itself is gone: a run can be resumed and shown
// without it.
func Recall(c Config, dir folder.Folder) Config {
	if c.Start == nil {
		return c
	}
	if _, err := os.Stat(c.Start.Path); !errors.Is(err, fs.ErrNotExist) && !overwritten(c.Start.Path, dir) {
		return c
	}
	for _, before := range dir.Recorded() {
		var b Config
		if b.UnmarshalJSON(before) == nil && b.Start != nil && b.Start.Path == c.Start.Path && len(b.Start.SHA256) == 2*sha256.Size {
			start := *b.Start
			start.kept = dir.File(start.name())
			if _, err := os.Stat(start.kept); err != nil {
				continue // not copied yet
			}
			c.Start = &start
			return c
		}
	}
	return c
}

// overwritten reports whether a file is one that the run in the folder wrote. A
// run that is to replace a finished one starts from what that wrote.
func overwritten(path string, dir folder.Folder) bool {
	if dir.Overwrite && dir.Sealed() {
		return false
	}
	info, err := os.Stat(path)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(Files, func(name string) bool {
		own, err := os.Stat(dir.File(name))
		return err == nil && os.SameFile(info, own)
	})
}
