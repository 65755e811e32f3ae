package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"optlab/internal/check"
	"optlab/internal/cli"
)

func TestClaimFresh(t *testing.T) {
	f := claimed(t)
	wantFiles(t, f.Path, map[string]string{"a.txt": "a", "b.txt": "b", cli.ConfigFile: "*"})
	data, err := os.ReadFile(f.File(cli.ConfigFile))
	check.NoError(t, err)
	var document struct {
		Run         configuration
		Environment cli.Environment
	}
	check.NoError(t, json.Unmarshal(data, &document))
	if document.Run.Data != "mnist" || document.Run.Seed != usual().Seed || !slices.Equal(document.Run.Sizes, usual().Sizes) {
		t.Errorf("the configuration is %+v", document.Run)
	}
	if document.Environment.Go == "" || document.Environment.Cores < 1 {
		t.Errorf("the environment is %+v", document.Environment)
	}
	if !strings.HasSuffix(string(data), "}\n") || !strings.Contains(string(data), "\n  \"run\": {\n") {
		t.Errorf("not an indented document:\n%s", data)
	}
}

func TestClaimEmptyFolder(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, ".hidden"), "x")
	f := cli.NewFolder(folder, "a.txt")
	held, err := f.Claim(usual(), false)
	check.NoError(t, err)
	if held {
		t.Error("the folder is held")
	}
	wantFiles(t, folder, map[string]string{".hidden": "x", cli.ConfigFile: "*"})
}

func TestClaimSame(t *testing.T) {
	f := claimed(t)
	before, err := os.ReadFile(f.File(cli.ConfigFile))
	check.NoError(t, err)
	held, err := f.Claim(usual(), false)
	check.NoError(t, err)
	if !held {
		t.Error("the folder is not held")
	}
	wantFiles(t, f.Path, map[string]string{"a.txt": "a", "b.txt": "b", cli.ConfigFile: string(before)})
}

// Another machine or version does not make another run.
func TestClaimOtherEnvironment(t *testing.T) {
	f := claimed(t)
	run, err := json.Marshal(usual())
	check.NoError(t, err)
	write(t, f.File(cli.ConfigFile), `{"run":`+string(run)+`,"environment":{"go":"go1.0","cores":999}}`)
	held, err := f.Claim(usual(), false)
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
			before, err := os.ReadFile(f.File(cli.ConfigFile))
			check.NoError(t, err)
			changed := usual()
			c.change(&changed)
			_, err = f.Claim(changed, false)
			check.Error(t, err, append(c.parts, f.Path, "another configuration", "-overwrite", "-out")...)
			for _, word := range c.absent {
				if err != nil && strings.Contains(strings.ReplaceAll(err.Error(), f.Path, ""), word) {
					t.Errorf("error %q names %s, which is the same", err, word)
				}
			}
			wantFiles(t, f.Path, map[string]string{"a.txt": "a", "b.txt": "b", cli.ConfigFile: string(before)})
		})
	}
}

func TestClaimOverwrite(t *testing.T) {
	f := claimed(t)
	write(t, f.File("notes.txt"), "mine")
	write(t, f.File("folder/a.txt"), "mine too")
	changed := usual()
	changed.Seed = 7
	held, err := f.Claim(changed, true)
	check.NoError(t, err)
	if held {
		t.Error("the folder is held after it was overwritten")
	}
	wantFiles(t, f.Path, map[string]string{"notes.txt": "mine", "folder": "*", cli.ConfigFile: "*"})
	wantFiles(t, f.File("folder"), map[string]string{"a.txt": "mine too"})
	if held, err := f.Claim(changed, false); err != nil || !held {
		t.Errorf("the new configuration is not in force: held %v, %v", held, err)
	}
	held, err = f.Claim(changed, true)
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
		"a config.json of texts":    {cli.ConfigFile: `{"run": "npm start"}`, "a.txt": "mine"},
		"a foreign config.json":     {cli.ConfigFile: `{"editor": {"tabs": 4}}`, "a.txt": "mine"},
		"an array as config.json":   {cli.ConfigFile: `[1, 2]`},
		"a config.json not JSON":    {cli.ConfigFile: "run: {}"},
		"an empty config.json":      {cli.ConfigFile: "", "b.txt": "mine"},
		"a config.json without run": {cli.ConfigFile: `{"run": null}`},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			for file, content := range files {
				write(t, filepath.Join(folder, file), content)
			}
			f := cli.NewFolder(folder, "a.txt", "b.txt")
			for _, overwrite := range []bool{false, true} {
				held, err := f.Claim(usual(), overwrite)
				check.Error(t, err, folder, "-out")
				if held {
					t.Error("the folder is held")
				}
				wantFiles(t, folder, files)
			}
		})
	}
}

func TestClaimFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "mine")
	for _, path := range []string{file, filepath.Join(file, "below")} {
		_, err := cli.NewFolder(path).Claim(usual(), true)
		check.Error(t, err, file, "-out")
	}
	wantFiles(t, filepath.Dir(file), map[string]string{"file": "mine"})

	blocked := t.TempDir()
	write(t, filepath.Join(blocked, cli.ConfigFile, "something"), "mine")
	_, err := cli.NewFolder(blocked).Claim(usual(), true)
	check.Error(t, err, filepath.Join(blocked, cli.ConfigFile))

	f := claimed(t)
	check.NoError(t, os.Remove(f.File("a.txt")))
	write(t, f.File("a.txt/something"), "mine")
	_, err = f.Claim(usual(), true)
	check.Error(t, err, f.File("a.txt"), "removing")

	_, err = claimed(t).Claim(func() {}, false)
	check.Error(t, err, cli.ConfigFile)
}

// Permissions bind everyone but root.
func TestClaimUnwritable(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	folder := t.TempDir()
	check.NoError(t, os.Chmod(folder, 0o555))
	_, err := cli.NewFolder(folder).Claim(usual(), false)
	check.Error(t, err, folder, "writable", "-out")
}
