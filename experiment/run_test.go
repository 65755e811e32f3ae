package experiment_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/check"
	"optlab/models"
	"optlab/models/training"
)

// recorder notes which hooks are called.
type recorder struct{ calls []string }

func (r *recorder) note(format string, args ...any) {
	r.calls = append(r.calls, fmt.Sprintf(format, args...))
}

func (r *recorder) hooks() experiment.Hooks {
	return experiment.Hooks{
		Start:      func() error { r.note("start"); return nil },
		Resume:     func(epochs int) { r.note("resume %d", epochs) },
		Show:       func(*training.Results) { r.note("show") },
		Step:       func(s training.Step) { r.note("step %d.%d", s.Epoch, s.Batch) },
		Validation: func(epoch, batch int) { r.note("validation %d.%d", epoch, batch) },
		Epoch:      func(e training.Epoch) { r.note("epoch %d", e.Number) },
		Finish:     func(r2 *training.Results) error { r.note("finish %s", r2.Status); return nil },
	}
}

// A run is made, then shown; the hooks are called in order.
func TestRunAndShow(t *testing.T) {
	c := small()
	c.Batch, c.Epochs = 100, 2
	dir := folder.Folder{Path: filepath.Join(t.TempDir(), "run")}
	var first recorder
	e := newExperiment(t, c)
	results, err := e.Run(t.Context(), dir, first.hooks())
	check.NoError(t, err)
	want := "start step 1.1 step 1.2 step 1.3 validation 1.1 epoch 1 step 2.1 step 2.2 step 2.3 validation 2.1 epoch 2 finish finished"
	if got := strings.Join(first.calls, " "); got != want {
		t.Errorf("the hooks were called as %q, want %q", got, want)
	}
	for _, name := range append([]string{folder.ConfigFile}, experiment.Files...) {
		if readFile(t, dir.Path, name) == "" {
			t.Errorf("%s is empty", name)
		}
	}
	var again recorder
	shown, err := newExperiment(t, c).Run(t.Context(), dir, again.hooks())
	check.NoError(t, err)
	if got := strings.Join(again.calls, " "); got != "show" {
		t.Errorf("the second time the hooks were called as %q", got)
	}
	if !slices.Equal(bits(e, shown), bits(e, results)) {
		t.Error("the results are shown as others than they were")
	}
	config, read, err := experiment.Read(dir.Path)
	check.NoError(t, err)
	if !slices.Equal(config.Model.Sizes, []int{64, 12, 10}) || config.Seed != 42 || read.Test.Loss != results.Test.Loss {
		t.Errorf("read %+v and %+v", config, read)
	}
}

// What stands in the folder already is an error of a type of its own, and
// stays.
func TestRunRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run")
	dir := folder.Folder{Path: path}
	_, err := newExperiment(t, small()).Run(t.Context(), dir, experiment.Hooks{})
	check.NoError(t, err)
	model := readFile(t, path, training.BestFile)

	other := small()
	other.Seed = 7
	_, err = newExperiment(t, other).Run(t.Context(), dir, experiment.Hooks{})
	var different *folder.DifferentError
	if !errors.As(err, &different) || !slices.Equal(different.Differences, []string{"seed 42 there, 7 now"}) {
		t.Errorf("another seed: %#v", err)
	}
	check.NoError(t, os.WriteFile(filepath.Join(path, experiment.ResultsFile), []byte("{"), 0o644))
	_, err = newExperiment(t, small()).Run(t.Context(), dir, experiment.Hooks{})
	var damaged *folder.DamagedError
	if !errors.As(err, &damaged) {
		t.Errorf("damaged results: %#v", err)
	}
	if readFile(t, path, training.BestFile) != model {
		t.Error("a refused run changed the model")
	}
	dir.Overwrite = true
	_, err = newExperiment(t, other).Run(t.Context(), dir, experiment.Hooks{})
	check.NoError(t, err)
	if readFile(t, path, training.BestFile) == model {
		t.Error("the run was not repeated")
	}

	foreign := t.TempDir()
	check.NoError(t, os.WriteFile(filepath.Join(foreign, "thesis.txt"), []byte("mine"), 0o644))
	_, err = newExperiment(t, small()).Run(t.Context(), folder.Folder{Path: foreign}, experiment.Hooks{})
	var unusable *folder.UnusableError
	if !errors.As(err, &unusable) || !strings.Contains(err.Error(), "thesis.txt") {
		t.Errorf("a foreign folder: %#v", err)
	}
}

// A run that its context ends keeps what it has; a hook's error ends it.
func TestRunEnds(t *testing.T) {
	dir := folder.Folder{Path: t.TempDir()}
	ctx, cancel := context.WithCancel(t.Context())
	results, err := newExperiment(t, small()).Run(ctx, dir, experiment.Hooks{Epoch: func(e training.Epoch) {
		if e.Number == 2 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || results.Status != training.Interrupted || len(results.Epochs) != 2 || results.Test != nil {
		t.Errorf("interrupted: %+v, %v", results, err)
	}
	var after recorder
	results, err = newExperiment(t, small()).Run(t.Context(), dir, after.hooks())
	check.NoError(t, err)
	if !slices.Contains(after.calls, "resume 2") || slices.Contains(after.calls, "epoch 2") || results.Status != training.Finished {
		t.Errorf("resumed, the hooks were called as %q", after.calls)
	}

	wild := small()
	wild.Optimizer.LearningRate = 1e30
	results, err = newExperiment(t, wild).Run(t.Context(), folder.Folder{}, experiment.Hooks{})
	var diverged *training.DivergedError
	if !errors.As(err, &diverged) || results.Status != training.Diverged || results.Test != nil {
		t.Errorf("diverged: %+v, %v", results, err)
	}
	for _, h := range []experiment.Hooks{
		{Start: func() error { return errors.New("no ink") }},
		{Finish: func(*training.Results) error { return errors.New("no ink") }},
	} {
		_, err := newExperiment(t, small()).Run(t.Context(), folder.Folder{}, h)
		check.Error(t, err, "no ink")
	}
	dir = folder.Folder{Path: t.TempDir()}
	_, err = newExperiment(t, wild).Run(t.Context(), dir, experiment.Hooks{
		Finish: func(*training.Results) error { return errors.New("no ink") },
	})
	check.Error(t, err, "no ink", "after epoch 1: the loss of batch")
	if r, err := training.ReadResults(dir.File(experiment.ResultsFile)); err != nil || r.Status != training.Diverged {
		t.Errorf("a run that diverged has the results %+v, %v", r, err)
	}
}

// A folder that the version before this package wrote is resumed and shown.
func TestFoldersOfTheVersionBefore(t *testing.T) {
	copied := t.TempDir()
	check.NoError(t, os.CopyFS(copied, os.DirFS("testdata/before")))
	shown := with(small(), "adam")
	shown.Optimizer.LearningRate = 0.01
	var calls recorder
	results, err := newExperiment(t, shown).Run(t.Context(), folder.Folder{Path: filepath.Join(copied, "finished")}, calls.hooks())
	check.NoError(t, err)
	if !slices.Equal(calls.calls, []string{"show"}) || results.Test.Accuracy != 1 || results.BestEpoch() != 3 || len(results.Epochs) != 4 {
		t.Errorf("%q, %+v", calls.calls, results)
	}

	broken := with(small(), "momentum")
	broken.Epochs = 60
	old, err := training.ReadResults("testdata/before/interrupted/results.json")
	check.NoError(t, err)
	calls = recorder{}
	e := newExperiment(t, broken)
	resumed, err := e.Run(t.Context(), folder.Folder{Path: filepath.Join(copied, "interrupted")}, calls.hooks())
	check.NoError(t, err)
	if old.Status != training.Interrupted || !slices.Contains(calls.calls, "resume 3") || resumed.Status != training.Finished || len(resumed.Epochs) != 60 {
		t.Errorf("%v: resumed to %d epochs", calls.calls[:2], len(resumed.Epochs))
	}
	checkpoint, err := models.ReadTensorFile("testdata/before/interrupted/checkpoint.safetensors", models.Wanted{})
	check.NoError(t, err)
	fresh, sameKernels := newExperiment(t, broken), true
	whole, err := fresh.Run(t.Context(), folder.Folder{}, experiment.Hooks{Epoch: func(e training.Epoch) {
		for _, p := range fresh.Model.Parameters() {
			if e.Number == 3 && !slices.Equal(p.Data(), checkpoint.Tensors["model."+p.Name].Float32s()) {
				sameKernels = false
			}
		}
	}})
	check.NoError(t, err)
	for i, l := range old.TrainLosses {
		if math.Abs(float64(l-whole.TrainLosses[i])) > 1e-4 {
			t.Fatalf("the loss of batch %d was %v, now it is %v", i+1, l, whole.TrainLosses[i])
		}
	}
	if !sameKernels {
		t.Skip("the kernels of this processor round differently from those that wrote the folder")
	}
	if !slices.Equal(bits(e, resumed), bits(fresh, whole)) {
		t.Error("the resumed run ends with other numbers than an undisturbed one")
	}
}
