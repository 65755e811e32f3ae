package main

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/check"
	"optlab/internal/cli/clitest"
	"optlab/mnist"
	"optlab/models/training"
)

// picturesBefore are those of the version before.
var picturesBefore = []string{"loss.png", "accuracy.png", "batch.png", "confusion.png"}

// runBefore carries the run of the flags out as the version before did, or its
// first epoch, and returns what it has written.
func runBefore(t *testing.T, flags string, whole bool) map[string]string {
	t.Helper()
	o, err := parseOptions(strings.Fields(flags), nil)
	check.NoError(t, err)
	set, err := mnist.Open(o.Data)
	check.NoError(t, err)
	e, err := experiment.New(o.runs()[0], set)
	check.NoError(t, err)
	dir := folder.Folder{Path: o.out, Files: picturesBefore}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err = e.Run(ctx, dir, experiment.Hooks{
		Epoch: func(training.Epoch) {
			if !whole {
				cancel()
			}
		},
		Finish: func(*training.Results) error {
			for _, name := range picturesBefore {
				check.NoError(t, dir.Write(name, []byte("of before")))
			}
			return nil
		},
	})
	if (err == nil) != whole {
		t.Fatal(err)
	}
	return clitest.ReadFolder(t, o.out)
}

// A run of the version before, which drew fewer pictures, is shown and checked
// as it is; one that was broken off goes on, and has all pictures then.
func TestRunOfTheVersionBefore(t *testing.T) {
	data, base := clitest.WriteData(t), t.TempDir()
	out := filepath.Join(base, "whole")
	flags := "-epochs 3 -sizes 64,6,10 -batch 40 -data " + data + " -out "
	before := runBefore(t, flags+out, true)
	shown := trainCommand.Done(t, flags+out)
	if !strings.Contains(shown, "holds this run already") || !maps.Equal(clitest.ReadFolder(t, out), before) {
		t.Errorf("the run was not shown as it is:\n%s", shown)
	}
	if checked := trainCommand.Done(t, "-check", out); strings.Count(checked, "whole  ") != len(before)-1 {
		t.Errorf("the run is checked as\n%s", checked)
	}

	// A picture that is missing is made again, and the new ones with it.
	check.NoError(t, os.Remove(filepath.Join(out, "loss.png")))
	o := trainCommand.Run(t, flags+out)
	if o.Exit != 0 || !strings.Contains(o.Stderr, "loss.png") {
		t.Errorf("a missing picture: %+v", o)
	}
	trainCommand.Done(t, "-check", out)

	out = filepath.Join(base, "broken")
	runBefore(t, flags+out, false)
	if resumed := trainCommand.Done(t, flags+out); !strings.Contains(resumed, "Going on after epoch 1") {
		t.Errorf("the run did not go on:\n%s", resumed)
	}
	onlyFiles(t, out, allFiles...)
	checked := trainCommand.Done(t, "-check", out)
	for _, name := range []string{"losses.png", "mistakes.png"} {
		if !strings.Contains(checked, "whole        "+filepath.ToSlash(filepath.Join(out, name))) {
			t.Errorf("%s is not in the manifest:\n%s", name, checked)
		}
	}
}
