package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"optlab/dataset"
	"optlab/experiment/folder"
	"optlab/internal/check"
	"optlab/internal/cli"
	"optlab/internal/cli/clitest"
	"optlab/mnist"
)

// The folder is named after what is not as usual, and after nothing else.
func TestDefaultFolder(t *testing.T) {
	fashion, err := mnist.Open("fashion")
	check.NoError(t, err)
	own, err := mnist.Open(clitest.WriteData(t))
	check.NoError(t, err)
	for _, c := range []struct {
		set        *dataset.Set
		line, want string
	}{
		{fashion, "", "initexp-equalvar"},
		{fashion, "-scheme equalvar -activation identity -samples 1024", "initexp-equalvar"},
		{fashion, "-sizes 784,512,256,256,128,10", "initexp-equalvar"},
		{fashion, "-scheme normal -std 0.01", "initexp-normal"},
		{fashion, "-scheme normal -std 0.1", "initexp-normal-std=0.1"},
		{fashion, "-scheme constant -c 0", "initexp-constant-c=0"},
		{fashion, "-scheme xavier -activation tanh", "initexp-xavier-tanh"},
		{fashion, "-scheme xavier -activation tanh -gain", "initexp-xavier-gain-tanh"},
		{fashion, "-scheme all -activation relu -depth 30", "initexp-all-relu-depth=30"},
		{fashion, "-depth 3 -sizes 784,256,10", "initexp-equalvar-depth=3"},
		{fashion, "-depth 3 -sizes 784,64,10", "initexp-equalvar-depth=3-784-64-10"},
		{fashion, "-sizes 784,256,256,256,10", "initexp-equalvar-784-256x3-10"},
		{own, "-data blocks -seed 7 -bins 20 -samples 9", "initexp-equalvar-blocks-samples=9-bins=20-seed=7"},
	} {
		o, err := parseOptions(strings.Fields(c.line), nil)
		check.NoError(t, err)
		if got := o.path(c.set); got != filepath.Join("runs", c.want) {
			t.Errorf("%q goes to %s, want %s", c.line, got, c.want)
		}
	}
}

// Without -out nothing is written over by another calculation; the same one is
// made anew.
func TestCalculationsStayApart(t *testing.T) {
	data := clitest.WriteData(t)
	t.Chdir(t.TempDir())
	lines := []string{"-scheme normal", "-scheme normal -std 0.1", "-scheme xavier", "-scheme xavier -activation tanh", "-scheme constant -c 1", "-depth 2"}
	for _, line := range lines {
		initexpCommand.Done(t, "-samples 9 "+line, "-data", data)
	}
	before := clitest.ReadFolder(t, "runs")
	if n := len(schemeFiles)*len(lines) + 1; len(before) != n { // and depth.png
		t.Fatalf("%d files, want %d: %q", len(before), n, slices.Sorted(maps.Keys(before)))
	}
	initexpCommand.Done(t, "-samples 9 -scheme normal", "-data", data)
	if !maps.Equal(before, clitest.ReadFolder(t, "runs")) {
		t.Error("the same calculation gave other files")
	}
}

// Another calculation in the same folder is an error that names the difference;
// -overwrite replaces it. Data count by their content.
func TestAnotherCalculationIsRefused(t *testing.T) {
	data, out := clitest.WriteData(t), t.TempDir()
	run := func(line string) clitest.Outcome {
		return initexpCommand.Run(t, "-sizes 64,12,10 -samples 30 "+line, "-data", data, "-out", out)
	}
	if o := run("-scheme normal"); o.Exit != 0 {
		t.Fatal(o.Stderr)
	}
	before := clitest.ReadFolder(t, out)
	for line, difference := range map[string]string{
		"-scheme normal -std 0.1":         "std 0.01 there, 0.1 now",
		"-scheme normal -activation tanh": `activation "identity" there, "tanh" now`,
		"-scheme normal -seed 7":          "seed 42 there, 7 now",
		"-scheme normal -bins 20":         "bins 50 there, 20 now",
		"-scheme normal -samples 31":      "samples 30 there, 31 now",
		"-scheme normal -sizes 64,13,10":  `sizes \[64,12,10\] there, \[64,13,10\] now`,
		"-scheme normal -depth 1":         "depth null there, true now",
		"-scheme xavier":                  `scheme "normal" there, "xavier" now`,
	} {
		run(line).Fails(t, command, cli.ExitFailed, difference+".*-overwrite replaces it, -out chooses another folder")
		if !maps.Equal(before, clitest.ReadFolder(t, out)) {
			t.Fatalf("%q touched the files", line)
		}
	}
	moved := filepath.Join(t.TempDir(), "moved")
	check.NoError(t, os.Rename(data, moved))
	data = moved
	for _, line := range []string{"-scheme normal", "-scheme xavier -overwrite"} {
		if o := run(line); o.Exit != 0 {
			t.Errorf("%q: %s", line, o.Stderr)
		}
	}
	if got := clitest.ReadFolder(t, out)["distributions.json"]; !strings.Contains(got, `"scheme": "xavier"`) {
		t.Errorf("-overwrite left %.80q", got)
	}
}

// One scheme's part of a comparison is a calculation by itself.
func TestPartOfAll(t *testing.T) {
	data, out := clitest.WriteData(t), t.TempDir()
	flags := "-sizes 64,12,10 -samples 30 -data " + data + " -out " + out
	initexpCommand.Done(t, "-scheme all "+flags)
	before := clitest.ReadFolder(t, out)
	initexpCommand.Done(t, "-scheme normal "+flags+"/normal")
	if !maps.Equal(before, clitest.ReadFolder(t, out)) {
		t.Error("the same scheme gave other files")
	}
	initexpCommand.Run(t, "-scheme all -std 0.1 "+flags).Fails(t, command, cli.ExitFailed, "std 0.01 there, 0.1 now")
	initexpCommand.Run(t, "-scheme normal -std 0.1 "+flags+"/normal").Fails(t, command, cli.ExitFailed, "std 0.01 there, 0.1 now")
	initexpCommand.Done(t, "-scheme all -std 0.1 -overwrite "+flags)
}

// A folder of the version before, which recorded the command alone, is adopted,
// and from then on another calculation is refused.
func TestFolderOfTheVersionBefore(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	hold, err := folder.Folder{Path: out, Files: files}.Take(command)
	check.NoError(t, err)
	check.NoError(t, hold.Write("weights.png", []byte("old")))
	hold.Release()
	flags := "-sizes 64,12,10 -samples 30 -data " + clitest.WriteData(t) + " -out " + out
	initexpCommand.Done(t, flags)
	if got := clitest.ReadFolder(t, out)["weights.png"]; got == "old" {
		t.Error("the old picture is still there")
	}
	initexpCommand.Run(t, "-bins 9 "+flags).Fails(t, command, cli.ExitFailed, "bins 50 there, 9 now")
}

// A calculation that fails leaves no folder that would refuse the next one.
func TestFailureLeavesNoFolder(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	initexpCommand.Run(t, "-samples 9 -scheme normal -std 1e30 -out "+out+" -data "+clitest.WriteData(t)).Fails(t, command, cli.ExitFailed, "not finite")
	if _, err := os.Stat(out); !os.IsNotExist(err) {
		t.Errorf("there is a folder: %v", err)
	}
}

// The numbers carry the settings that the scheme uses, and no others.
func TestNumbersCarrySettings(t *testing.T) {
	data := clitest.WriteData(t)
	for line, want := range map[string]map[string]any{
		"-scheme normal":                        {"std": 0.01},
		"-scheme normal -std 0.5":               {"std": 0.5},
		"-scheme constant -c 0":                 {"c": 0.0},
		"-scheme equalvar":                      {},
		"-scheme xavier -gain -activation tanh": {"gain": true},
	} {
		out := t.TempDir()
		initexpCommand.Done(t, line+" -samples 9", "-data", data, "-out", out)
		var got map[string]any
		check.NoError(t, json.Unmarshal([]byte(clitest.ReadFolder(t, out)["distributions.json"]), &got))
		maps.DeleteFunc(got, func(key string, _ any) bool { return key != "c" && key != "std" && key != "gain" })
		if !maps.Equal(got, want) {
			t.Errorf("%q: the settings are %v, want %v", line, got, want)
		}
	}
}
