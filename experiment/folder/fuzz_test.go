package folder

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"optlab/internal/atomicfile/faulty"
	"optlab/internal/check"
)

// fuzzRun is the configuration that the fuzzed folders are claimed for.
var fuzzRun = map[string]any{"seed": uint64(1<<64 - 1), "sizes": []int{784, 10}}

// fuzzFolder returns a folder below one with a file of somebody else's.
func fuzzFolder(t testing.TB) (f Folder, foreign string) {
	t.Helper()
	root := t.TempDir()
	foreign = filepath.Join(root, "thesis.txt")
	check.NoError(t, os.WriteFile(foreign, []byte("mine"), 0o644))
	f = Folder{Path: filepath.Join(root, "run"), Files: []string{"a.txt", "b.txt"}, FS: faulty.Quick{}}
	check.NoError(t, os.Mkdir(f.Path, 0o755))
	return f, foreign
}

// clear removes the files of a folder.
func (f Folder) clear(t testing.TB) {
	t.Helper()
	entries, err := os.ReadDir(f.Path)
	check.NoError(t, err)
	for _, e := range entries {
		check.NoError(t, os.RemoveAll(f.File(e.Name())))
	}
}

// within checks that calls took memory in proportion to what they read, and
// that errors of theirs are a line.
func within(t *testing.T, read int, calls func() []error) {
	t.Helper()
	var errs []error
	// JSON values take some dozens of bytes for each of the file.
	if took := check.Allocated(func() { errs = calls() }); took > uint64(2<<20+1000*read) {
		t.Errorf("%d bytes took %d bytes of memory", read, took)
	}
	for _, err := range errs {
		if err == nil {
			continue
		}
		if text := err.Error(); text == "" || strings.ContainsAny(text, "\n\r\x00") || len(text) > 4000 {
			t.Errorf("an error of %d bytes: %.300q", len(text), text)
		}
	}
}

// FuzzDocument claims folders with any config.json, as it is and with a digest
// that fits, and any mark of a replacement: what is no file of the folder is
// never touched, and what was claimed once is held the second time.
func FuzzDocument(f *testing.F) {
	dir, foreign := fuzzFolder(f)
	d, err := dir.document(fuzzRun)
	check.NoError(f, err)
	whole, err := d.bytes()
	check.NoError(f, err)
	f.Add(whole, []byte{}, false)
	f.Add(whole, whole, true)
	for _, text := range []string{
		"", "{", "null", `[1]`, `{"run":null}`, `{"run":{}}`, `{"run":{"seed":1},"files":["a.txt","manifest.json"]}`,
		`{"run":{},"files":["../thesis.txt"]}`, `{"run":{},"files":["..",".",""]}`, `{"run":{},"files":["/etc/x"],"digest":"00"}`,
		`{"run":{"a":1},"files":[]}`, `{"run":{},"files":["` + strings.Repeat("n", 4000) + `"]}`, `{"run":{"a":[{"b":1e999}]},"environment":7,"files":[]}`, `{"run":{},"files":["config.json","replacing.json",".lock"]}`,
	} {
		f.Add([]byte(text), []byte(text), true)
		f.Add([]byte(text), []byte(text), false)
	}
	f.Fuzz(func(t *testing.T, config, replacing []byte, fit bool) {
		dir.clear(t)
		for name, data := range map[string][]byte{ConfigFile: config, replacingFile: replacing} {
			var d document
			if fit && json.Unmarshal(data, &d) == nil {
				if again, err := d.bytes(); err == nil {
					data = again
				}
			}
			if len(data) > 0 {
				check.NoError(t, os.WriteFile(dir.File(name), data, 0o644))
			}
		}
		within(t, len(config)+len(replacing), func() (errs []error) {
			var run map[string]any
			errs = append(errs, dir.Read(&run))
			_, err := dir.Check()
			errs = append(errs, err)
			dir.Recorded()
			same := func(_, _ map[string]any) bool { return false }
			_, _, err = dir.Holds(fuzzRun, same)
			errs = append(errs, err)
			for _, overwrite := range []bool{false, true} {
				f := dir
				f.Overwrite = overwrite
				h, err := f.Claim(fuzzRun, same)
				if errs = append(errs, err); err != nil {
					continue
				}
				h.Release()
				if held, tidy, err := dir.Holds(fuzzRun, same); !held || !tidy || err != nil {
					t.Errorf("claimed, the folder is held: %v, tidy: %v, %v", held, tidy, err)
				}
			}
			return errs
		})
		if data, err := os.ReadFile(foreign); err != nil || string(data) != "mine" {
			t.Fatalf("the file of somebody else holds %q, %v", data, err)
		}
	})
}

// FuzzManifest holds a run against any manifest.json, as it is and with a
// digest that fits: every file that it lists is found whole if it is, and no
// other; and it lists none but the run's.
func FuzzManifest(f *testing.F) {
	dir, _ := fuzzFolder(f)
	h, err := dir.Claim(fuzzRun, nil)
	check.NoError(f, err)
	h.Release()
	check.NoError(f, dir.Write("a.txt", []byte("a")))
	check.NoError(f, dir.Seal())
	whole, err := os.ReadFile(dir.File(ManifestFile))
	check.NoError(f, err)
	config, err := dir.Digest(ConfigFile)
	check.NoError(f, err)
	f.Add(whole, false)
	for _, files := range []string{
		`"b.txt":""`, `"a.txt":"00"`, `"../thesis.txt":"00"`, `"/":""`, `"..":""`, `".":""`, `"manifest.json":"00"`, `"a.txt":null,"b.txt":"x"`,
	} {
		f.Add(fmt.Appendf(nil, `{"files":{"config.json":%q,%s}}`, config, files), true)
	}
	f.Add([]byte(`{"files":{}}`), true)
	f.Add([]byte(`{`), false)
	f.Fuzz(func(t *testing.T, data []byte, fit bool) {
		var m manifest
		err := json.Unmarshal(data, &m)
		if fit && err == nil {
			data, err = m.bytes()
			check.NoError(t, err)
		}
		check.NoError(t, os.WriteFile(dir.File(ManifestFile), data, 0o644))
		var c Condition
		within(t, len(data), func() []error {
			c, err = dir.Check()
			return []error{err}
		})
		if err != nil || !c.Sealed {
			t.Fatalf("%+v, %v", c, err)
		}
		for _, name := range slices.Concat(c.Whole, c.Damaged, c.Missing) {
			if !slices.Contains([]string{ConfigFile, ManifestFile, "a.txt", "b.txt"}, name) {
				t.Errorf("%q is no file of the run", name)
			}
		}
		for _, name := range c.Whole {
			if digest, err := dir.Digest(name); err != nil || m.Files[name] != digest {
				t.Errorf("%s is whole, and its digest %q is %q, %v", name, digest, m.Files[name], err)
			}
		}
		// No manifest but the run's own is of the whole run.
		if len(c.Damaged)+len(c.Missing) == 0 && string(data) != string(whole) && m.Files["a.txt"] != "" && len(m.Files) == 2 {
			t.Errorf("taken for whole:\n%s", data)
		}
	})
}
