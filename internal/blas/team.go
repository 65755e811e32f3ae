package blas

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// minShared is the work, in floating-point operations, from which it pays to
	// share a product: the hand-off costs the time of some 50 000.
	minShared = 600_000
	// minRecruit is the work from which it pays to start a helper for one product:
	// that takes the caller up to 20 µs.
	minRecruit = 20_000_000
	// patience is how long a helper spins for the next product, and how close
	// together products are to start one in the hope of more.
	patience = 180 * time.Microsecond
	// maxSpin is how long a caller spins for its helpers.
	maxSpin = 50 * time.Microsecond
	// maxPieces bounds the pieces of a product.
	maxPieces = 16
)

// run computes the product, with help if that pays.
func (c *call) run(kern *kernels) {
	if pieces := min(2*c.flops()/minShared, maxPieces); pieces > 1 {
		if pieces = min(pieces, runtime.GOMAXPROCS(0)); pieces > 1 && crew.share(c, kern, pieces) {
			return
		}
	}
	c.serial(kern)
}

func (c *call) flops() int { return 2 * c.m * c.n * c.k }

// piece returns piece i of so many. C is cut where it is longer; the sum of an
// element never is. It is empty if C has too few rows or columns.
func (c *call) piece(kern *kernels, i, pieces int) (call, bool) {
	cut := func(n, unit int) (from, to int) {
		units := (n + unit - 1) / unit
		return min(n, i*units/pieces*unit), min(n, (i+1)*units/pieces*unit)
	}
	if c.n >= c.m {
		from, to := cut(c.n, kern.lanes)
		if from == to {
			return call{}, false
		}
		return c.part(0, c.m, from, to-from), true
	}
	from, to := cut(c.m, 1)
	if from == to {
		return call{}, false
	}
	return c.part(from, to-from, 0, c.n), true
}

// team shares one product at a time between its caller and helpers: goroutines
// that end when no work comes, so that an idle program has none.
//
// Whoever wants a piece takes a ticket. The caller takes tickets, too, and so
// waits only for pieces that a helper has begun; if the helpers come late, it has
// done all the work itself.
type team struct {
	busy    sync.Mutex // held by the caller whose product is shared
	call    call       // these three change only while there are no tickets
	kern    *kernels
	pieces  int
	started time.Time // when the last product was
	alone   time.Time // until when to do without helpers
	_       [64]byte  // what is spun on has cache lines to itself

	tickets atomic.Int32 // pieces that nobody has begun
	_       [60]byte
	open    atomic.Int32 // pieces that are not finished
	_       [60]byte
	helpers atomic.Int32
}

var crew team

// share computes a product in so many pieces, each for one thread. It reports
// false, and has done nothing, if another caller has the helpers or if they have
// lately been more of a hindrance.
func (t *team) share(c *call, kern *kernels, pieces int) bool {
	if !t.busy.TryLock() {
		return false
	}
	defer t.busy.Unlock()
	start := time.Now()
	since := start.Sub(t.started)
	t.started = start
	if start.Before(t.alone) {
		return false
	}
	t.call, t.kern, t.pieces = *c, kern, pieces
	t.open.Store(int32(pieces))
	t.tickets.Store(int32(pieces))
	if worthHelpers(c.flops(), since) {
		t.recruit(pieces-1, kern)
	}
	for t.work() {
	}
	done := time.Now()
	t.await(done)
	t.call = call{} // lets go of the matrices
	if waited := time.Since(done); waited > max(maxSpin, done.Sub(start)/2) {
		t.alone = done.Add(min(10*waited, time.Second)) // a busy processor: costs a tenth
	}
	return true
}

// worthHelpers reports whether to start helpers for a product, given the time
// since the last.
func worthHelpers(flops int, since time.Duration) bool {
	return flops >= minRecruit || since < patience
}

// recruit starts the helpers that are missing.
func (t *team) recruit(want int, kern *kernels) {
	for have := t.helpers.Load(); int(have) < want; have++ {
		t.helpers.Add(1)
		go t.help(kern)
	}
}

// work does one piece. It reports false if none was left.
func (t *team) work() bool {
	for {
		left := t.tickets.Load()
		if left == 0 {
			return false
		}
		if !t.tickets.CompareAndSwap(left, left-1) {
			continue
		}
		if c, ok := t.call.piece(t.kern, int(left)-1, t.pieces); ok {
			c.serial(t.kern)
		}
		t.open.Add(-1)
		return true
	}
}

// await waits until the helpers have finished. It spins at first; if that takes
// long, one of them may have lost its processor, perhaps to this very loop.
func (t *team) await(start time.Time) {
	for t.open.Load() != 0 {
		if time.Since(start) < maxSpin {
			t.kern.pause()
		} else {
			time.Sleep(maxSpin)
		}
	}
}

// help works until there has been nothing to do for some time.
func (t *team) help(kern *kernels) {
	defer t.helpers.Add(-1)
	for last := time.Now(); time.Since(last) < patience; {
		if t.work() {
			last = time.Now()
			continue
		}
		for range 8 {
			if t.tickets.Load() != 0 {
				break
			}
			kern.pause()
		}
	}
}
