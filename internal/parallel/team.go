package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// minShared is the time from which it pays to share work with helpers who
	// are there: the hand-off costs the caller half a microsecond.
	minShared = 8 * time.Microsecond
	// minRecruit is the time from which it pays to start a helper for it: that
	// takes the caller up to 20 µs.
	minRecruit = 130 * time.Microsecond
	// minRepeated is the time from which it pays to start helpers for, and to
	// keep them with, such work one after another. Below it, in the steps of a
	// small batch, what is gained is lost again when the caller's other work
	// finds half of the results in the cache of another core.
	minRepeated = 40 * time.Microsecond
	// patience is how long a helper spins for more: through what else is done
	// in a step of training. Work is one after another if no longer apart.
	patience = time.Millisecond
	// lookAround is how often a helper makes way for other goroutines while it
	// spins, and sees whether it is on the caller's CPU.
	lookAround = 50 * time.Microsecond
	// minSpin and maxSpin bound how long a caller spins for its helpers;
	// between them it is a quarter of the time that its own pieces took.
	minSpin, maxSpin = 50 * time.Microsecond, time.Millisecond
	// maxThreads and maxUnits bound the threads of one piece of work and its
	// size: both fit in team.left.
	maxThreads = 16
	maxUnits   = 1<<30 - 1
	// minPiece is the shortest that a piece should be.
	minPiece = 2 * time.Microsecond
)

// work is a loop to be shared.
type work struct {
	f       func(from, to int)
	n       int
	threads int
	cost    time.Duration
}

// team shares one piece of work at a time between its caller and helpers:
// goroutines that end when nothing comes, so that an idle program has none.
//
// What nobody has begun is a range. The caller takes pieces from its low end
// and helpers from its high end, so that work after work the same thread gets
// about the same part of the data, which its cache may still have. The caller
// waits only for pieces that a helper has begun; if the helpers come late, it
// has done everything itself.
//
// Helpers have numbers, and work for two threads is for helper 0 alone, however
// many are there from the work of another caller.
//
// Linux likes to put the thread of a new helper on the CPU of the thread that
// woke it, where they take turns, and may leave it there for many milliseconds
// even if another CPU is idle. So a helper that finds itself there leaves.
type team struct {
	busy    sync.Mutex // held by the caller whose work is shared
	work    work       // changes only while there is nothing left
	started time.Time  // when the last work was
	alone   time.Time  // until when to do without helpers
	_       [64]byte   // what is spun on has cache lines to itself

	left    atomic.Uint64 // what nobody has begun, and for how many helpers it is
	_       [56]byte
	open    atomic.Int64 // how many of the n are not finished
	_       [56]byte
	least   atomic.Int64  // of them in a piece
	parts   atomic.Int64  // of what is left, one of which is the next piece
	helpers atomic.Uint32 // those who are there: bit i is helper i
	cpu     atomic.Int32  // where the last caller was
}

var crew team

// share does w. It reports false, and has done nothing, if there are no helpers
// and it is too little to start some, if another caller has them or if they
// have lately been more of a hindrance.
func (t *team) share(w work) bool {
	if w.cost < minRepeated && !t.canHelp(w.threads-1) || !t.busy.TryLock() {
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
	t.work = w
	t.open.Store(int64(w.n))
	t.least.Store(max(1, int64(minPiece)*int64(w.n)/int64(w.cost)))
	t.parts.Store(2 * int64(w.threads))
	t.left.Store(pack(0, w.n, w.threads-1))
	if worthHelpers(w.cost, since) {
		t.recruit(w.threads - 1)
	}
	for did := true; did; {
		did, _ = t.piece(caller)
	}
	done := time.Now()
	own := done.Sub(start)
	t.await(done, min(max(minSpin, own/4), maxSpin))
	t.work = work{} // lets go of what f refers to
	if lost := time.Since(done) - own; lost > 0 {
		t.alone = done.Add(min(10*lost, time.Second)) // a busy processor: costs a tenth
	}
	return true
}

// worthHelpers reports whether to start helpers for work of that cost, given
// the time since the last.
func worthHelpers(cost, since time.Duration) bool {
	return cost >= minRecruit || cost >= minRepeated && since < patience
}

// canHelp reports whether one of the first n helpers is there.
func (t *team) canHelp(n int) bool { return t.helpers.Load()&(1<<n-1) != 0 }

// recruit starts those of the first n helpers that are missing.
func (t *team) recruit(n int) {
	for i := range n {
		if t.helpers.Load()&(1<<i) == 0 {
			t.start(i)
		}
	}
}

// start starts helper i.
func (t *team) start(i int) {
	t.helpers.Or(1 << i)
	go t.help(i)
}

// caller is the number of the one whose work is shared, before helper 0.
const caller = -1

// piece does one piece: the caller the first, helper i the last. It reports
// whether there was one left for it, and whether the work is such as to keep
// helpers for.
func (t *team) piece(i int) (did, keeps bool) {
	for {
		left := t.left.Load()
		from, to, helpers := unpack(left)
		if from == to || i >= helpers {
			return false, false
		}
		// A part of what is left, so that a thread whose processor is slow, or
		// late, does less and yet all end at about the same time.
		n := to - from
		n = min(n, max(int(t.least.Load()), n/int(t.parts.Load())))
		rest := pack(from+n, to, helpers)
		if i == caller {
			to = from + n
		} else {
			rest = pack(from, to-n, helpers)
			from = to - n
		}
		if !t.left.CompareAndSwap(left, rest) {
			continue
		}
		keeps = t.work.cost >= minRepeated
		t.work.f(from, to)
		t.open.Add(-int64(n))
		return true, keeps
	}
}

// pack and unpack are what team.left holds: the range from … to, and how many
// helpers it is for.
func pack(from, to, helpers int) uint64 {
	return uint64(from) | uint64(to)<<30 | uint64(helpers)<<60
}

func unpack(left uint64) (from, to, helpers int) {
	return int(left & maxUnits), int(left >> 30 & maxUnits), int(left >> 60)
}

// idle reports whether there is nothing left for helper i to begin.
func (t *team) idle(i int) bool {
	from, to, helpers := unpack(t.left.Load())
	return from == to || i >= helpers
}

// await waits until the helpers have finished, for some time by spinning. If
// that takes long, one of them may have lost its processor, perhaps to this
// very loop.
func (t *team) await(start time.Time, spin time.Duration) {
	for t.open.Load() != 0 {
		if time.Since(start) < spin {
			pause()
		} else {
			nap()
		}
	}
}

// help is helper i, who works until there has been nothing to stay for in some
// time.
func (t *team) help(i int) {
	defer t.helpers.And(^uint32(1 << i))
	t.keepApart()
	last := time.Now()
	for looked := last; ; {
		did, keeps := t.piece(i)
		for spin := 0; !did && spin < 8 && t.idle(i); spin++ {
			pause()
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

// keepApart moves the calling helper from the CPU of the last caller to
// another.
func (t *team) keepApart() {
	if cpu := currentCPU(); cpu >= 0 && cpu == int(t.cpu.Load()) {
		leaveCPU(cpu)
	}
}
