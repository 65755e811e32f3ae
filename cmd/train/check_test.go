package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/check"
	"optlab/internal/cli"
	"optlab/internal/cli/clitest"
	"optlab/internal/show"
	"optlab/models/training"
)

// -check has a line for every file, and mends or names what is not whole.
func TestCheck(t *testing.T) {
	data, out := clitest.WriteData(t), filepath.Join(t.TempDir(), "run")
	trainCommand.Done(t, "-epochs 1 -quiet -data", data, "-out", out)
	stdout := trainCommand.Done(t, "-check", out)
	for _, name := range filesOf(t, out) {
		line := "whole        " + filepath.ToSlash(filepath.Join(out, name)) + "\n"
		if name != "manifest.json" && !strings.Contains(stdout, line) {
			t.Errorf("%q lacks %q", stdout, line)
		}
	}
	check.NoError(t, os.Remove(filepath.Join(out, training.BestFile)))
	if stdout := trainCommand.Done(t, "-check", out); strings.Count(stdout, "made again  ") != 1 {
		t.Errorf("the model is mended as\n%s", stdout)
	}
	check.NoError(t, os.Remove(filepath.Join(out, "loss.png")))
	o := trainCommand.Run(t, "-check", out)
	o.Fails(t, "train", cli.ExitFailed, `loss\.png.*own command`)
	if strings.Count(o.Stdout, "missing  ") != 1 || strings.Count(o.Stdout, "whole  ") != len(filesOf(t, out))-2 {
		t.Errorf("a missing picture is\n%s", o.Stdout)
	}
	trainCommand.Run(t, "-quiet -check", out).Fails(t, "train", cli.ExitUsage, "-quiet has no effect with -check")
	trainCommand.Run(t, "-check", filepath.Join(out, "none")).Fails(t, "train", cli.ExitFailed, `none.config\.json`)
	for _, flag := range []string{"-check", "-load", "-out"} {
		trainCommand.Run(t, flag, "").Fails(t, "train", cli.ExitUsage, "want the name of a file or folder")
	}
}

// Of a comparison, its own files and all runs are checked.
func TestCheckComparison(t *testing.T) {
	data, out := clitest.WriteData(t), filepath.Join(t.TempDir(), "compared")
	trainCommand.Done(t, "-optimizer sgd,adam -epochs 1 -quiet -data", data, "-out", out)
	trainCommand.Done(t, "-optimizer sgd,adam -epochs 1 -quiet -data", data, "-out", out) // again
	stdout := trainCommand.Done(t, "-check", out)
	for _, name := range []string{"comparison.json", "sgd/results.json", "adam/model.safetensors"} {
		if !strings.Contains(stdout, "whole        "+filepath.ToSlash(out)+"/"+name+"\n") {
			t.Errorf("%q lacks %s", stdout, name)
		}
	}
	check.NoError(t, os.Remove(filepath.Join(out, "sgd", experiment.ResultsFile)))
	check.NoError(t, os.RemoveAll(filepath.Join(out, "adam")))
	trainCommand.Run(t, "-check", out).Fails(t, "train", cli.ExitFailed, `2 folders.*sgd.results\.json`)
}

// The folder of a comparison by the version before has no configuration of its
// own: its runs are checked.
func TestCheckComparisonBefore(t *testing.T) {
	data, out := clitest.WriteData(t), filepath.Join(t.TempDir(), "compared")
	flags := smallRun + "-data " + data + " -out " + out
	trainCommand.Done(t, strings.Replace(flags, "momentum", "sgd,adam", 1))
	for _, name := range []string{folder.ConfigFile, folder.ManifestFile} {
		check.NoError(t, os.Remove(filepath.Join(out, name)))
	}
	stdout := trainCommand.Done(t, "-check", out)
	if got, want := strings.Count(stdout, "whole  "), len(filesOf(t, filepath.Join(out, "sgd")))+len(filesOf(t, filepath.Join(out, "adam")))-2; got != want || strings.Contains(stdout, show.ComparisonFile) {
		t.Errorf("%d of %d files are whole:\n%s", got, want, stdout)
	}
	check.NoError(t, os.Remove(filepath.Join(out, "adam", experiment.MetricsFile)))
	trainCommand.Run(t, "-check", out).Fails(t, "train", cli.ExitFailed, `adam.metrics\.csv.*own command`)
}
