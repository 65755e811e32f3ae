package main

import (
	"os"
	"path/filepath"
	"testing"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/blocks"
	"optlab/internal/check"
	"optlab/internal/cli"
	"optlab/models"
	"optlab/models/training"
)

// train makes a run in a folder.
func train(t *testing.T, c experiment.Config, path string) {
	t.Helper()
	set := blocks.Set(10)
	c.Epochs = min(c.Epochs, 1)
	c.Model.Sizes = []int{blocks.Side * blocks.Side, 12, 10}
	e, err := experiment.New(c, set)
	check.NoError(t, err)
	_, err = e.Run(t.Context(), folder.Folder{Path: path}, experiment.Hooks{})
	check.NoError(t, err)
}

// A run's folder stands for its model, and says what the file alone does not.
func TestRunFolder(t *testing.T) {
	base := t.TempDir()
	tanh, dropout := filepath.Join(base, "tanh"), filepath.Join(base, "dropout")
	c := experiment.Default(models.BaseNetwork)
	c.Model.Activation = "gelu"
	train(t, c, tanh)
	c = experiment.Default(models.HyperparameterModel)
	c.Model.Dropout = 0.35
	train(t, c, dropout)
	stdout := printed(t, tanh)
	wants(t, stdout, `^  -model base -sizes 64,12,10 -activation gelu\n\z`)
	for _, path := range []string{dropout, filepath.Join(dropout, training.BestFile)} {
		wants(t, printed(t, path), `^  -model hyperparameter -sizes 64,12,10 -dropout 0\.35\n\z`)
	}
	// A run that only tested stands for what it loaded.
	c.Start, c.Epochs = &experiment.Start{Path: filepath.Join(dropout, training.BestFile)}, 0
	tested := filepath.Join(base, "more", "tested")
	train(t, c, tested)
	wants(t, printed(t, dropout, tested), `^B: \S*start-`, `-dropout 0\.35$`, `^identical, bit for bit: 4 tensors\n\z`)
	check.NoError(t, os.RemoveAll(tested))
	// Without the configuration the file alone speaks.
	check.NoError(t, os.WriteFile(filepath.Join(dropout, folder.ConfigFile), nil, 0o644))
	wants(t, printed(t, dropout), `^  -model hyperparameter -sizes 64,12,10$`)
	check.NoError(t, os.Remove(filepath.Join(tanh, training.BestFile)))
	inspectCommand.Run(t, "", tanh).Fails(t, "inspect", cli.ExitFailed, `tanh: the run in it has no model\.safetensors: it writes it after`)
	inspectCommand.Run(t, "", base).Fails(t, "inspect", cli.ExitFailed, `is a folder of runs, name one: \S+dropout, \S+tanh\n`)
}

// A comparison's folder names its runs.
func TestComparisonFolder(t *testing.T) {
	base := t.TempDir()
	hold, err := folder.Folder{Path: base}.Take("compare")
	check.NoError(t, err)
	hold.Release()
	inspectCommand.Run(t, "", base).Fails(t, "inspect", cli.ExitFailed, `is a folder without a run`)
	for _, name := range []string{"sgd", "adam"} {
		train(t, experiment.Default(models.HyperparameterModel), filepath.Join(base, name))
	}
	inspectCommand.Run(t, "", base).Fails(t, "inspect", cli.ExitFailed, `compares runs, name one: \S+adam, \S+sgd\n`)
	for i := range 8 {
		path := filepath.Join(base, "more", string(rune('a'+i)))
		check.NoError(t, os.MkdirAll(path, 0o755))
		check.NoError(t, os.WriteFile(filepath.Join(path, folder.ConfigFile), []byte(`{"run":{"epochs":1}}`), 0o644))
	}
	inspectCommand.Run(t, "", base).Fails(t, "inspect", cli.ExitFailed, `more.g, and 2 more`)
}
