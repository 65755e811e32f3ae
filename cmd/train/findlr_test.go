package main

import (
	"context"
	"encoding/json"
	"fmt"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"optlab/internal/check"
	"optlab/internal/cli"
	"optlab/internal/cli/clitest"
)

// -find-lr writes its two files into a folder of its own, says what it
// suggests, and does the same again.
func TestFindRate(t *testing.T) {
	data := clitest.WriteData(t)
	t.Chdir(t.TempDir())
	out := filepath.Join("runs", "blocks-64-12-10-adam-limit60-find-lr")
	flags := "-find-lr -optimizer adam -sizes 64,12,10 -limit 60 -data " + data
	stdout := trainCommand.Done(t, flags)
	onlyFiles(t, "runs", filepath.Base(out))
	onlyFiles(t, out, "config.json", "find-lr.png", "find-lr.json", "manifest.json")
	files := clitest.ReadFolder(t, out)
	var test struct {
		Run                     struct{ Limit int }
		Suggested               *float64
		LowestTenth             *float64 `json:"lowest_tenth"`
		Rates, Losses, Smoothed []float64
	}
	check.NoError(t, json.Unmarshal([]byte(files["find-lr.json"]), &test))
	if n := len(test.Rates); n < 300 || len(test.Losses) != n || len(test.Smoothed) != n || test.Suggested == nil || test.LowestTenth == nil || test.Run.Limit != 60 {
		t.Fatalf("the test is %+v", test)
	}
	want := fmt.Sprintf("\nSuggested learning rate: %.2g, where the loss falls most steeply.\nAnother usual choice: %.2g, a tenth of that at which the loss is lowest.\n", *test.Suggested, *test.LowestTenth)
	if !strings.HasSuffix(stdout, want) || !strings.Contains(stdout, filepath.ToSlash(out)+"/find-lr.png\n") {
		t.Errorf("the output is\n%s\nwant it to end in %s", stdout, want)
	}
	picture, err := png.DecodeConfig(strings.NewReader(files["find-lr.png"]))
	if err != nil || picture.Width != 1200 {
		t.Errorf("the picture is %+v, %v", picture, err)
	}
	again := trainCommand.Done(t, flags+" -quiet")
	if !maps.Equal(clitest.ReadFolder(t, out), files) || again != want[1:] {
		t.Errorf("again it has other files, or printed\n%s", again)
	}
	if checked := trainCommand.Done(t, "-check", out); strings.Count(checked, "whole  ") != 3 {
		t.Errorf("the files are\n%s", checked)
	}
}

// Where nothing is learned there is nothing to suggest.
func TestFindRateNone(t *testing.T) {
	data, out := clitest.WriteData(t), filepath.Join(t.TempDir(), "test")
	stdout := trainCommand.Done(t, "-find-lr -model base -activation relu -init constant -sizes 64,9,9,9,10 -data", data, "-out", out)
	if !strings.HasSuffix(stdout, "\nNo learning rate makes the loss fall: there is none to suggest.\n") {
		t.Errorf("the output is\n%s", stdout)
	}
	if files := clitest.ReadFolder(t, out); !strings.Contains(files["find-lr.json"], `"suggested": null`) || len(files["find-lr.png"]) < 1000 {
		t.Errorf("the test is\n%.500s", files["find-lr.json"])
	}
}

// What has no effect on the test is refused.
func TestFindRateUsage(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct{ arguments, pattern string }{
		{"-find-lr -seed 1,2", `-find-lr is for one run at a time, not for a list in -seed`},
		{"-find-lr -lr 1", `-lr has no effect with -find-lr`},
		{"-find-lr -epochs 5", `-epochs has no effect with -find-lr`},
		{"-find-lr -schedule cosine", `-schedule has no effect with -find-lr`},
		{"-find-lr -optimizer sgd,adam", `-find-lr is for one run at a time, not for a list in -optimizer`},
		{"-find-lr -limit 15", `-limit 15: a batch has 16`},
	} {
		trainCommand.Run(t, c.arguments).Fails(t, "train", cli.ExitUsage, c.pattern)
	}
	onlyFiles(t, ".")
}

// A folder that holds something else is left alone, unless it is a run that may
// be replaced; Ctrl-C ends the test.
func TestFindRateFolders(t *testing.T) {
	data, out := clitest.WriteData(t), filepath.Join(t.TempDir(), "run")
	trainCommand.Done(t, "-epochs 1 -quiet -data", data, "-out", out)
	before := clitest.ReadFolder(t, out)
	trainCommand.Run(t, "-find-lr -data", data, "-out", out).Fails(t, "train", cli.ExitFailed, `another configuration.*-overwrite.*-out`)
	if !maps.Equal(clitest.ReadFolder(t, out), before) {
		t.Error("a refused test changed the run")
	}
	trainCommand.Done(t, "-find-lr -overwrite -data", data, "-out", out)
	onlyFiles(t, out, "config.json", "find-lr.png", "find-lr.json", "manifest.json")

	other := t.TempDir()
	check.NoError(t, os.WriteFile(filepath.Join(other, "notes.txt"), nil, 0o644))
	trainCommand.Run(t, "-find-lr -data", data, "-out", other).Fails(t, "train", cli.ExitFailed, `notes\.txt`)
	onlyFiles(t, other, "notes.txt")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o := trainCommand.RunContext(ctx, new(stopper), []string{"-find-lr", "-data", data, "-out", out})
	o.Fails(t, "train", cli.ExitInterrupted, regexp.QuoteMeta("testing learning rates: after batch 0"))
}
