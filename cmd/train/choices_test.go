package main

import (
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"optlab/internal/blocks"
	"optlab/internal/check"
	"optlab/internal/cli/clitest"
)

// Sets of other numbers of classes train, test and draw: 26 whose labels count
// from 1, as EMNIST's letters do, with names, and 47, as its balanced set has.
func TestClasses(t *testing.T) {
	for _, c := range []struct {
		classes int
		first   byte // label
		names   string
	}{
		{26, 1, strings.Join(strings.Split("abcdefghijklmnopqrstuvwxyz", ""), "\n")},
		{47, 0, ""},
	} {
		set := blocks.Set(c.classes)
		for _, labels := range [][]byte{set.Train.Labels, set.Test.Labels} {
			for i := range labels {
				labels[i] += c.first
			}
		}
		data, out := clitest.WriteSet(t, set), filepath.Join(t.TempDir(), "run")
		if c.names != "" {
			check.NoError(t, os.WriteFile(filepath.Join(data, "classes.txt"), []byte(c.names), 0o644))
		}
		stdout := trainCommand.Done(t, "-epochs 30 -batch 10 -lr 0.3 -data", data, "-out", out)
		r := readRun(t, out)
		if r.Test.Accuracy < 0.7 || len(r.Test.Confusion) != c.classes {
			t.Errorf("%d classes: accuracy %v, a confusion of %d", c.classes, r.Test.Accuracy, len(r.Test.Confusion))
		}
		if !strings.Contains(stdout, "net.3") || !strings.Contains(stdout, "seed 42 →") {
			t.Errorf("%d classes: the output is\n%s", c.classes, stdout)
		}
		for _, name := range []string{"batch.png", "confusion.png"} {
			file, err := os.Open(filepath.Join(out, name))
			check.NoError(t, err)
			if _, err := png.DecodeConfig(file); err != nil {
				t.Errorf("%d classes: %s: %v", c.classes, name, err)
			}
			check.NoError(t, file.Close())
		}
	}
}

// The learning rate follows a schedule, also after an interruption, and is
// recorded.
func TestSchedule(t *testing.T) {
	data, base := clitest.WriteData(t), t.TempDir()
	losses := make(map[string][]float32)
	for name, flags := range map[string]string{
		"constant": "", "cosine": "-schedule cosine -warmup 5", "step": "-schedule step -decay 0.5 -decay-every 1",
	} {
		out := filepath.Join(base, name)
		stdout := trainCommand.Done(t, flags+" -epochs 3 -batch 20 -data", data, "-out", out)
		losses[name] = readRun(t, out).TrainLosses
		config := clitest.ReadFolder(t, out)["config.json"]
		if shown := strings.Contains(stdout, "("+name); shown != (name != "constant") || strings.Contains(config, `"schedule"`) != shown {
			t.Errorf("%s: printed\n%s\nrecorded\n%s", name, stdout, config)
		}
	}
	for name, l := range losses {
		if same := l[20] == losses["constant"][20]; same != (name == "constant") {
			t.Errorf("%s: the 21st loss is that of a constant rate: %v", name, same)
		}
	}
	if losses["step"][11] != losses["constant"][11] || losses["cosine"][1] == losses["constant"][1] {
		t.Error("the first epoch of the step schedule differs from a constant rate, or a warm-up does not")
	}
	trainCommand.Run(t, "-decay 0.5").Fails(t, "train", 2, "-decay has no effect on constant: it is for step and exponential")
	trainCommand.Run(t, "-schedule step -decay-floor 0.5").Fails(t, "train", 2, "-decay-floor has no effect on step: it is for cosine")
	trainCommand.Run(t, "-schedule zigzag").Fails(t, "train", 2, "want one of constant, step, exponential, cosine")
}

// Every optimizer of the table trains, without the command knowing it.
func TestEveryOptimizer(t *testing.T) {
	data, out := clitest.WriteData(t), filepath.Join(t.TempDir(), "run")
	trainCommand.Done(t, "-optimizer nesterov,rmsprop,adamw -weight-decay 0.1 -alpha 0.9 -lr 0.01 -epochs 15 -batch 20 -data", data, "-out", out)
	files := clitest.ReadFolder(t, out)
	for name, part := range map[string]string{"nesterov": `"momentum": 0.9`, "rmsprop": `"alpha": 0.9`, "adamw": `"weight_decay": 0.1`} {
		if !strings.Contains(files[name+"/config.json"], part) {
			t.Errorf("%s: the configuration lacks %s:\n%s", name, part, files[name+"/config.json"])
		}
		if r := readRun(t, filepath.Join(out, name)); r.Test.Accuracy < 0.9 {
			t.Errorf("%s: accuracy %v", name, r.Test.Accuracy)
		}
	}
}
