package main

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/blocks"
	"optlab/internal/check"
	"optlab/internal/cli/clitest"
	"optlab/models"
	"optlab/models/training"
)

var runsCommand = clitest.Command(run)

// small is a small run by momentum of two epochs.
func small() experiment.Config {
	c := experiment.Default(models.HyperparameterModel)
	c.Data, c.Model.Sizes = "elsewhere/blocks", []int{blocks.Side * blocks.Side, 12, 10}
	c.Optimizer.Name, c.Batch, c.Epochs = "momentum", 20, 2
	return c
}

// train carries a run out in a folder, as far as some epochs.
func train(t *testing.T, c experiment.Config, path string, epochs int) {
	t.Helper()
	e, err := experiment.New(c, blocks.Set(10))
	check.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	_, err = e.Run(ctx, folder.Folder{Path: path}, experiment.Hooks{Step: func(s training.Step) {
		if s.Epoch > epochs {
			stop()
		}
	}})
	if err != nil && ctx.Err() == nil && c.Optimizer.LearningRate < 1e20 {
		t.Fatal(err)
	}
}

// zoo makes a folder with a run of every kind, and others' folders.
func zoo(t *testing.T) string {
	t.Helper()
	base := filepath.Join(t.TempDir(), "runs")
	at := func(elements ...string) string { return filepath.Join(append([]string{base}, elements...)...) }
	for command, path := range map[string]string{"compare": at("compared"), "initexp": at("init"), "pathological": at("ravine")} {
		hold, err := folder.Folder{Path: path}.Take(command)
		check.NoError(t, err)
		hold.Release()
	}
	c := small()
	train(t, c, at("finished"), 2)
	c.Seed = 7
	train(t, c, at("interrupted"), 1)
	train(t, c, at("compared", "adam"), 2)
	c.Optimizer.LearningRate, c.Batch = 0.02, 100
	train(t, c, at("damaged"), 2)
	check.NoError(t, os.Remove(at("damaged", training.BestFile)))
	c.Optimizer.LearningRate, c.Epochs = 1e30, 11
	train(t, c, at("sub", "diverged"), 2)
	check.NoError(t, os.MkdirAll(at("nothing"), 0o755))
	check.NoError(t, os.WriteFile(at("nothing", folder.ConfigFile), []byte("{"), 0o644))
	return base
}

// problems are the two warnings of the zoo.
var problems = regexp.MustCompile(`\Aruns: warning: \S+damaged.model\.safetensors: damaged or missing.*\nruns: warning: \S+nothing.config\.json is not the configuration of a run\n\z`)

// listed runs the command on the zoo and returns its lines.
func listed(t *testing.T, base string, arguments ...string) []string {
	t.Helper()
	before := clitest.ReadFolder(t, base)
	o := runsCommand.Run(t, "", append(arguments, base)...)
	if o.Exit != 0 || !problems.MatchString(o.Stderr) {
		t.Fatalf("%q: exit status %d, stderr %q", arguments, o.Exit, o.Stderr)
	}
	after := clitest.ReadFolder(t, base)
	for name, content := range before {
		if after[name] != content || len(after) != len(before) {
			t.Fatalf("listing changed %s, or made files", name)
		}
	}
	narrow(t, o.Stdout)
	return strings.Split(strings.TrimSuffix(o.Stdout, "\n"), "\n")
}

// narrow checks that no line is too long, or ends with spaces.
func narrow(t *testing.T, stdout string) {
	t.Helper()
	for line := range strings.Lines(stdout) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > lineWidth {
			t.Errorf("%d columns: %q", n, line)
		}
		if strings.TrimRight(line, " \n")+"\n" != line {
			t.Errorf("%q ends with spaces", line)
		}
	}
}

// wants checks that a text matches patterns, in lines.
func wants(t *testing.T, text string, patterns ...string) {
	t.Helper()
	for _, p := range patterns {
		if !regexp.MustCompile("(?m)" + p).MatchString(text) {
			t.Errorf("%q is not in\n%s", p, text)
		}
	}
}
