package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/check"
	"optlab/internal/cli"
	"optlab/internal/cli/clitest"
	"optlab/models/training"
)

// Two runs are told apart by what was asked, made and learned.
func TestDiff(t *testing.T) {
	base := zoo(t)
	at := func(name string) string { return filepath.Join(base, name) }
	before := clitest.ReadFolder(t, base)
	stdout := runsCommand.Done(t, "diff", at("finished"), at("interrupted"))
	narrow(t, stdout)
	wants(t, stdout, `\AA: /.*finished$`, `^B: /.*interrupted$`, `^configuration +A +B\nseed +42 +7\n\nmade on: the same$`,
		`^results +A +B$`, `^status +finished +interrupted$`, `^epochs +2/2 +1/2$`, `^best epoch +\d +1$`, `^validation accuracy +[\d.]+ % +[\d.]+ %$`,
		`^test accuracy +[\d.]+ % +-$`, `^test loss +[\d.]+ +-$`, `^seconds of training +[\d.]+ +[\d.]+$`, `^models: largest difference [\d.]+ in net\.\S+\n\z`)
	wants(t, runsCommand.Done(t, "diff", at("finished"), at("finished")), `^configuration: the same$`, `^models: identical, bit for bit: 4 tensors\n\z`)
	wants(t, runsCommand.Done(t, "diff", at("sub/diverged"), at("finished")), `^epochs +11 +2$`, `^optimizer\.learning_rate +1e\+30 +0\.1$`, `^models: A has none\n\z`)
	o := runsCommand.Run(t, "diff", at("finished"), at("damaged"))
	if o.Exit != 0 || strings.Count(o.Stderr, "\n") != 1 {
		t.Errorf("with a damaged run: exit status %d, stderr %q", o.Exit, o.Stderr)
	}
	wants(t, o.Stderr, `^runs: warning: \S+damaged.model\.safetensors`)
	wants(t, o.Stdout, `^batch +20 +100$`, `^status +finished +damaged$`, `^models: B has none\n\z`)
	if after := clitest.ReadFolder(t, base); len(after) != len(before) {
		t.Errorf("%d files became %d", len(before), len(after))
	}
	for path, pattern := range map[string]string{
		at("nothing"):  `nothing.config\.json is not the configuration of a run\n`,
		at("compared"): `compares runs, name one: \S+adam\n`,
		at("init"):     `init is a folder without a run: name the folder of one`,
		base:           `is a folder of runs, name one: `,
		at("none"):     `none: no such file`,
	} {
		runsCommand.Run(t, "diff", at("finished"), path).Fails(t, "runs", cli.ExitFailed, pattern)
		runsCommand.Run(t, "diff", path, at("finished")).Fails(t, "runs", cli.ExitFailed, pattern)
	}
}

// A run that only tested has the bits of what it loaded.
func TestDiffTested(t *testing.T) {
	base := t.TempDir()
	a, b := filepath.Join(base, "a"), filepath.Join(base, "b")
	c := small()
	train(t, c, a, 2)
	c.Start, c.Epochs = &experiment.Start{Path: filepath.Join(a, training.BestFile)}, 0
	train(t, c, b, 2)
	wants(t, runsCommand.Done(t, "diff", a, b), `^epochs +2 +0$`, `^load\n  A: null\n  B: {"path":`, `^best epoch +\d +-$`, `^models: identical, bit for bit: 4 tensors\n\z`)
	wants(t, runsCommand.Done(t, "", base), `^b +blocks +64-12-10 +momentum +0\.1 +0/0  finished +- +- +[\d.]+ %$`)
}

// Values that are long have lines of their own; a model that cannot be read is
// an error after all else.
func TestDiffLongAndDamaged(t *testing.T) {
	base := t.TempDir()
	a, b := filepath.Join(base, "a"), filepath.Join(base, "b")
	c := small()
	train(t, c, a, 1)
	c.Data = strings.Repeat("a/long/path/", 20) + "to/data"
	train(t, c, b, 1)
	config, err := os.ReadFile(filepath.Join(a, folder.ConfigFile))
	check.NoError(t, err)
	check.NoError(t, os.WriteFile(filepath.Join(b, training.BestFile), []byte("damaged"), 0o644))
	o := runsCommand.Run(t, "diff", a, b)
	o.Fails(t, "runs", cli.ExitFailed, `b.model\.safetensors: not a whole safetensors file`)
	narrow(t, o.Stdout)
	wants(t, o.Stdout, `^data\n  A: "elsewhere/blocks"\n  B: "a/long/path/.*….*/to/data"\n`, `^status +interrupted +interrupted$`)
	// What it was made on, as another machine wrote it.
	other := strings.Replace(string(config), `"cores": `, `"cores": 99`, 1)
	i, j := strings.Index(other, "\n  \"digest\""), strings.LastIndex(other, "\n}")
	other = strings.TrimSuffix(other[:i], ",") + other[j:]
	other = strings.Replace(other, fmt.Sprintf("%q", folder.ManifestFile), `"another.json"`, 1)
	check.NoError(t, os.WriteFile(filepath.Join(b, folder.ConfigFile), []byte(other), 0o644))
	o = runsCommand.Run(t, "diff", a, b)
	wants(t, o.Stdout, `^made on +A +B\ncores +\d+ +99\d+$`)
}
