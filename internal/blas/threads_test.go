package blas

import (
	"runtime"
	"slices"
	"testing"
)

// newCall returns p as a call that replaces C, with its operands.
func (p product) newCall(seed uint64) (*call, operands) {
	o := p.operands(seed)
	lda, ldb := p.k, p.n
	if p.transA {
		lda = p.m
	}
	if p.transB {
		ldb = p.k
	}
	return &call{
		m: p.m, n: p.n, k: p.k, alpha: 1,
		a: newMatrix("A", p.transA, p.m, p.k, o.a, lda),
		b: newMatrix("B", p.transB, p.k, p.n, o.b, ldb),
		c: newMatrix("C", false, p.m, p.n, o.c, p.n),
	}, o
}

// The pieces cover C once, and have the bits of the whole.
func TestPieces(t *testing.T) {
	for _, kern := range assembly() {
		for _, size := range [][3]int{{1, 1, 5}, {1, 17, 5}, {40, 3, 5}, {16, 128, 400}, {128, 16, 400}, {33, 100, 7}} {
			fourWays(size[0], size[1], size[2], func(p product) {
				whole, want := p.newCall(1)
				whole.serial(kern)
				for pieces := 1; pieces <= whole.units(kern); pieces++ {
					cut, o := p.newCall(1)
					cut.plus = cut.c // so that an element that is computed twice is wrong
					clear(o.c)
					for i := range pieces {
						piece := cut.piece(kern, i*cut.units(kern)/pieces, (i+1)*cut.units(kern)/pieces)
						piece.serial(kern)
					}
					if !slices.Equal(o.c, want.c) || damaged(o.allC) {
						t.Fatalf("%v with %s: %d pieces differ from the whole", p, kern.name, pieces)
					}
				}
			})
		}
	}
}

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
