package training

import (
	"context"
	"sync"
	"time"

	"gorgonia.org/tensor"
)

// control lets other goroutines into a run at its boundaries: between two
// batches, of training or of validation, where no step is under way.
type control struct {
	working sync.Mutex // held by the run, but at a boundary

	mu     sync.Mutex
	resume chan struct{} // closed when the pause ends; nil: no pause
}

// Pause makes the run wait at its next boundary, or one that is to come as soon
// as it starts, until Continue or the end of its context. Its seconds do not
// count the pause. It does not wait for the boundary, and may be called in a
// hook.
func (t *Trainer) Pause() {
	t.control.mu.Lock()
	defer t.control.mu.Unlock()
	if t.control.resume == nil {
		t.control.resume = make(chan struct{})
	}
}

// Continue ends a pause, if there is one.
func (t *Trainer) Continue() {
	t.control.mu.Lock()
	defer t.control.mu.Unlock()
	if t.control.resume != nil {
		close(t.control.resume)
		t.control.resume = nil
	}
}

// Snapshot returns a copy of the parameters by name, as they are at a boundary:
// it waits for the step under way, a millisecond or so. It must not be called
// in a hook, which runs within a step; there the parameters can be read as they
// are.
func (t *Trainer) Snapshot() map[string]*tensor.Dense {
	t.control.working.Lock()
	defer t.control.working.Unlock()
	return t.Model.StateDict()
}

// boundary lets others in. It returns how long that took where there was a
// pause, and the context's error when ctx is done.
func (c *control) boundary(ctx context.Context) (paused time.Duration, err error) {
	c.mu.Lock()
	resume := c.resume
	c.mu.Unlock()
	c.working.Unlock()
	defer c.working.Lock()
	if resume != nil {
		start := time.Now()
		select {
		case <-resume:
		case <-ctx.Done():
		}
		paused = time.Since(start)
	}
	return paused, ctx.Err()
}
