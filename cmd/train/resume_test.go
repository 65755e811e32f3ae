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
	flags := "-optimizer sgd,adam -lr 0.2,0.01 -epochs 3 -batch 20 -data " + data + " -out " + out
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
	if len(list) != 2 || list[0].Optimizer != "sgd" || list[1].LearningRate != 0.01 || len(files[show.ComparisonPicture]) < 1000 {
		t.Fatalf("the comparison is %+v, its picture has %d bytes", list, len(files[show.ComparisonPicture]))
	}
	for _, c := range list {
		r := readRun(t, filepath.Join(out, c.Optimizer))
		if c.TestAcc != r.Test.Accuracy || c.BestEpoch != r.BestEpoch() || len(c.TrainLosses) != 3 || len(c.ValScores) != 3 {
			t.Errorf("%s is compared as %+v", c.Optimizer, c)
		}
		if row := fmt.Sprintf("%.2f %%", 100*c.TestAcc); !strings.Contains(stdout[strings.Index(stdout, "learning rate   test"):], row) {
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
	trainCommand.Run(t, "-optimizer sgd,momentum,adam -lr 1,2 -data "+data).Fails(t, "train", cli.ExitUsage, "2 rates for 3 optimizers")
}
