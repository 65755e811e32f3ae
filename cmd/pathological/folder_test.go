package main

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"optlab/experiment/folder"
	"optlab/internal/check"
	"optlab/internal/cli"
	"optlab/internal/cli/clitest"
)

// The folder is named after what is not as usual, and after nothing else.
func TestDefaultFolder(t *testing.T) {
	for line, want := range map[string]string{
		"":                                  "pathological",
		"-surface pathological -sgd-lr 10":  "pathological",
		"-surface beale":                    "pathological-beale",
		"-surface beale -start 1,1":         "pathological-beale",
		"-surface beale -adam-lr 0.3":       "pathological-beale",
		"-optimizers adam -adam-lr 0.3":     "pathological-adam-adam-lr=0.3",
		"-optimizers sgd,adam":              "pathological-sgd+adam",
		"-beta1 0.8":                        "pathological-beta1=0.8",
		"-start 4,-2.5 -updates 50":         "pathological-start=4,-2.5-updates=50",
		"-surface saddle -momentum-lr 1e-3": "pathological-saddle-momentum-lr=0.001",
		"-surface beale -out elsewhere":     "elsewhere",
	} {
		o, err := parseOptions(strings.Fields(line), nil)
		check.NoError(t, err)
		if !strings.HasPrefix(want, command) {
			want = filepath.Join("..", want)
		}
		if got := o.path(); got != filepath.Join("runs", want) {
			t.Errorf("%q goes to %s, want %s", line, got, want)
		}
	}
}

// Without -out nothing is written over by another calculation; the same one is
// made anew.
func TestCalculationsStayApart(t *testing.T) {
	t.Chdir(t.TempDir())
	lines := []string{"", "-surface beale", "-surface beale -adam-lr 0.5", "-optimizers adam"}
	for _, line := range lines {
		pathologicalCommand.Done(t, "-updates 5 "+line)
	}
	before := clitest.ReadFolder(t, "runs")
	if n := len(allFiles) * len(lines); len(before) != n {
		t.Fatalf("%d files, want %d: %q", len(before), n, slices.Sorted(maps.Keys(before)))
	}
	pathologicalCommand.Done(t, "-updates 5 -surface beale")
	if !maps.Equal(before, clitest.ReadFolder(t, "runs")) {
		t.Error("the same calculation gave other files")
	}
}

// Another calculation in the same folder is an error that names the difference;
// -overwrite replaces it.
func TestAnotherCalculationIsRefused(t *testing.T) {
	out := t.TempDir()
	pathologicalCommand.Done(t, "-updates 5 -out", out)
	before := clitest.ReadFolder(t, out)
	for line, difference := range map[string]string{
		"-updates 6":                                        "updates 5 there, 6 now",
		"-updates 5 -surface beale":                         `surface "pathological" there, "beale" now`,
		"-updates 5 -sgd-lr 2":                              "optimizers.sgd.learning_rate 10 there, 2 now",
		"-updates 5 -beta1 0.8":                             "optimizers.momentum.beta1 0.9 there, 0.8 now",
		"-updates 5 -start 1,2":                             `start \[5,5\] there, \[1,2\] now`,
		"-updates 5 -optimizers sgd":                        "optimizers.adam .* there, null now",
		"-updates 5 -optimizers nesterov,sgd,momentum,adam": "optimizers.nesterov null there",
	} {
		o := pathologicalCommand.Run(t, line, "-out", out)
		o.Fails(t, command, cli.ExitFailed, difference+".*-overwrite replaces it, -out chooses another folder")
		if !maps.Equal(before, clitest.ReadFolder(t, out)) {
			t.Fatalf("%q touched the files", line)
		}
	}
	pathologicalCommand.Done(t, "-updates 6 -overwrite -out", out)
	if got := readNumbers(t, clitest.ReadFolder(t, out)["descent.json"]); len(got.Paths["sgd"]) != 6 {
		t.Errorf("-overwrite left %d points", len(got.Paths["sgd"]))
	}
}

// A folder of the version before, which recorded the command alone, is adopted,
// and from then on another calculation is refused.
func TestFolderOfTheVersionBefore(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	hold, err := folder.Folder{Path: out, Files: files}.Take(command)
	check.NoError(t, err)
	check.NoError(t, hold.Write("descent.json", []byte("{}")))
	hold.Release()
	pathologicalCommand.Done(t, "-updates 5 -out", out)
	if got := readNumbers(t, clitest.ReadFolder(t, out)["descent.json"]); len(got.Paths) != 3 {
		t.Errorf("the numbers are %+v", got)
	}
	pathologicalCommand.Run(t, "-updates 6 -out", out).Fails(t, command, cli.ExitFailed, "updates 5 there, 6 now")
}

// What is not as usual stands in the numbers.
func TestNumbersCarrySettings(t *testing.T) {
	for line, want := range map[string]bool{"": false, "-sgd-lr 2": true, "-beta1 0.5": true} {
		out := t.TempDir()
		pathologicalCommand.Done(t, "-updates 2 "+line, "-out", out)
		if got := readNumbers(t, clitest.ReadFolder(t, out)["descent.json"]).Settings; (len(got) > 0) != want {
			t.Errorf("%q: the settings are %v", line, got)
		} else if want && (got["sgd"]["learning_rate"] == 0 || got["adam"]["beta1"] == 0) {
			t.Errorf("%q: the settings are incomplete: %v", line, got)
		}
	}
}
