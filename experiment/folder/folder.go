package folder

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"sort"
	"strings"

	"github.com/pkg/errors"

	"optlab/internal/atomicfile"
	"optlab/internal/regular"
)

// ConfigFile is the file in a run's folder that says how the run was made. A
// folder with other files and without it is not a run's.
const ConfigFile = "config.json"

// maxConfig is a hundred times what a configuration takes.
const maxConfig = 1 << 20

// Folder is where a run keeps its files. The zero value is no folder: nothing
// is kept.
type Folder struct {
	Path string
	// Files are the names of all files that the run may write there, beside
	// ConfigFile.
	Files []string
	// Overwrite removes them if they are an earlier run's.
	Overwrite bool
	// FS, if it is not nil, is what the run writes by.
	FS atomicfile.FS
}

// Dir returns what the run's files are written by.
func (f Folder) Dir() atomicfile.Dir { return atomicfile.Dir{Path: f.Path, FS: f.FS} }

// File returns the path of a file in the folder.
func (f Folder) File(name string) string { return f.Dir().File(name) }

// Write writes a file, atomically.
func (f Folder) Write(name string, data []byte) error {
	return f.Dir().Write(name, data)
}

// Make makes the folder, if it is not there.
func (f Folder) Make() error {
	if err := f.Dir().Make(); err != nil {
		return &UnusableError{Path: f.Path, Err: err}
	}
	return nil
}

// names are those of all files of the run, ConfigFile last.
func (f Folder) names() []string {
	return append(f.Files[:len(f.Files):len(f.Files)], ConfigFile)
}

// document is the content of ConfigFile.
type document struct {
	Run         any         `json:"run"`
	Environment environment `json:"environment"`
}

// Claim makes the folder that of a run with the given configuration, which is
// written as JSON. If the folder holds a run already, Claim reports held, with
// no error if that run has the same configuration, and else with a
// *DifferentError. With Overwrite, the files of the earlier run are removed and
// held is false. A folder that holds other files and no run is an
// *UnusableError either way: what is not a run's is never touched.
func (f Folder) Claim(run any) (held bool, err error) {
	data, err := json.MarshalIndent(document{run, thisEnvironment()}, "", "  ")
	if err != nil {
		return false, errors.Wrapf(err, "writing %s", f.File(ConfigFile))
	}
	if err := f.Make(); err != nil {
		return false, err
	}
	held, err = f.compare(data)
	switch {
	case err != nil && !(held && f.Overwrite):
		return held, err
	case held && !f.Overwrite:
		return true, f.Dir().Clean(f.names()...) // the run may have been killed
	}
	if err := f.Dir().Remove(f.names()...); err != nil {
		return false, err
	}
	if err := f.Write(ConfigFile, append(data, '\n')); err != nil {
		return false, &UnusableError{Path: f.Path, Err: errors.WithMessage(err, "the folder of the run must be writable")}
	}
	return false, nil
}

// compare reports whether the folder holds a run, and as an error how that
// run's configuration differs from the one in data; or, not holding one, why
// the folder cannot be used.
func (f Folder) compare(data []byte) (held bool, err error) {
	existing, err := regular.Read(f.File(ConfigFile), maxConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return false, f.unused()
	}
	if err != nil {
		return false, errors.WithMessage(err, "reading the earlier run's configuration")
	}
	before, err := decode(existing)
	if err != nil {
		return false, f.notConfiguration()
	}
	now, err := decode(data)
	if err != nil {
		return true, errors.WithMessage(err, "comparing configurations")
	}
	if d := differences("", before, now); len(d) > 0 {
		return true, &DifferentError{Path: f.Path, Differences: d}
	}
	return true, nil
}

// Read decodes the configuration of the run in the folder, as JSON, into run. A
// folder that holds no run is an error.
func (f Folder) Read(run any) error {
	data, err := regular.Read(f.File(ConfigFile), maxConfig)
	if err != nil {
		return errors.WithMessage(err, "reading the configuration of a run")
	}
	var d struct{ Run json.RawMessage }
	if err := json.Unmarshal(data, &d); err != nil || d.Run == nil {
		return f.notConfiguration()
	}
	return errors.WithMessage(json.Unmarshal(d.Run, run), f.File(ConfigFile))
}

func (f Folder) notConfiguration() error {
	return &UnusableError{Path: f.Path, Err: errors.Errorf("%s is not the configuration of a run", f.File(ConfigFile))}
}

// decode returns the run in the JSON of a document, with its numbers as
// written: two seeds can be the same float64.
func decode(data []byte) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var d struct{ Run map[string]any }
	if err := decoder.Decode(&d); err != nil {
		return nil, errors.Wrap(err, "decoding a configuration")
	}
	if d.Run == nil {
		return nil, errors.New("decoding a configuration: there is no run in it")
	}
	return d.Run, nil
}

// unused returns an error if the folder has files in it: without ConfigFile,
// which a run writes first and removes last, they are not a run's, whatever
// their names.
func (f Folder) unused() error {
	entries, err := os.ReadDir(f.Path)
	if err != nil {
		return errors.Wrap(err, "reading the folder of the run")
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			return &UnusableError{Path: f.Path, Err: errors.Errorf("%s holds files that are not a run's, such as %s", f.Path, e.Name())}
		}
	}
	return nil
}

// differences lists where two JSON values differ, as "name before there, now
// now".
func differences(name string, before, now any) []string {
	a, aok := before.(map[string]any)
	b, bok := now.(map[string]any)
	if !aok || !bok {
		if reflect.DeepEqual(before, now) {
			return nil
		}
		return []string{fmt.Sprintf("%s %s there, %s now", name, compact(before), compact(now))}
	}
	keys := make(map[string]bool)
	for k := range a {
		keys[k] = true
	}
	for k := range b {
		keys[k] = true
	}
	var list []string
	for k := range keys {
		path := k
		if name != "" {
			path = name + "." + k
		}
		list = append(list, differences(path, a[k], b[k])...)
	}
	sort.Strings(list)
	return list
}

func compact(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(data)
}
