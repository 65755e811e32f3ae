package folder

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/pkg/errors"

	"optlab/internal/regular"
)

// ManifestFile has the digest of every other file of a finished run. It is
// written last: a run without it has not finished.
const ManifestFile = "manifest.json"

// manifest is the content of ManifestFile: SHA-256 in hexadecimal by the names
// of the files, and that of this list.
type manifest struct {
	Files  map[string]string `json:"files"`
	Digest string            `json:"digest"`
}

// bytes returns the manifest as a file has it.
func (m manifest) bytes() (data []byte, err error) {
	if m.Digest, err = digestOf(m.Files); err == nil {
		data, err = indented(m)
	}
	return data, errors.WithMessage(err, "writing the manifest of a run")
}

// Seal says that the run has finished: it writes the digests of all its files.
func (f Folder) Seal() error {
	m := manifest{Files: make(map[string]string)}
	d, err := f.readDocument(ConfigFile)
	if err != nil {
		return err
	}
	for _, name := range append(d.Files, ConfigFile) {
		if there, err := f.has(name); err != nil {
			return err
		} else if !there || name == ManifestFile {
			continue
		}
		if m.Files[name], err = f.Digest(name); err != nil {
			return err
		}
	}
	data, err := m.bytes()
	if err != nil {
		return err
	}
	return f.Write(ManifestFile, data)
}

// Sealed reports whether the run in the folder has finished.
func (f Folder) Sealed() bool {
	there, err := f.has(ManifestFile)
	return there && err == nil
}

// Condition is the condition of the files of a run.
type Condition struct {
	// Sealed says that the run has finished and written what it has.
	Sealed bool
	// Unsealed says that the folder is of a version that sealed none.
	Unsealed bool
	// Whole, Damaged and Missing are the names of its files, sorted.
	Whole, Damaged, Missing []string
	// Digests has what the files must have, by their names.
	Digests map[string]string
}

// Lacks reports whether a file is damaged or missing.
func (c Condition) Lacks(name string) bool {
	return slices.Contains(c.Damaged, name) || slices.Contains(c.Missing, name)
}

// Check holds the files of the run in the folder against its manifest. A
// manifest that is not as it was written counts as a damaged file.
func (f Folder) Check() (Condition, error) {
	d, whole, err := f.decodeDocument(ConfigFile)
	if err != nil {
		return Condition{}, err
	}
	c := Condition{Unsealed: !slices.Contains(d.Files, ManifestFile)}
	const most = 1 << 20
	data, err := regular.Read(f.File(ManifestFile), most)
	if errors.Is(err, os.ErrNotExist) {
		if !whole {
			c.Damaged = []string{ConfigFile}
		}
		return c, nil
	}
	if err != nil {
		return c, errors.WithMessage(err, "reading the manifest of the run")
	}
	c.Sealed = true
	var m manifest
	if json.Unmarshal(data, &m) != nil || m.Files[ConfigFile] == "" || !unchanged(m, data) {
		c.Damaged = []string{ManifestFile}
		return c, nil
	}
	c.Digests = m.Files
	for name, digest := range m.Files {
		if !isName(name) || name != ConfigFile && !slices.Contains(d.Files, name) {
			c.Damaged = append(c.Damaged, ManifestFile)
			continue
		}
		switch got, err := f.Digest(name); {
		case errors.Is(err, os.ErrNotExist):
			c.Missing = append(c.Missing, name)
		case err != nil || got != digest:
			c.Damaged = append(c.Damaged, name)
		default:
			c.Whole = append(c.Whole, name)
		}
	}
	for _, list := range []*[]string{&c.Whole, &c.Damaged, &c.Missing} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return c, nil
}

// Digest returns the SHA-256, in hexadecimal, of a file in the folder.
func (f Folder) Digest(name string) (string, error) {
	file, _, err := regular.Open(f.File(name))
	if err != nil {
		return "", err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", errors.Wrap(err, "digesting a file of the run")
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

// isName reports whether name is that of a file in a folder, and of no other,
// on every file system.
func isName(name string) bool {
	const longest = 255
	return name != "" && name != "." && len(name) <= longest && name == filepath.Base(name) && filepath.IsLocal(name)
}
