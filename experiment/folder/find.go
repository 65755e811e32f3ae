package folder

import (
	"encoding/json"
	"os"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"optlab/internal/brief"
	"optlab/internal/regular"
)

// found is what there is in a folder.
type found struct {
	run     bool     // a configuration of a run
	grown   bool     // it is this run, to go further
	begun   bool     // a replacement has begun
	older   bool     // the run has not finished, and its version wrote fewer files
	files   []string // of the run, or what is left of one
	foreign []string // inputs of a run that was to take its place
}

// all returns the names of all files that writing may have left in part.
func (f found) all() []string {
	return slices.Concat(f.files, f.foreign, []string{ConfigFile, ManifestFile, replacingFile})
}

// find looks at the folder. If it holds a run, the error is how its
// configuration differs from that of now; otherwise why it cannot be used.
func (f Folder) find(now document, same Same) (found, error) {
	is, err := f.look(now, same)
	if !is.run && !is.begun {
		return is, err
	}
	for _, name := range slices.Concat(is.files, is.foreign, []string{ManifestFile}) {
		if err := regular.Want(f.File(name)); err != nil {
			return found{}, &UnusableError{Path: f.Path, Err: errors.WithMessage(err, "a file of the run")}
		}
	}
	return is, err
}

// look is find for who does not ask whether the files are files.
func (f Folder) look(now document, same Same) (found, error) {
	var is found
	switch info, err := os.Stat(f.Path); {
	case errors.Is(err, os.ErrNotExist):
		return is, nil
	case err != nil:
		return is, &UnusableError{Path: f.Path, Err: errors.Wrap(brief.Error(err), "the folder of the run")}
	case !info.IsDir():
		return is, &UnusableError{Path: f.Path, Err: errors.Errorf("the folder of the run: %s is a file", brief.Path(f.Path))}
	}
	next, err := f.readDocument(replacingFile)
	switch {
	case err == nil:
		is.begun, is.files = true, next.Files
	case !errors.Is(err, os.ErrNotExist):
		return is, err
	}
	before, err := f.readDocument(ConfigFile)
	if errors.Is(err, os.ErrNotExist) {
		if is.begun {
			return is, nil
		}
		if is.files, err = f.unused(); err != nil && f.Claimed() {
			// Another command, which holds the folder, has begun a run meanwhile.
			return f.look(now, same)
		}
		return is, err
	}
	if err != nil {
		return is, err
	}
	for _, name := range is.files {
		if !slices.Contains(before.Files, name) {
			is.foreign = append(is.foreign, name)
		}
	}
	is.run, is.files = true, before.Files
	is.older = slices.Contains(before.Files, ManifestFile) && !f.Sealed() && len(union(before.Files, now.Files)) > len(before.Files)
	a, err := decode(before.Run)
	if err != nil {
		return is, err
	}
	b, err := decode(now.Run)
	if err != nil {
		return is, err
	}
	is.grown = same(a, b)
	if d := differences("", a, b); len(d) > 0 {
		different := &DifferentError{Path: f.Path}
		for _, difference := range d {
			different.Differences = append(different.Differences, difference.String())
		}
		return is, different
	}
	return is, nil
}

// unused returns the files that may be adopted, or an error if there are
// others: without ConfigFile, which a run writes first and removes first, they
// are not a run's, whatever their names.
func (f Folder) unused() (adopted []string, err error) {
	entries, err := os.ReadDir(f.Path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, errors.Wrap(err, "reading the folder of the run")
	}
	for _, e := range entries {
		name := e.Name()
		switch {
		case strings.HasPrefix(name, "."):
		case f.Adopt == nil || !f.Adopt(name):
			return nil, &UnusableError{Path: f.Path, Err: errors.Errorf("%s holds files that are not a run's, such as %s", brief.Path(f.Path), brief.Path(name))}
		case slices.Contains(f.Files, name):
			adopted = append(adopted, name)
		}
	}
	return adopted, nil
}

// decode returns a configuration with its numbers as written: two seeds can be
// the same float64.
func decode(data json.RawMessage) (map[string]any, error) {
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()
	var run map[string]any
	return run, errors.Wrap(decoder.Decode(&run), "comparing configurations")
}
