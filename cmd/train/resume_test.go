package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"optlab/experiment"
	"optlab/internal/check"
	"optlab/internal/cli"
	"optlab/internal/cli/clitest"
	"optlab/internal/show"
	"optlab/models/training"
)

// TestKill kills a run again and again, at random moments, while files are
// being written too, and demands the files of a run that was never touched.
func TestKill(t *testing.T) {
	const kills, runEpochs = 24, 300
	data, base := clitest.WriteData(t), t.TempDir()
	whole, broken := filepath.Join(base, "whole"), filepath.Join(base, "broken")
	flags := fmt.Sprintf("-epochs %d -batch 25 -optimizer adam -data %s -out ", runEpochs, data)
	start := time.Now()
	trainCommand.Done(t, flags+whole)
	// Long enough for an epoch or some, on a slow machine too, and short enough
	// for the run to outlast the kills.
	longest := 20*time.Millisecond + 5*time.Since(start)/runEpochs

	rng := rand.New(rand.NewPCG(uint64(start.UnixNano()), 0))
	killed := 0
	for i := 0; killed < kills && i < 10*kills; i++ {
		delay := time.Duration(rng.Int64N(int64(longest)))
		if kill(t, delay, i%4 != 0, strings.Fields(flags+broken)...) {
			killed++
		}
	}
	if killed < kills {
		t.Fatalf("only %d kills", killed)
	}
	if stdout := trainCommand.Done(t, flags+broken); !strings.Contains(stdout, "Going on after epoch ") {
		t.Errorf("after the kills the command started afresh: %s", stdout)
	} else {
		t.Log(regexp.MustCompile(`Going on after epoch \d+`).FindString(stdout))
	}
	onlyFiles(t, broken, filesOf(t, broken)...)
	a, b := clitest.ReadFolder(t, whole), clitest.ReadFolder(t, broken)
	for _, name := range append([]string{training.BestFile}, show.Pictures...) {
		if a[name] != b[name] {
			t.Errorf("%s differs from that of a run that was not killed", name)
		}
	}
	if withoutTimes(t, whole) != withoutTimes(t, broken) {
		t.Error("the results differ from those of a run that was not killed")
	}
}

// A run that Ctrl-C ended goes on with the same command and ends as if it never
// had been.
func TestGoesOnAfterCtrlC(t *testing.T) {
	data, base := clitest.WriteData(t), t.TempDir()
	whole, broken := filepath.Join(base, "whole"), filepath.Join(base, "broken")
	flags := "-epochs 5 -batch 20 -optimizer momentum -data " + data + " -out "
	trainCommand.Done(t, flags+whole)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	stdout := &stopper{text: "Epoch 2/5", stop: stop}
	trainCommand.RunContext(ctx, stdout, strings.Fields(flags+broken)).Fails(t, "train", cli.ExitInterrupted, "the same command goes on")
	again := trainCommand.Done(t, flags+broken)
	if !strings.Contains(again, "Going on after epoch 2") || strings.Contains(again, "Epoch 2/5") || !strings.Contains(again, "Epoch 3/5") {
		t.Errorf("the second run printed %s", again)
	}
	if withoutTimes(t, whole) != withoutTimes(t, broken) {
		t.Error("the results differ from those of a run that was not interrupted")
	}
}

// A run from a model in its own folder, which it has written over when it is
// interrupted, begins again or goes on from that model, not from its own.
func TestLoadsFromItsFolderAgain(t *testing.T) {
	data, base := clitest.WriteData(t), t.TempDir()
	out, model := filepath.Join(base, "run"), filepath.Join(base, "run", training.BestFile)
	first := smallRun + "-data " + data + " -out " + out
	trainCommand.Done(t, first)
	second := strings.Replace(first, "-quiet", "-seed 7 -load "+model, 1)
	trainCommand.Done(t, second+" -overwrite")
	whole := timeless(t, out)
	for _, flag := range []string{"", " -overwrite"} {
		trainCommand.Done(t, first+" -overwrite")
		ctx, stop := context.WithCancel(t.Context())
		stdout := &stopper{text: "Epoch 2/3", stop: stop}
		trainCommand.RunContext(ctx, stdout, strings.Fields(second+" -overwrite")).Fails(t, "train", cli.ExitInterrupted, "the same command goes on")
		stop()
		trainCommand.Done(t, second+flag)
		if bad := differing(whole, timeless(t, out)); len(bad) > 0 {
			t.Errorf("with %q, other than undisturbed are %q", flag, bad)
		}
	}
	if again := trainCommand.Done(t, second); !strings.Contains(again, "finished") {
		t.Errorf("the run was not shown: %s", again)
	}
}

func TestDamagedCheckpointIsAnError(t *testing.T) {
	data, out := clitest.WriteData(t), filepath.Join(t.TempDir(), "run")
	flags := "-epochs 2 -data " + data + " -out " + out
	trainCommand.Done(t, flags)
	check.NoError(t, os.Remove(filepath.Join(out, experiment.ResultsFile)))
	path := filepath.Join(out, training.LastFile)
	content, err := os.ReadFile(path)
	check.NoError(t, err)
	content[len(content)/2] ^= 1
	check.NoError(t, os.WriteFile(path, content, 0o644))
	trainCommand.Run(t, flags).Fails(t, "train", cli.ExitFailed, "checkpoint.*damaged|damaged.*checkpoint|-overwrite")
	trainCommand.Done(t, flags+" -overwrite")
}

func TestPatienceStops(t *testing.T) {
	data, out := clitest.WriteData(t), filepath.Join(t.TempDir(), "run")
	trainCommand.Done(t, "-epochs 100 -patience 2 -batch 20 -data "+data+" -out "+out)
	if r := readRun(t, out); len(r.Epochs)-r.BestEpoch() != 2 {
		t.Errorf("stopped after %d epochs, the best being %d", len(r.Epochs), r.BestEpoch())
	}
}

func TestComparison(t *testing.T) {
	data, out := clitest.WriteData(t), filepath.Join(t.TempDir(), "compared")
	flags := "-optimizer sgd,adam -epochs 3 -batch 20 -data " + data + " -out " + out
	stdout := trainCommand.Done(t, flags)
	files := clitest.ReadFolder(t, out)
	for _, optimizer := range []string{"sgd", "adam"} {
		for _, name := range filesOf(t, filepath.Join(out, optimizer)) {
			if _, ok := files[optimizer+"/"+name]; !ok {
				t.Errorf("%s/%s is missing", optimizer, name)
			}
		}
	}
	var list []experiment.Compared
	check.NoError(t, json.Unmarshal([]byte(files[show.ComparisonFile]), &list))
	if len(list) != 2 || list[0].Optimizer != "sgd" || list[1].LearningRate != 0.001 || len(files[show.ComparisonPicture]) < 1000 {
		t.Fatalf("the comparison is %+v, its picture has %d bytes", list, len(files[show.ComparisonPicture]))
	}
	for _, c := range list {
		r := readRun(t, filepath.Join(out, c.Optimizer))
		if *c.TestAcc != r.Test.Accuracy || c.BestEpoch != r.BestEpoch() || len(c.TrainLosses) != 3 || len(c.ValScores) != 3 {
			t.Errorf("%s is compared as %+v", c.Optimizer, c)
		}
		if row := fmt.Sprintf("%.2f %%", 100**c.TestAcc); !strings.Contains(stdout[strings.Index(stdout, "optimizer, lr"):], row) {
			t.Errorf("the table lacks %s", row)
		}
	}
	// The first loss is of the same weights and the same batch, but for dropout
	// masks, which are the same too.
	if a, b := readRun(t, filepath.Join(out, "sgd")), readRun(t, filepath.Join(out, "adam")); a.TrainLosses[0] != b.TrainLosses[0] {
		t.Errorf("the first losses are %v and %v: other first weights", a.TrainLosses[0], b.TrainLosses[0])
	}
	if again := trainCommand.Done(t, flags); strings.Count(again, "finished") != 2 {
		t.Errorf("the second time, the runs were not shown: %s", again)
	}
	if n := strings.Count(stdout, "10 × 10 pixels") + strings.Count(stdout, "parameters\n"); n > 2 {
		t.Errorf("the data and the network are described %d times:\n%s", n, stdout)
	}
}

// Two lists make the product, in folders named after what differs; a run that
// diverges is one of the results.
func TestComparisonOfLists(t *testing.T) {
	data, base := clitest.WriteData(t), t.TempDir()
	t.Chdir(base)
	flags := "-quiet -epochs 2 -batch 50 -sizes 64,12,10 -data " + data
	o := trainCommand.Run(t, flags+" -lr 0.5,1e30 -seed 1,2")
	if o.Exit != 0 || strings.Count(o.Stderr, "\n") != 2 || !strings.Contains(o.Stderr, "lr=1e+30,seed=2: the loss of batch") {
		t.Errorf("exit status %d, stderr %q", o.Exit, o.Stderr)
	}
	out := filepath.Join("runs", filepath.Base(data)+"-64-12-10-sgd-lr-seed")
	var list []experiment.Compared
	check.NoError(t, json.Unmarshal([]byte(clitest.ReadFolder(t, out)[show.ComparisonFile]), &list))
	for i, folder := range []string{"lr=0.5,seed=1", "lr=0.5,seed=2", "lr=1e+30,seed=1", "lr=1e+30,seed=2"} {
		r := readRun(t, filepath.Join(out, folder))
		if list[i].Folder != folder || list[i].Status != r.Status || (list[i].TestAcc != nil) != (i < 2) {
			t.Errorf("run %d in %s is compared as %+v", i, folder, list[i])
		}
	}
	if text := strings.Join(strings.Fields(o.Stdout), " "); !strings.Contains(text, "Only lr 0.5 stays finite: ") || !strings.Contains(text, "lr 1e+30 diverges with 2 of 2 seeds, first in epoch 1.") {
		t.Errorf("the sentence is in %q", o.Stdout)
	}
	for line := range strings.Lines(o.Stdout) {
		if n := len([]rune(line)) - 1; n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	trainCommand.Run(t, "-check", out).Fails(t, "train", cli.ExitFailed, "2 folders.*has not finished")

	// More of a list goes on with what is there.
	if o = trainCommand.Run(t, strings.Replace(flags, "-quiet ", "", 1)+" -lr 0.5,0.25 -seed 1,2"); strings.Count(o.Stdout, "holds this run already") != 2 {
		t.Errorf("of four runs two were there: %s", o.Stdout)
	}
	if text := strings.Join(strings.Fields(o.Stdout), " "); !strings.Contains(text, "in the mean of 2 seeds") {
		t.Errorf("the sentence is in %q", o.Stdout)
	}
}

// Every flag that takes a list can be compared by.
func TestComparisonByEverything(t *testing.T) {
	data := clitest.WriteData(t)
	for flags, folders := range map[string][]string{
		"-dropout 0,0.5":                           {"dropout=0", "dropout=0.5"},
		"-batch 20,50":                             {"batch=20", "batch=50"},
		"-init constant,xavier -optimizer sgd":     {"constant", "xavier"},
		"-model base -activation relu,tanh":        {"relu", "tanh"},
		"-optimizer adam,sgd -lr 0.1,0.2 -batch 9": {"adam,lr=0.1", "adam,lr=0.2", "sgd,lr=0.1", "sgd,lr=0.2"},
	} {
		out := filepath.Join(t.TempDir(), "compared")
		trainCommand.Done(t, flags+" -quiet -epochs 1 -sizes 64,12,10 -data", data, "-out", out)
		files := clitest.ReadFolder(t, out)
		for _, name := range folders {
			if files[name+"/"+training.BestFile] == "" {
				t.Errorf("%s: there is no %s in %q", flags, name, names(files))
			}
		}
		if len(files[show.ComparisonPicture]) < 1000 {
			t.Errorf("%s: the picture has %d bytes", flags, len(files[show.ComparisonPicture]))
		}
	}
	for flags, says := range map[string]string{
		"-lr 0.1,0.1": "-lr: 0.1 is there twice", "-lr 0.1,": "-lr: want a finite number above 0, or several with commas",
		"-batch 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15 -seed 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15": "lists of -batch, -seed make more than 200 runs",
		"-activation tanh,relu": "activation tanh: .*base",
	} {
		trainCommand.Run(t, flags+" -data", data).Fails(t, "train", cli.ExitUsage, says)
	}
}
