package blas

import (
	"runtime"
	"slices"
	"testing"
)

// A product large enough for helpers has the same bits with them.
func TestThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, p := range []product{{true, false, 200, 310, 330}, {false, true, 310, 200, 330}} {
		want := p.operands(1)
		runtime.GOMAXPROCS(1)
		p.run(want, 0)
		for _, threads := range []int{2, 3, 7} {
			runtime.GOMAXPROCS(threads)
			o := p.operands(1)
			p.run(o, 0)
			if !slices.Equal(o.c, want.c) || damaged(o.allC) {
				t.Errorf("%v: %d threads differ from one", p, threads)
			}
		}
	}
}
