package experiment

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"

	"github.com/pkg/errors"

	"optlab/experiment/folder"
	"optlab/internal/regular"
	"optlab/models"
)

// maxStart bounds a file to start from: a model at its largest, and a little.
const maxStart = 2 << 30

// name is that of the copy in the run's folder.
func (s Start) name() string { return "start-" + s.SHA256[:16] }

// load reads the parameters of m, once, and returns s with the digest of the
// file, and its copy for the run's folder.
func (s Start) load(m *models.Model) (*Start, map[string][]byte, error) {
	path := s.Path
	if s.kept != "" {
		path = s.kept
	}
	data, err := regular.Read(path, maxStart)
	if err != nil {
		return nil, nil, errors.WithMessage(err, "reading tensors")
	}
	digest := fmt.Sprintf("%x", sha256.Sum256(data))
	if s.SHA256 != "" && s.SHA256 != digest {
		return nil, nil, errors.Errorf("loading %s: its digest is %s, want %s: it is another file than it was", path, digest, s.SHA256)
	}
	s.SHA256 = digest
	return &s, map[string][]byte{s.name(): data}, m.LoadFrom(path, data)
}

// Recall returns c with the copy of the file to start from that the run in a
// folder keeps, if the file itself is gone: a run can be resumed and shown without
// it.
func Recall(c Config, dir folder.Folder) Config {
	if c.Start == nil {
		return c
	}
	if _, err := os.Stat(c.Start.Path); !errors.Is(err, fs.ErrNotExist) {
		return c
	}
	for _, before := range dir.Recorded() {
		var b Config
		if b.UnmarshalJSON(before) == nil && b.Start != nil && b.Start.Path == c.Start.Path && len(b.Start.SHA256) == 2*sha256.Size {
			start := *b.Start
			start.kept = dir.File(start.name())
			c.Start = &start
			return c
		}
	}
	return c
}
