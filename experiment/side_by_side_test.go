package experiment_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/graph"
	"optlab/internal/blocks"
	"optlab/internal/check"
	"optlab/models"
	"optlab/models/training"
	"optlab/optimizers"
)

// everyKind has an experiment for every optimizer with every activation, and
// one with dropout for every optimizer.
func everyKind() map[string]experiment.Config {
	all := make(map[string]experiment.Config)
	for _, name := range optimizers.Names() {
		c := with(small(), name)
		c.Epochs = 2
		all[name+", dropout"] = c
		for _, activation := range graph.Activations {
			c := with(experiment.Default(models.BaseNetwork), name)
			c.Model = models.Base(activation, blocks.Side*blocks.Side, 10, []int{12, 7})
			c.Batch, c.Epochs = 25, 2
			all[fmt.Sprintf("%s, %s", name, activation)] = c
		}
	}
	return all
}

// outcome runs an experiment and returns its bits.
func outcome(t *testing.T, c experiment.Config, h experiment.Hooks) []uint64 {
	e, err := experiment.New(c, blocks.Set(10))
	if err != nil {
		t.Error(err)
		return nil
	}
	r, err := e.Run(t.Context(), folder.Folder{}, h)
	if err != nil {
		t.Error(err)
		return nil
	}
	return bits(e, r)
}

// Experiments made and run side by side have the bits that each has alone, with
// any bound of threads. Run with -race, this finds what they share.
func TestSideBySide(t *testing.T) {
	all := everyKind()
	if len(all) < 6*9 {
		t.Fatalf("only %d experiments", len(all))
	}
	alone := make(map[string][]uint64)
	for name, c := range all {
		alone[name] = outcome(t, c, experiment.Hooks{})
	}
	var wg sync.WaitGroup
	limit := make(chan struct{}, 8)
	for threads := range 3 {
		for name, c := range all {
			c.Threads = threads
			wg.Go(func() {
				limit <- struct{}{}
				defer func() { <-limit }()
				if !slices.Equal(outcome(t, c, experiment.Hooks{}), alone[name]) {
					t.Errorf("%s: side by side, with %d threads, the run has other bits", name, threads)
				}
			})
		}
	}
	wg.Wait()
}

// To watch a run, pause it, take snapshots of it and run its network in the
// hooks changes no bit of it.
func TestObservingChangesNothing(t *testing.T) {
	c := with(small(), "adam")
	want := outcome(t, c, experiment.Hooks{})
	e := newExperiment(t, c)
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			e.Pause()
			if n := len(e.Snapshot()); n != 4 {
				t.Errorf("a snapshot has %d tensors", n)
			}
			e.Continue()
		}
	})
	evaluate := func() {
		if _, err := training.NewEvaluator(e.Model, 1).Evaluate(t.Context(), newExperiment(t, c).Data.Test, nil); err != nil {
			t.Error(err)
		}
	}
	r, err := e.Run(t.Context(), folder.Folder{}, experiment.Hooks{
		Step:       func(s training.Step) { s.Pass.Logits(); evaluate() },
		Validation: func(int, int) { evaluate() },
		Epoch:      func(training.Epoch) { evaluate() },
	})
	close(done)
	wg.Wait()
	check.NoError(t, err)
	if !slices.Equal(bits(e, r), want) {
		t.Error("the watched run has other bits")
	}
}
