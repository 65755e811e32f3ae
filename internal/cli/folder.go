package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"

	"github.com/pkg/errors"

	"optlab/internal/atomicfile"
)

// ConfigFile is the file in a run's folder that says how the run was made. A
// folder with other files and without it is not a run's.
const ConfigFile = "config.json"

// Folder is where a run writes its files.
type Folder struct {
	Path  string
	files []string // all that the command writes
}

// NewFolder returns the folder of a run that writes files of the given names and
// [ConfigFile]. Nothing is made yet.
func NewFolder(path string, files ...string) Folder {
	return Folder{Path: path, files: append(files, ConfigFile)}
}

// File returns the path of a file in the folder.
func (f Folder) File(name string) string { return filepath.Join(f.Path, name) }

// Write writes a file, atomically.
func (f Folder) Write(name string, data []byte) error {
	return atomicfile.Write(f.File(name), data)
}

// Make makes the folder, if it is not there.
func (f Folder) Make() error {
	return errors.Wrap(os.MkdirAll(f.Path, 0o755), "making the folder of the run (choose another with -out)")
}

// document is the content of ConfigFile.
type document struct {
	Run         any         `json:"run"`
	Environment Environment `json:"environment"`
}

// Claim makes the folder that of a run with the given configuration, which is
// written as JSON. If the folder holds a run already, Claim reports held, with
// no error if that run has the same configuration, and else with one that names
// the differences. With overwrite, the files of the earlier run are removed and
// held is false. A folder that holds other files and no run is an error either
// way: what is not a run's is never touched.
func (f Folder) Claim(run any, overwrite bool) (held bool, err error) {
	data, err := json.MarshalIndent(document{run, ThisEnvironment()}, "", "  ")
	if err != nil {
		return false, errors.Wrapf(err, "writing %s", f.File(ConfigFile))
	}
	if err := f.Make(); err != nil {
		return false, err
	}
	held, err = f.compare(data)
	switch {
	case err != nil && !(held && overwrite):
		return held, err
	case held && !overwrite:
		return true, atomicfile.Clean(f.Path) // the run may have been killed
	}
	for _, name := range f.files {
		if err := os.Remove(f.File(name)); err != nil && !os.IsNotExist(err) {
			return false, errors.Wrap(err, "removing a file of the earlier run")
		}
	}
	err = f.Write(ConfigFile, append(data, '\n'))
	return false, errors.Wrap(err, "the folder of the run must be writable (choose another with -out)")
}

// compare reports whether the folder holds a run, and as an error how that run's
// configuration differs from the one in data; or, not holding one, why the folder
// cannot be used.
func (f Folder) compare(data []byte) (held bool, err error) {
	existing, err := os.ReadFile(f.File(ConfigFile))
	if os.IsNotExist(err) {
		return false, f.unused()
	}
	if err != nil {
		return false, errors.Wrap(err, "reading the earlier run's configuration")
	}
	var before, now document
	err = decode(existing, &before)
	if _, ok := before.Run.(map[string]any); err != nil || !ok {
		return false, errors.Errorf("%s is not the configuration of a run: choose another folder with -out", f.File(ConfigFile))
	}
	if err := decode(data, &now); err != nil {
		return true, errors.Wrap(err, "comparing configurations")
	}
	if d := differences("", before.Run, now.Run); len(d) > 0 {
		return true, errors.Errorf("%s holds a run with another configuration: %s; -overwrite replaces it, -out chooses another folder", f.Path, strings.Join(d, ", "))
	}
	return true, nil
}

// decode reads JSON with its numbers as written: two seeds can be the same
// float64.
func decode(data []byte, d *document) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return decoder.Decode(d)
}

// unused returns an error if the folder has files in it: without ConfigFile, which
// a run writes first and removes last, they are not a run's, whatever their names.
func (f Folder) unused() error {
	entries, err := os.ReadDir(f.Path)
	if err != nil {
		return errors.Wrap(err, "reading the folder of the run")
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			return errors.Errorf("%s holds files that are not a run's, such as %s: choose another folder with -out", f.Path, e.Name())
		}
	}
	return nil
}

// differences lists where two JSON values differ, as "name: before → now".
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
