package main

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"optlab/experiment/folder"
	"optlab/internal/cli"
	"optlab/internal/cli/clitest"
	"optlab/models/training"
)

// damaged is a run in whose files bits are flipped.
type damaged struct {
	name   string
	files  tree
	show   bool // it has finished: what is printed counts
	want   tree
	stdout string
}

// damagedRuns are a finished and an interrupted run, both from a file that is
// in their folders, made by the command with flags.
func damagedRuns(t *testing.T, flags, out string) []*damaged {
	t.Helper()
	trainCommand.Done(t, flags)
	d := &damaged{name: "finished", files: clitest.ReadFolder(t, out), show: true, want: timeless(t, out)}
	d.stdout = trainCommand.Done(t, flags)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	stdout := &stopper{text: "Epoch 2/3", stop: stop}
	loud := strings.Replace(flags, "-quiet", "-overwrite", 1)
	trainCommand.RunContext(ctx, stdout, strings.Fields(loud)).Fails(t, "train", cli.ExitInterrupted, "goes on")
	return []*damaged{d, {name: "interrupted", files: clitest.ReadFolder(t, out), want: d.want}}
}

// TestFlips flips one bit of a file of a run, and then carries the command out
// that shows the run or goes on with it: an error or a warning names the file,
// or there is no effect on what is shown and on the bytes it ends with.
func TestFlips(t *testing.T) {
	data, base := clitest.WriteData(t), t.TempDir()
	out, kept := filepath.Join(base, "run"), filepath.Join(base, "kept")
	first := smallRun + "-data " + data + " -out " + filepath.Join(base, "first")
	trainCommand.Done(t, first)
	tree{"start.safetensors": clitest.ReadFolder(t, filepath.Join(base, "first"))[training.BestFile]}.write(t, kept)
	flags := first + " -load " + filepath.Join(kept, "start.safetensors") + " -out " + out
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	flips, refused, repaired, without := 0, 0, 0, 0
	for _, d := range damagedRuns(t, flags, out) {
		list := names(d.files)
		for n := range count(20, 1000) {
			name := list[n%len(list)]
			content := []byte(d.files[name])
			bit := rng.IntN(8 * len(content))
			content[bit/8] ^= 1 << (bit % 8)
			d.files.with(tree{name: string(content)}).write(t, out)
			o := trainCommand.Run(t, flags)
			flips++
			named := strings.Contains(o.Stderr, name)
			switch {
			case o.Exit != 0 && named:
				refused++
				continue
			case o.Exit != 0:
				t.Errorf("%s, bit %d of %s: exit status %d, stderr %q", d.name, bit, name, o.Exit, o.Stderr)
				continue
			case named:
				repaired++
			default:
				without++
			}
			got := timeless(t, out)
			bad := differing(d.want, got)
			if len(bad) > 0 || d.show && !named && o.Stdout != d.stdout {
				t.Errorf("%s, bit %d of %s: other than before are %q, stderr %q", d.name, bit, name, bad, o.Stderr)
			}
			if c, err := (folder.Folder{Path: out}).Check(); err != nil || len(c.Damaged)+len(c.Missing) > 0 {
				t.Errorf("%s, bit %d of %s: the folder ends as %+v, %v", d.name, bit, name, c, err)
			}
		}
	}
	t.Logf("%d flips: %d refused, %d made good with a warning, %d without effect", flips, refused, repaired, without)
}
