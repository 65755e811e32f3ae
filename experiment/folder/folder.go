package folder

import (
	"encoding/json"
	"io"
	"os"
	"slices"

	"github.com/pkg/errors"

	"optlab/internal/atomicfile"
	"optlab/internal/brief"
	"optlab/internal/regular"
)

// ConfigFile is the file in a run's folder that says how the run was made. A
// folder with other files and without it is not a run's.
const ConfigFile = "config.json"

// Folder is where a run keeps its files. The zero value is no folder: nothing
// is kept.
type Folder struct {
	Path string
	// Files are the names of all files that the run may write there, beside
	// those of this package.
	Files []string
	// Inputs are files that the run needs, by name: they are written before an
	// earlier run is removed, from whose folder they may come. A name must
	// change with the content.
	Inputs map[string]Input
	// Adopt, if it is not nil, says whether a file or folder is one that
	// earlier versions left there without ConfigFile: a folder with nothing
	// else may be claimed.
	Adopt func(name string) bool
	// Overwrite has Claim replace an earlier run.
	Overwrite bool
	// FS, if it is not nil, is what the run writes by.
	FS atomicfile.FS
}

// Input writes the content of a file that a run needs.
type Input = func(w io.Writer) error

// Dir returns what the run's files are written by.
func (f Folder) Dir() atomicfile.Dir { return atomicfile.Dir{Path: f.Path, FS: f.FS} }

// File returns the path of a file in the folder.
func (f Folder) File(name string) string { return f.Dir().File(name) }

// Write writes a file, atomically.
func (f Folder) Write(name string, data []byte) error { return f.Dir().Write(name, data) }

// document is the content of ConfigFile.
type document struct {
	Run         json.RawMessage `json:"run"`
	Environment json.RawMessage `json:"environment"`
	// Files are the names of all files of the run but this one: what may be
	// removed with it. Folders of earlier versions have none.
	Files []string `json:"files,omitempty"`
	// Digest is that of the rest. Earlier versions wrote none.
	Digest string `json:"digest,omitempty"`
}

// document returns the content of ConfigFile for a run.
func (f Folder) document(run any) (document, error) {
	var d document
	var err error
	if d.Run, err = json.Marshal(run); err != nil {
		return d, errors.Wrapf(err, "writing %s", f.File(ConfigFile))
	}
	if d.Environment, err = json.Marshal(thisEnvironment()); err != nil {
		return d, errors.Wrapf(err, "writing %s", f.File(ConfigFile))
	}
	d.Files = append(append(d.Files, f.Files...), ManifestFile)
	for name := range f.Inputs {
		d.Files = append(d.Files, name)
	}
	return d, nil
}

// bytes returns the document as a file has it.
func (d document) bytes() (data []byte, err error) {
	d.Digest = ""
	if d.Digest, err = digestOf(d); err == nil {
		data, err = indented(d)
	}
	return data, errors.WithMessage(err, "writing the configuration of a run")
}

// sealed reports whether the document is of a version that writes the digest.
func (d document) sealed() bool {
	return d.Digest != "" || slices.Contains(d.Files, ManifestFile)
}

// readDocument reads a document, the one in ConfigFile or that of a
// replacement. What is no document of a run, or is not as it was written, is an
// *UnusableError.
func (f Folder) readDocument(name string) (document, error) {
	d, whole, err := f.decodeDocument(name)
	if err == nil && !whole {
		return document{}, &UnusableError{Path: f.Path, Err: errors.Errorf("%s is damaged: it is not as the run wrote it", f.File(name))}
	}
	return d, err
}

// decodeDocument is readDocument without the error for a damaged document: it
// reports whether the document is whole.
func (f Folder) decodeDocument(name string) (d document, whole bool, err error) {
	const most = 1 << 20
	data, err := regular.Read(f.File(name), most)
	if errors.Is(err, os.ErrNotExist) {
		return document{}, false, errors.WithMessage(err, "reading the configuration of a run")
	}
	if err != nil {
		return document{}, false, &UnusableError{Path: f.Path, Err: errors.WithMessage(err, "reading the configuration of a run")}
	}
	var run map[string]any
	if json.Unmarshal(data, &d) != nil || json.Unmarshal(d.Run, &run) != nil || run == nil {
		return document{}, false, &UnusableError{Path: f.Path, Err: errors.Errorf("%s is not the configuration of a run", f.File(name))}
	}
	whole = !d.sealed() || unchanged(d, data)
	if d.Files == nil {
		d.Files = f.Files
	}
	for _, file := range d.Files {
		if !isName(file) {
			return document{}, false, &UnusableError{Path: f.Path, Err: errors.Errorf("%s lists %.80q, which is not the name of a file in its folder", f.File(name), file)}
		}
	}
	return d, whole, nil
}

// Read decodes the configuration of the run in the folder, as JSON, into run. A
// folder that holds no run is an error.
func (f Folder) Read(run any) error {
	d, err := f.readDocument(ConfigFile)
	if err != nil {
		return err
	}
	return errors.WithMessage(brief.Cut(json.Unmarshal(d.Run, run)), brief.Path(f.File(ConfigFile)))
}

// Recorded returns the configurations, as JSON, of the runs that the folder
// holds and is being replaced by, as far as they can be read.
func (f Folder) Recorded() []json.RawMessage {
	var all []json.RawMessage
	for _, name := range []string{ConfigFile, replacingFile} {
		if d, err := f.readDocument(name); err == nil {
			all = append(all, d.Run)
		}
	}
	return all
}

// Claimed reports whether the folder has a configuration, damaged or not: that
// it is a run's, or of a calculation as Take claims it for.
func (f Folder) Claimed() bool {
	for _, name := range []string{ConfigFile, replacingFile} {
		if _, err := os.Stat(f.File(name)); err == nil {
			return true
		}
	}
	return false
}

// Command returns the command that Take claimed the folder for, "" if the
// folder is a run's, or its configuration cannot be read.
func (f Folder) Command() string {
	for _, run := range f.Recorded() {
		var c struct {
			Command string `json:"command"`
		}
		if json.Unmarshal(run, &c) == nil && c.Command != "" {
			return c.Command
		}
	}
	return ""
}

// has reports whether a file is there.
func (f Folder) has(name string) (bool, error) {
	_, err := os.Lstat(f.File(name))
	if os.IsNotExist(err) {
		return false, nil
	}
	return err == nil, errors.Wrap(err, "looking at the folder of the run")
}
