package parallel

import (
	"runtime"
	"time"
)

// Threads bounds the threads that one piece of work may take: 0 is as many as
// Go may use. Whoever runs several things side by side gives each its own
// bound.
type Threads int

// For calls f for ranges that make up 0 … n, perhaps at the same time on as
// many threads as t allows, and returns when all calls have. What f does must
// be independent of how the range is cut. It must not panic: that would end the
// program.
//
// cost is how long the whole may take one thread. For work that is not worth
// it, For is a plain call of f.
func (t Threads) For(n int, cost time.Duration, f func(from, to int)) {
	if 1 < n && n <= maxUnits && cost >= minShared {
		if threads := min(t.most(), n); threads > 1 {
			if crew.share(work{f, n, threads, cost}) {
				return
			}
		}
	}
	if n > 0 {
		f(0, n)
	}
}

// Worth reports whether [Threads.For] might share work of that cost. A caller
// that would have to allocate a closure can ask.
func (t Threads) Worth(cost time.Duration) bool {
	return t != 1 && cost >= minShared && (crew.helpers.Load() != 0 || cost >= minRepeated && t.most() > 1)
}

// most is how many threads there may be: more than processors would wait for
// each other.
func (t Threads) most() int {
	n := min(runtime.GOMAXPROCS(0), runtime.NumCPU(), maxThreads)
	if t > 0 {
		n = min(n, int(t))
	}
	return n
}
