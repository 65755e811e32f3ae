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
	// minRepeated is the work from which it pays to start helpers for, and to keep
	// them with, one product after another. Below it, in the steps of a small
	// batch, what is gained is lost again when the caller's other work finds half
	// of the results in the cache of another core.
	minRepeated = 6_000_000
	// patience is how long a helper spins for the next product: through what else
	// is done in a step of training. Products are one after another if no longer
	// apart.
	patience = time.Millisecond
	// lookAround is how often a helper makes way for other goroutines while it
	// spins, and sees whether it is on the caller's CPU.
	lookAround = 50 * time.Microsecond
	// minSpin and maxSpin bound how long a caller spins for its helpers; between
	// them it is a quarter of the time that its own pieces took.
	minSpin, maxSpin = 50 * time.Microsecond, time.Millisecond
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
//
// Linux likes to put the thread of a new helper on the CPU of the thread that woke
// it, where they take turns, and may leave it there for many milliseconds even if
// another CPU is idle. So a helper that finds itself there leaves.
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
	cpu     atomic.Int32 // where the last caller was
}

var crew team

// share computes a product in so many pieces, each for one thread. It reports
// false, and has done nothing, if there are no helpers and it is too small to start
// some, if another caller has them or if they have lately been more of a hindrance.
func (t *team) share(c *call, kern *kernels, pieces int) bool {
	if c.flops() < minRepeated && t.helpers.Load() == 0 || !t.busy.TryLock() {
		return false
	}
	defer t.busy.Unlock()
	start := time.Now()
	since := start.Sub(t.started)
	t.started = start
	if start.Before(t.alone) {
		return false
	}
	t.cpu.Store(int32(currentCPU()))
	t.call, t.kern, t.pieces = *c, kern, pieces
	t.open.Store(int32(pieces))
	t.tickets.Store(int32(pieces))
	if worthHelpers(c.flops(), since) {
		t.recruit(pieces-1, kern)
	}
	for did := true; did; {
		did, _ = t.work()
	}
	done := time.Now()
	own := done.Sub(start)
	t.await(done, min(max(minSpin, own/4), maxSpin))
	t.call = call{} // lets go of the matrices
	if lost := time.Since(done) - own; lost > 0 {
		t.alone = done.Add(min(10*lost, time.Second)) // a busy processor: costs a tenth
	}
	return true
}

// worthHelpers reports whether to start helpers for a product, given the time
// since the last.
func worthHelpers(flops int, since time.Duration) bool {
	return flops >= minRecruit || flops >= minRepeated && since < patience
}

// recruit starts the helpers that are missing.
func (t *team) recruit(want int, kern *kernels) {
	for have := t.helpers.Load(); int(have) < want; have++ {
		t.helpers.Add(1)
		go t.help(kern)
	}
}

// work does one piece. It reports whether there was one left, and whether its
// product is one to keep helpers for.
func (t *team) work() (did, keeps bool) {
	for {
		left := t.tickets.Load()
		if left == 0 {
			return false, false
		}
		if !t.tickets.CompareAndSwap(left, left-1) {
			continue
		}
		keeps = t.call.flops() >= minRepeated
		if c, ok := t.call.piece(t.kern, int(left)-1, t.pieces); ok {
			c.serial(t.kern)
		}
		t.open.Add(-1)
		return true, keeps
	}
}

// await waits until the helpers have finished, for some time by spinning. If that
// takes long, one of them may have lost its processor, perhaps to this very loop.
func (t *team) await(start time.Time, spin time.Duration) {
	for t.open.Load() != 0 {
		if time.Since(start) < spin {
			t.kern.pause()
		} else {
			nap()
		}
	}
}

// help works until there has been nothing to stay for in some time.
func (t *team) help(kern *kernels) {
	defer t.helpers.Add(-1)
	t.keepApart()
	last := time.Now()
	for looked := last; ; {
		did, keeps := t.work()
		for spin := 0; !did && spin < 8 && t.tickets.Load() == 0; spin++ {
			kern.pause()
		}
		now := time.Now()
		if keeps {
			last = now
		}
		if now.Sub(last) >= patience {
			return
		}
		if now.Sub(looked) >= lookAround {
			looked = now
			t.keepApart()
			runtime.Gosched()
		}
	}
}

// keepApart moves the calling helper from the CPU of the last caller to another.
func (t *team) keepApart() {
	if cpu := currentCPU(); cpu >= 0 && cpu == int(t.cpu.Load()) {
		leaveCPU(cpu)
	}
}
