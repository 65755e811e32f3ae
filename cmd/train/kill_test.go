package main

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"github.com/pkg/errors"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/atomicfile/faulty"
	"optlab/internal/check"
	"optlab/internal/cli/clitest"
	"optlab/models/training"
)

// smallRun are the flags of a run that takes next to no time.
const smallRun = "-quiet -epochs 3 -batch 50 -optimizer momentum -sizes 64,12,10 "

// killed is a command that is killed.
type killed struct {
	name   string
	before tree
	flags  string
	calls  int // of the system, undisturbed
	took   time.Duration
	want   tree
}

// foreign are files of nobody's run, hidden ones and another.
var foreign = tree{".notes.tmp-keep": "mine", ".model.safetensors.tmp-mine": "mine"}

// with returns the tree with the files of another.
func (tr tree) with(other tree) tree {
	all := tree{}
	for _, t := range []tree{tr, other} {
		for name, content := range t {
			all[name] = content
		}
	}
	return all
}

// without returns the tree without some files.
func (tr tree) without(names ...string) tree {
	all := tr.with(nil)
	for _, name := range names {
		delete(all, name)
	}
	return all
}

// killedCommands are the commands with their flags but for -data and -out, at
// which there may be a run already.
func killedCommands(t *testing.T, data, out string) []*killed {
	t.Helper()
	flags := smallRun + "-data " + data + " -out " + out + " "
	made := func(flags string) tree {
		check.NoError(t, os.RemoveAll(out))
		trainCommand.Done(t, flags)
		return clitest.ReadFolder(t, out)
	}
	finished, other := made(flags), made(flags+"-seed 7")
	two := made(strings.Replace(flags, "-epochs 3", "-epochs 2", 1))
	notes := foreign.with(tree{"notes.txt": "mine"})
	list := []*killed{
		{name: "first start", before: foreign, flags: flags},
		{name: "checkpoint", before: two.with(notes), flags: flags},
		{name: "results", before: finished.without(experiment.ResultsFile, folder.ManifestFile, "loss.png").with(notes), flags: flags},
		{name: "overwrite", before: other.with(notes), flags: flags + "-overwrite"},
		{name: "load and overwrite", before: other.with(notes), flags: flags + "-overwrite -load " + filepath.Join(out, training.BestFile)},
		{name: "comparison", before: foreign, flags: strings.Replace(flags, "momentum", "sgd,adam", 1)},
	}
	defer func() { disk = nil }()
	for _, k := range list {
		k.before.write(t, out)
		counter := &faulty.Injector{}
		disk = counter
		start := time.Now()
		trainCommand.Done(t, k.flags)
		k.took, k.calls, k.want = time.Since(start), counter.Calls, timeless(t, out)
	}
	return list
}

// at carries the command out, as a process that kills itself at a system call,
// and reports whether it came to that.
func (k *killed) at(t *testing.T, call int) bool {
	t.Helper()
	c := process(t, strings.Fields(k.flags)...)
	c.Env = append(c.Env, killAt+"="+strconv.Itoa(call))
	output, err := c.CombinedOutput()
	if err == nil {
		return false
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Exited() {
		t.Errorf("%s, killed at call %d: %v: %s", k.name, call, err, output)
	}
	return true
}

// done reports whether the command has finished, if it was killed after all.
func (k *killed) done(t *testing.T, out string) bool {
	t.Helper()
	config, err := os.ReadFile(filepath.Join(out, folder.ConfigFile))
	return err == nil && string(config) == k.want[folder.ConfigFile] && folder.Folder{Path: out}.Sealed()
}

// TestKills kills commands, a few times one after the other, at chosen system
// calls and at random moments; then the same command ends with the bytes of one
// that nobody killed, and with no other files.
func TestKills(t *testing.T) {
	data, out := clitest.WriteData(t), filepath.Join(t.TempDir(), "run")
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	list := killedCommands(t, data, out)
	chosen, moments := count(6, 300), count(6, 700)
	atCalls, atMoments := 0, 0
	for i := 0; atCalls < chosen || atMoments < moments; i++ {
		k := list[i%len(list)]
		k.before.write(t, out)
		var how []string
		for n := 1 + rng.IntN(3); n > 0 && !k.done(t, out); n-- {
			if delay := time.Duration(rng.Int64N(int64(k.took))); atMoments < moments && (atCalls >= chosen || rng.IntN(2) == 0) {
				if kill(t, delay, false, strings.Fields(k.flags)...) {
					atMoments++
					how = append(how, delay.String())
				}
			} else if call := 1 + rng.IntN(k.calls); k.at(t, call) {
				atCalls++
				how = append(how, "call "+strconv.Itoa(call))
			}
		}
		left := clitest.ReadFolder(t, out)
		again := k.flags
		if k.done(t, out) { // then there is nothing to overwrite any more
			again = strings.Replace(again, "-overwrite", "", 1)
		}
		if o := trainCommand.Run(t, again); o.Exit != 0 {
			t.Errorf("%s, killed at %q, which left %q: exit status %d: %s", k.name, how, names(left), o.Exit, o.Stderr)
			continue
		}
		if bad := differing(k.want, timeless(t, out)); len(bad) > 0 {
			t.Errorf("%s, killed at %q, which left %q: other than undisturbed are %q", k.name, how, names(left), bad)
		}
	}
	t.Logf("%d kills at system calls, %d at random moments", atCalls, atMoments)
}

// What is left of the lock of a command that was killed when all was written
// goes when the run is shown; one that somebody holds is nothing to the reader.
func TestShownBesideALock(t *testing.T) {
	data, out := clitest.WriteData(t), filepath.Join(t.TempDir(), "run")
	flags := smallRun + "-data " + data + " -out " + out
	trainCommand.Done(t, flags)
	lock := filepath.Join(out, ".lock")
	check.NoError(t, os.WriteFile(lock, []byte("{}"), 0o644))
	trainCommand.Done(t, flags)
	if _, err := os.Stat(lock); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the lock is still there: %v", err)
	}
	held := flock.New(lock)
	locked, err := held.TryLock()
	check.NoError(t, err)
	if !locked {
		t.Fatal("not locked")
	}
	defer held.Close()
	trainCommand.Done(t, flags)
}
