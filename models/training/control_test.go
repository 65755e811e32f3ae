package training_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pkg/errors"

	"optlab/internal/check"
	"optlab/models/training"
)

// A paused run makes no step until it may go on, and its seconds do not count
// the pause.
func TestPause(t *testing.T) {
	_, want := usual.run(t)
	trainer := usual.trainer(t)
	const pause = 50 * time.Millisecond
	paused := make(chan struct{})
	steps := 0
	trainer.OnStep = func(s training.Step) {
		if steps++; s.Epoch == 2 && s.Batch == 2 {
			trainer.Pause()
			trainer.Pause() // one pause all the same
			close(paused)
		}
	}
	go func() {
		<-paused
		snapshot := trainer.Snapshot()
		time.Sleep(pause)
		if steps != 4+2 { // read after the snapshot has waited for the step
			t.Errorf("%d steps during the pause, want 6", steps)
		}
		if len(snapshot) != 4 {
			t.Errorf("the snapshot has %d tensors", len(snapshot))
		}
		trainer.Continue()
		trainer.Continue()
	}()
	start := time.Now()
	h, err := trainer.Run(t.Context())
	check.NoError(t, err)
	if !equalNumbers(h, want) {
		t.Error("the pause changed the numbers")
	}
	counted := 0.0
	for _, e := range h.Epochs {
		counted += e.Seconds
	}
	// A busy machine may take a while from the end of the step to the pause.
	if took := time.Since(start).Seconds(); took-counted < pause.Seconds()/2 {
		t.Errorf("of %v s with a pause of %v, %v s were counted", took, pause, counted)
	}
}

// A run can be paused before it starts, and ends all the same when its context
// does.
func TestPauseEnds(t *testing.T) {
	trainer := usual.trainer(t)
	trainer.Pause()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	h, err := trainer.Run(ctx)
	if !errors.Is(err, context.Canceled) || len(h.TrainLosses) != 0 {
		t.Errorf("%d steps, %v", len(h.TrainLosses), err)
	}
}

// A snapshot is the parameters between two steps: each is one that a hook has
// seen.
func TestSnapshot(t *testing.T) {
	trainer := usual.trainer(t)
	weights := func(data []float32) float32 { return data[0] + 2*data[1] }
	seen := []float32{weights(trainer.Model.Parameters()[3].Data())}
	trainer.OnStep = func(training.Step) { seen = append(seen, weights(trainer.Model.Parameters()[3].Data())) }
	name := trainer.Model.Parameters()[3].Name
	done := make(chan struct{})
	var taken []float32
	go func() {
		defer close(done)
		for range 50 {
			taken = append(taken, weights(trainer.Snapshot()[name].Float32s()))
		}
	}()
	_, err := trainer.Run(t.Context())
	check.NoError(t, err)
	<-done
	for i, x := range taken {
		if !slices.Contains(seen, x) {
			t.Errorf("snapshot %d is not of a boundary", i)
		}
	}
	copied := trainer.Snapshot()[name].Float32s()
	copied[0]++
	if copied[0] == trainer.Model.Parameters()[3].Data()[0] {
		t.Error("a snapshot shares the memory of the model")
	}
}

// A snapshot may be taken of a run that is being resumed. Run with -race, this
// finds that it does not wait.
func TestSnapshotWhileResuming(t *testing.T) {
	s := usual
	s.folder = t.TempDir()
	s.run(t)
	trainer := s.trainer(t)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				trainer.Snapshot()
			}
		}
	})
	for range 20 {
		_, err := trainer.Resume()
		check.NoError(t, err)
	}
	close(stop)
	wg.Wait()
}

// The hook of the validation is called for every batch, with the epoch's
// number.
func TestOnValidation(t *testing.T) {
	trainer := usual.trainer(t)
	var calls [][2]int
	trainer.OnValidation = func(epoch, batch int) { calls = append(calls, [2]int{epoch, batch}) }
	_, err := trainer.Run(t.Context())
	check.NoError(t, err)
	if want := [][2]int{{1, 1}, {2, 1}, {3, 1}, {4, 1}}; !slices.Equal(calls, want) {
		t.Errorf("called for %v, want %v", calls, want)
	}
}
