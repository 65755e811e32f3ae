package folder_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"optlab/experiment/folder"
	"optlab/internal/check"
)

func TestClaimFresh(t *testing.T) {
	f := claimed(t)
	wantFiles(t, f.Path, map[string]string{"a.txt": "a", "b.txt": "b", folder.ConfigFile: "*"})
	data, err := os.ReadFile(f.File(folder.ConfigFile))
	check.NoError(t, err)
	var document struct {
		Run         configuration
		Environment struct {
			Go, OS, Arch string
			Cores        int
			Features     []string `json:"cpu_features"`
		}
	}
	check.NoError(t, json.Unmarshal(data, &document))
	if document.Run.Data != "mnist" || document.Run.Seed != usual().Seed || !slices.Equal(document.Run.Sizes, usual().Sizes) {
		t.Errorf("the configuration is %+v", document.Run)
	}
	if document.Environment.Go == "" || document.Environment.Cores < 1 || document.Environment.OS == "" || document.Environment.Arch == "" || document.Environment.Features == nil {
		t.Errorf("the environment is %+v", document.Environment)
	}
	if !strings.HasSuffix(string(data), "}\n") || !strings.Contains(string(data), "\n  \"run\": {\n") {
		t.Errorf("not an indented document:\n%s", data)
	}
}

func TestClaimEmptyFolder(t *testing.T) {
	path := t.TempDir()
	write(t, filepath.Join(path, ".hidden"), "x")
	f := folder.Folder{Path: path, Files: []string{"a.txt"}}
	held, err := claim(f, usual())
	check.NoError(t, err)
	if held {
		t.Error("the folder is held")
	}
	wantFiles(t, path, map[string]string{".hidden": "x", folder.ConfigFile: "*"})
}

func TestClaimSame(t *testing.T) {
	f := claimed(t)
	before, err := os.ReadFile(f.File(folder.ConfigFile))
	check.NoError(t, err)
	held, err := claim(f, usual())
	check.NoError(t, err)
	if !held {
		t.Error("the folder is not held")
	}
	wantFiles(t, f.Path, map[string]string{"a.txt": "a", "b.txt": "b", folder.ConfigFile: string(before)})
}

// Files that an earlier version did not write become a run's that has not
// finished, so that its manifest has them; one that has stays as it is.
func TestClaimOfAnOlderVersion(t *testing.T) {
	old := claimed(t)
	f := old
	f.Files = []string{"a.txt", "b.txt", "c.txt"}
	held, err := claim(f, usual())
	check.NoError(t, err)
	check.NoError(t, f.Write("c.txt", []byte("c")))
	check.NoError(t, f.Seal())
	c, err := f.Check()
	check.NoError(t, err)
	if !held || !slices.Contains(c.Whole, "c.txt") {
		t.Errorf("held: %v, %+v", held, c)
	}

	old = claimed(t)
	check.NoError(t, old.Seal())
	before, err := os.ReadFile(old.File(folder.ConfigFile))
	check.NoError(t, err)
	f.Path = old.Path
	held, err = claim(f, usual())
	check.NoError(t, err)
	after, err := os.ReadFile(old.File(folder.ConfigFile))
	check.NoError(t, err)
	if !held || !f.Sealed() || string(after) != string(before) {
		t.Errorf("held: %v, sealed: %v, now\n%s", held, f.Sealed(), after)
	}
}

// Another machine or version does not make another run.
func TestClaimOtherEnvironment(t *testing.T) {
	f := claimed(t)
	run, err := json.Marshal(usual())
	check.NoError(t, err)
	write(t, f.File(folder.ConfigFile), `{"run":`+string(run)+`,"environment":{"go":"go1.0","cores":999}}`)
	held, err := claim(f, usual())
	check.NoError(t, err)
	if !held {
		t.Error("the folder is not held")
	}
}

func TestClaimDifferent(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*configuration)
		parts  []string
		absent []string
	}{
		{"one key", func(c *configuration) { c.Optimizer["learning_rate"] = 0.5 },
			[]string{"optimizer.learning_rate 0.1 there, 0.5 now"}, []string{"data", "name", "sizes", "seed"}},
		{"two keys", func(c *configuration) { c.Data, c.Sizes = "fashion", []int{784, 20, 10} },
			[]string{`data "mnist" there, "fashion" now, sizes [784,10] there, [784,20,10] now`}, []string{"optimizer", "seed"}},
		{"a new key", func(c *configuration) { c.Optimizer["beta1"] = 0.9 },
			[]string{"optimizer.beta1 null there, 0.9 now"}, []string{"learning_rate", "seed"}},
		{"a key gone", func(c *configuration) { delete(c.Optimizer, "name") },
			[]string{`optimizer.name "sgd" there, null now`}, []string{"learning_rate", "seed"}},
		// 2⁶⁴−1 and 2⁶⁴−2 are the same float64.
		{"seeds a unit apart", func(c *configuration) { c.Seed-- },
			[]string{"seed 18446744073709551615 there, 18446744073709551614 now"}, []string{"data", "optimizer"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := claimed(t)
			before, err := os.ReadFile(f.File(folder.ConfigFile))
			check.NoError(t, err)
			changed := usual()
			c.change(&changed)
			_, err = claim(f, changed)
			check.Error(t, err, append(c.parts, f.Path, "another configuration")...)
			var different *folder.DifferentError
			if !errors.As(err, &different) || different.Path != f.Path || len(different.Differences) == 0 {
				t.Errorf("the error is %#v", err)
			}
			for _, word := range c.absent {
				if err != nil && strings.Contains(strings.ReplaceAll(err.Error(), f.Path, ""), word) {
					t.Errorf("error %q names %s, which is the same", err, word)
				}
			}
			wantFiles(t, f.Path, map[string]string{"a.txt": "a", "b.txt": "b", folder.ConfigFile: string(before)})
		})
	}
}

func TestClaimOverwrite(t *testing.T) {
	f := claimed(t)
	write(t, f.File("notes.txt"), "mine")
	write(t, f.File("folder/a.txt"), "mine too")
	changed := usual()
	changed.Seed = 7
	held, err := claim(overwriting(f), changed)
	check.NoError(t, err)
	if held {
		t.Error("the folder is held after it was overwritten")
	}
	wantFiles(t, f.Path, map[string]string{"notes.txt": "mine", "folder": "*", folder.ConfigFile: "*"})
	wantFiles(t, f.File("folder"), map[string]string{"a.txt": "mine too"})
	if held, err := claim(f, changed); err != nil || !held {
		t.Errorf("the new configuration is not in force: held %v, %v", held, err)
	}
	held, err = claim(overwriting(f), changed)
	check.NoError(t, err)
	if held {
		t.Error("an equal run is held although it was to be overwritten")
	}
}

// What is not a run's is an error and stays, also with overwrite.
func TestClaimForeign(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"another file":              {"thesis.txt": "mine"},
		"a name that a run uses":    {"a.txt": "mine"},
		"a config.json of texts":    {folder.ConfigFile: `{"run": "npm start"}`, "a.txt": "mine"},
		"a foreign config.json":     {folder.ConfigFile: `{"editor": {"tabs": 4}}`, "a.txt": "mine"},
		"an array as config.json":   {folder.ConfigFile: `[1, 2]`},
		"a config.json not JSON":    {folder.ConfigFile: "run: {}"},
		"an empty config.json":      {folder.ConfigFile: "", "b.txt": "mine"},
		"a config.json without run": {folder.ConfigFile: `{"run": null}`},
	} {
		t.Run(name, func(t *testing.T) {
			path := t.TempDir()
			for file, content := range files {
				write(t, filepath.Join(path, file), content)
			}
			f := folder.Folder{Path: path, Files: []string{"a.txt", "b.txt"}}
			for _, overwrite := range []bool{false, true} {
				f.Overwrite = overwrite
				held, err := claim(f, usual())
				unusable(t, err, path)
				if held {
					t.Error("the folder is held")
				}
				wantFiles(t, path, files)
			}
		})
	}
}

func TestClaimFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "mine")
	for _, path := range []string{file, filepath.Join(file, "below")} {
		_, err := claim(folder.Folder{Path: path, Overwrite: true}, usual())
		unusable(t, err, file)
	}
	wantFiles(t, filepath.Dir(file), map[string]string{"file": "mine"})

	blocked := t.TempDir()
	write(t, filepath.Join(blocked, folder.ConfigFile, "something"), "mine")
	_, err := claim(folder.Folder{Path: blocked, Overwrite: true}, usual())
	check.Error(t, err, filepath.Join(blocked, folder.ConfigFile))

	f := claimed(t)
	check.NoError(t, os.Remove(f.File("a.txt")))
	write(t, f.File("a.txt/something"), "mine")
	_, err = claim(overwriting(f), usual())
	unusable(t, err, f.File("a.txt")+": a folder")

	_, err = claim(claimed(t), func() {})
	check.Error(t, err, folder.ConfigFile)
}

// Permissions bind everyone but root.
func TestClaimUnwritable(t *testing.T) {
	check.Unprivileged(t)
	path := t.TempDir()
	check.NoError(t, os.Chmod(path, 0o555))
	_, err := claim(folder.Folder{Path: path}, usual())
	unusable(t, err, "writable")
}

// Read gives back what Claim recorded.
func TestRead(t *testing.T) {
	f := claimed(t)
	var got configuration
	check.NoError(t, f.Read(&got))
	if got.Data != "mnist" || got.Seed != usual().Seed || !slices.Equal(got.Sizes, usual().Sizes) {
		t.Errorf("read %+v", got)
	}
	check.Error(t, f.Read(&got.Seed), f.File(folder.ConfigFile))
	write(t, f.File(folder.ConfigFile), `{"editor": 1}`)
	unusable(t, f.Read(&got), "is not the configuration of a run")
	check.Error(t, folder.Folder{Path: t.TempDir()}.Read(&got), "reading the configuration", folder.ConfigFile)
}

// No bit of a run's configuration flips unnoticed.
func TestConfigurationIsWhole(t *testing.T) {
	f := claimed(t)
	data, err := os.ReadFile(f.File(folder.ConfigFile))
	check.NoError(t, err)
	for bit := range 8 * len(data) {
		flipped := bytes.Clone(data)
		flipped[bit/8] ^= 1 << (bit % 8)
		check.NoError(t, os.WriteFile(f.File(folder.ConfigFile), flipped, 0o644))
		_, _, err := f.Holds(usual(), nil)
		unusable(t, err, folder.ConfigFile)
		if c, err := f.Check(); err == nil && !slices.Equal(c.Damaged, []string{folder.ConfigFile}) {
			t.Fatalf("bit %d: %+v", bit, c)
		}
	}
}

// No bit of a manifest flips unnoticed.
func TestManifestIsWhole(t *testing.T) {
	f := claimed(t)
	check.NoError(t, f.Seal())
	data, err := os.ReadFile(f.File(folder.ManifestFile))
	check.NoError(t, err)
	for bit := range 8 * len(data) {
		flipped := bytes.Clone(data)
		flipped[bit/8] ^= 1 << (bit % 8)
		check.NoError(t, os.WriteFile(f.File(folder.ManifestFile), flipped, 0o644))
		c, err := f.Check()
		check.NoError(t, err)
		if !slices.Equal(c.Damaged, []string{folder.ManifestFile}) {
			t.Fatalf("bit %d: %+v", bit, c)
		}
	}
}
