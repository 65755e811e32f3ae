package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"optlab/internal/check"
	"optlab/internal/cli"
	"optlab/internal/cli/clitest"
	"optlab/optimizers"
)

// Wrong arguments: exit status 2 and one line that names the flag.
func TestUsage(t *testing.T) {
	data := clitest.WriteData(t)
	for _, c := range []struct{ arguments, pattern string }{
		{"-nope", `-nope .*\(go run ./cmd/train -h shows all flags\)`},
		{"-lr", `-lr`},
		{"stray", `unexpected argument "stray"`},
		{"-epochs 1 784 10", `unexpected argument "784"`},
		{"-model nonesuch", `"nonesuch" for flag -model: want one of hyperparameter, base`},
		{"-activation nonesuch", `"nonesuch" for flag -activation: want one of relu, tanh, identity`},
		{"-init nonesuch", `"nonesuch" for flag -init: want one of torch, constant, normal, equalvar, xavier, kaiming`},
		{"-optimizer nonesuch", `"nonesuch" for flag -optimizer: want some of sgd, momentum, adam`},
		{"-sizes abc", `"abc" for flag -sizes`},
		{"-sizes 784", `"784" for flag -sizes`},
		{"-sizes 784,0,10", `"784,0,10" for flag -sizes`},
		{"-batch 0", `"0" for flag -batch: want an integer of at least 1`},
		{"-batch -1", `"-1" for flag -batch`},
		{"-batch 1.5", `"1.5" for flag -batch`},
		{"-epochs -1", `"-1" for flag -epochs`},
		{"-epochs 0", `-epochs 0 .*-load`},
		{"-lr NaN", `"NaN" for flag -lr: want a finite number above 0`},
		{"-lr 0", `"0" for flag -lr`},
		{"-lr -1", `"-1" for flag -lr`},
		{"-lr Inf", `"Inf" for flag -lr`},
		{"-dropout 1", `"1" for flag -dropout`},
		{"-dropout -0.1", `"-0.1" for flag -dropout`},
		{"-dropout NaN", `"NaN" for flag -dropout`},
		{"-seed -1", `"-1" for flag -seed`},
		{"-beta1 0.5", `-beta1 has no effect on sgd: it is for momentum, adam`},
		{"-beta2 0.5", `-beta2 has no effect on sgd: it is for adam`},
		{"-optimizer momentum -beta2 0.5", `-beta2 has no effect on momentum`},
		{"-optimizer momentum -eps 1", `-eps has no effect on momentum`},
		{"-optimizer adam -beta1 1", `"1" for flag -beta1`},
		{"-optimizer adam -eps 0", `"0" for flag -eps`},
		{"-optimizer adam -eps 1e-300", `1e-300`},
		{"-limit 0", `"0" for flag -limit: want an integer of at least 1`},
		{"-limit 15", `-limit 15: a batch has 16 samples: want at least as many, or a smaller batch`},
		{"-limit 9 -batch 1", `-limit 9: there are 10 classes`},
		{"-std 0.1", `-std has no effect on torch: it is for normal`},
		{"-init normal -std 0", `"0" for flag -std: want a finite number above 0`},
		{"-init normal -c 1", `-c has no effect on normal: it is for constant`},
		{"-init constant -c NaN", `"NaN" for flag -c: want a finite number`},
		{"-gain", `-gain has no effect on torch: it is for xavier and kaiming`},
		{"-quiet -verbose", `-quiet and -verbose`},
		{"-sizes 100,10", `-sizes 100,10: .*784 pixels.* first size must be 784`},
		{"-sizes 784,10,5", `-sizes 784,10,5: .*10 classes.* last size must be 10`},
		{"-data " + data + " -sizes 784,10", `-sizes 784,10: .*blocks have 64 pixels`},
		{"-data " + data + " -sizes 64,99999999,10", `more than 268435456 parameters`},
		{"-data " + data + " -activation tanh", `activation tanh: .*base`},
		{"-data " + data + " -model base -dropout 0.2", `dropout 0.2: .*hyperparameter`},
	} {
		t.Run(strings.ReplaceAll(c.arguments, data, "DATA"), func(t *testing.T) {
			t.Chdir(t.TempDir())
			o := trainCommand.Run(t, c.arguments)
			o.Fails(t, "train", cli.ExitUsage, c.pattern)
			if o.Stdout != "" {
				t.Errorf("stdout got %q", o.Stdout)
			}
			onlyFiles(t, ".")
		})
	}
}

// Right arguments that cannot be carried out: exit status 1 and one line that
// names the file or value.
func TestFailures(t *testing.T) {
	data := clitest.WriteData(t)
	truncated := clitest.WriteData(t)
	images := filepath.Join(truncated, "train-images-idx3-ubyte")
	check.NoError(t, os.Truncate(images, 1000))
	labels := clitest.WriteData(t)
	check.NoError(t, os.Remove(filepath.Join(labels, "t10k-labels-idx1-ubyte")))
	for _, c := range []struct {
		arguments []string
		pattern   string
	}{
		{[]string{"-data", "missing"}, `"missing"`},
		{[]string{"-data", ""}, `data set ""`},
		{[]string{"-data", truncated}, regexp.QuoteMeta(images)},
		{[]string{"-data", labels}, `t10k-labels-idx1-ubyte is missing`},
		{[]string{"-data", data, "-out", "file"}, `file.*-out`},
		{[]string{"-data", data, "-out", "file/below"}, `file.*-out`},
		{[]string{"-data", data, "-load", "missing.safetensors"}, `missing\.safetensors`},
		{[]string{"-data", data, "-load", "file"}, `file: not a whole safetensors file`},
		{[]string{"-data", data, "-model", "base", "-batch", "251"}, `250 samples .*251`},
	} {
		t.Run(strings.ReplaceAll(strings.Join(c.arguments, " "), data, "DATA"), func(t *testing.T) {
			t.Chdir(t.TempDir())
			check.NoError(t, os.WriteFile("file", []byte("mine"), 0o644))
			o := trainCommand.Run(t, "", c.arguments...)
			o.Fails(t, "train", cli.ExitFailed, c.pattern)
			if o.Stdout != "" {
				t.Errorf("stdout got %q", o.Stdout)
			}
			onlyFiles(t, ".", "file")
			if content, err := os.ReadFile("file"); err != nil || string(content) != "mine" {
				t.Errorf("the file became %q, %v", content, err)
			}
		})
	}
}

// The help lists every flag once, with its default.
func TestHelp(t *testing.T) {
	t.Chdir(t.TempDir())
	flags := map[string]string{
		"data": "(default mnist)", "model": "(default hyperparameter)", "sizes": "(default 784,128,10; base 784,512,256,256,128,10",
		"activation": "(default tanh)", "dropout": "(default 0.2)", "init": "(default torch)", "load": "safetensors",
		"optimizer": "(default sgd)", "lr": "(default 0.1; adam 0.001", "patience": "0 for never", "beta1": "(default 0.9)", "beta2": "(default 0.999)",
		"eps": "(default 1e-08)", "batch": "(default 16)", "epochs": "(default 20)", "seed": "(default 42)",
		"out": "(default runs/<data>-<sizes>-<optimizer>)", "overwrite": "replace", "quiet": "nothing but the result", "verbose": "first batch",
		"limit": "first", "find-lr": "suggest one", "split": "(default numpy; base torch", "pixels": "(default unit; base symmetric", "drop-last": "(default false; base true",
		"gain": "torch.nn.init", "c": "(default 0.005)", "std": "(default 0.01)", "allow-other-cpu": "neither's", "check": "whole", "schedule": "(default constant)", "warmup": "(default 0)",
	}
	for _, setting := range slices.Concat(optimizers.Settings(), optimizers.ScheduleSettings()) {
		if _, ok := flags[setting.Flag]; !ok {
			flags[setting.Flag] = fmt.Sprintf("(default %v)", setting.Default)
		}
	}
	for _, arguments := range []string{"-h", "--help", "-epochs 3 -h"} {
		stdout := trainCommand.Help(t, arguments)
		for flag, text := range flags {
			lines := regexp.MustCompile(`(?m)^  -`+flag+` .*$`).FindAllString(stdout, -1)
			if len(lines) != 1 || !strings.Contains(lines[0], text) {
				t.Errorf("-%s: %q, want one line with %q", flag, lines, text)
			}
		}
		if n := len(regexp.MustCompile(`(?m)^  -`).FindAllString(stdout, -1)); n != len(flags) {
			t.Errorf("%d flags in the help, want %d", n, len(flags))
		}
		for _, part := range []string{"Data:\n", "Network:\n", "Training:\n", "Output:\n", "Examples:\n  go run ./cmd/train\n"} {
			if !strings.Contains(stdout, part) {
				t.Errorf("the help lacks %q", part)
			}
		}
	}
	onlyFiles(t, ".")
}

// The examples of the help are commands that parse.
func TestHelpExamples(t *testing.T) {
	_, examples, _ := strings.Cut(trainCommand.Help(t, "-h"), "Examples:\n")
	lines := strings.Split(strings.TrimSpace(examples), "\n")
	if len(lines) < 2 {
		t.Fatalf("the examples are %q", lines)
	}
	for _, line := range lines {
		arguments, ok := strings.CutPrefix(strings.TrimSpace(line), "go run ./cmd/train")
		if !ok {
			t.Errorf("%q does not run the command", line)
		}
		if _, err := parseOptions(strings.Fields(arguments), nil); err != nil {
			t.Errorf("%q: %v", line, err)
		}
	}
}

// Defaults that depend on other flags.
func TestDefaults(t *testing.T) {
	for _, c := range []struct {
		arguments  string
		lr         float64
		activation string
		dropout    float64
	}{
		{"", 0.1, "relu", 0.2},
		{"-dropout 0", 0.1, "relu", 0},
		{"-optimizer momentum", 0.1, "relu", 0.2},
		{"-optimizer adam", 0.001, "relu", 0.2},
		{"-optimizer adam -lr 0.1", 0.1, "relu", 0.2},
		{"-model base", 0.1, "tanh", 0},
		{"-model base -activation identity", 0.1, "identity", 0},
	} {
		o, err := parseOptions(strings.Fields(c.arguments), nil)
		check.NoError(t, err)
		if r := o.runs()[0]; r.Optimizer.LearningRate != c.lr || string(r.Model.Activation) != c.activation || r.Model.Dropout != c.dropout {
			t.Errorf("%q: lr %v, %s, dropout %v; want %v, %s, %v", c.arguments, r.Optimizer.LearningRate, r.Model.Activation, r.Model.Dropout, c.lr, c.activation, c.dropout)
		}
	}
}
