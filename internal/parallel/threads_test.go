package parallel

import (
	"runtime"
	"testing"
	"time"
)

// For covers its range once, for any size, cost and number of threads.
func TestFor(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, threads := range []int{1, 2, 5, 100} {
		runtime.GOMAXPROCS(threads)
		for _, cost := range []time.Duration{0, minShared, minRepeated, minRecruit, time.Hour} {
			for n := range 40 {
				w, done := counts(n, 1, 0)
				Threads(0).For(n, cost, w.f)
				wantOnce(t, done)
			}
		}
	}
}

// What is not worth a helper is one call, also where there is one.
func TestCheap(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	calls := 0
	Threads(0).For(100, minShared-1, func(from, to int) { calls++ })
	if calls != 1 {
		t.Errorf("a cheap loop is done in %d calls", calls)
	}
	if Threads(0).Worth(minShared - 1) {
		t.Error("a cheap loop is worth sharing")
	}
	if got := Threads(0).Worth(minRepeated); got != (runtime.NumCPU() > 1) {
		t.Errorf("with %d processors, a long loop is worth sharing: %v", runtime.NumCPU(), got)
	}
}

// A bound of one never shares, also where there is a helper.
func TestOneThread(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	for range 100 {
		calls := 0
		Threads(0).For(100, time.Hour, func(from, to int) {}) // a helper may be there
		Threads(1).For(100, time.Hour, func(from, to int) {
			calls++
			if from != 0 || to != 100 {
				t.Errorf("the range is cut at %d … %d", from, to)
			}
		})
		if calls != 1 {
			t.Fatalf("a loop for one thread is done in %d calls", calls)
		}
	}
	if Threads(1).Worth(time.Hour) {
		t.Error("with one thread, a long loop is worth sharing")
	}
}

// There are never more threads than processors, nor than the bound.
func TestMost(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(runtime.NumCPU()))
	processors := min(runtime.NumCPU(), maxThreads)
	for bound, want := range map[Threads]int{0: processors, 1: 1, 2: min(2, processors), 1000: processors} {
		if got := bound.most(); got != want {
			t.Errorf("bounded by %d on %d processors there are %d threads, want %d", bound, processors, got, want)
		}
	}
}
