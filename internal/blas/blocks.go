package blas

import (
	"time"

	"optlab/internal/parallel"
)

const (
	// maxDepth is how many terms of an element's sum a kernel call adds up. It
	// decides the rounding, so it may depend on k alone: neither on the kernels
	// nor on how C is divided.
	maxDepth = 320
	// blockFloats is the size of a block of B, 1 MB, chosen for a 2 MB L2 cache.
	// It also bounds the time of a kernel call.
	blockFloats = 1 << 18
)

// run computes the product, by several threads if that pays.
func (c *call) run(kern *kernels) {
	const perMicrosecond = 150_000 // operations, on a thread
	cost := time.Duration(2*c.m*c.n*c.k/perMicrosecond) * time.Microsecond
	if !parallel.Worth(cost) {
		c.serial(kern)
		return
	}
	whole := *c
	parallel.For(c.units(kern), cost, func(from, to int) {
		piece := whole.piece(kern, from, to)
		piece.serial(kern)
	})
}

// units is how many parts of C there are to share: vectors of columns, or rows if
// there are more of them. The sum of an element is never cut.
func (c *call) units(kern *kernels) int {
	if c.n < c.m {
		return c.m
	}
	return (c.n + kern.lanes - 1) / kern.lanes
}

// piece returns the product for the units from … to of C.
func (c *call) piece(kern *kernels, from, to int) call {
	if c.n < c.m {
		return c.part(from, to-from, 0, c.n)
	}
	first, last := from*kern.lanes, min(c.n, to*kern.lanes)
	return c.part(0, c.m, first, last-first)
}

// serial computes the product on the calling goroutine.
func (c *call) serial(kern *kernels) {
	s := scratches.Get().(*scratch)
	if c.flips(kern) {
		c.flipped(kern, s)
	} else {
		c.blocks(kern, s)
	}
	scratches.Put(s)
}

// blocks goes over blocks of B that stay in the L2 cache, over slivers of A,
// a kernel's height, and in the kernel over the block's panels. The rows are
// split evenly among the slivers, so that none is left with a few.
func (c *call) blocks(kern *kernels, s *scratch) {
	most := len(kern.tiles) - 1
	slivers := (c.m + most - 1) / most
	depth := evenly(c.k, maxDepth)
	width := max(1, blockFloats/depth/kern.panel()) * kern.panel()
	packsB := c.packsB(slivers)
	packsA := packsB && c.packsA(kern)
	for j := 0; j < c.n; j += width {
		n := min(width, c.n-j)
		for l := 0; l < c.k; l += depth {
			k := min(depth, c.k-l)
			plus := c.plus
			if l > 0 {
				plus = c.c
			}
			b, bK, bPanel := c.b.at(l, j), c.b.row, kern.panel()
			if packsB {
				b, bK, bPanel = s.packB(kern, c.b.from(l, j), k, n)
			}
			for i := range slivers {
				first, last := i*c.m/slivers, (i+1)*c.m/slivers
				var from *float32
				if plus.x != nil {
					from = plus.at(first, j)
				}
				to := c.c.at(first, j)
				if !packsA {
					kern.tiles[last-first](k, n, c.alpha, c.a.at(first, l), c.a.row, c.a.col, b, bK, bPanel, from, plus.row, to, c.c.row)
					continue
				}
				a := s.packA(kern, c.a.from(first, l), last-first, k)
				next, nextRow, nextK := a, 0, 0
				if i < slivers-1 {
					next, nextRow, nextK = c.a.at(last, l), c.a.row, c.a.col
					if c.a.row == 1 {
						nextRow = c.a.col
					}
				}
				kern.packed[last-first](k, n, c.alpha, a, b, from, plus.row, to, c.c.row, next, nextRow, nextK)
			}
		}
	}
}

// evenly returns the length of the pieces, none above most, into which n is cut.
func evenly(n, most int) int {
	pieces := (n + most - 1) / most
	return (n + pieces - 1) / pieces
}

// packsB reports whether B is copied into panels. A transposed B must be; else it
// pays where enough slivers read it.
func (c *call) packsB(slivers int) bool {
	return c.b.col != 1 || slivers > 3 && c.k*slivers > 256
}

// packsA reports whether slivers of A are copied, which needs a packed B: where
// that many panels read them.
func (c *call) packsA(kern *kernels) bool {
	return c.k > 32 && c.n > 2*kern.panel() && c.m > len(kern.tiles)-1
}

// flips reports whether to compute Cᵀ = Bᵀ·Aᵀ, for which A has to be transposed
// instead of B, and C as well.
func (c *call) flips(kern *kernels) bool {
	if c.b.col == 1 {
		return false
	}
	m, n, k := float64(c.m), float64(c.n), float64(c.k)
	return effort(kern, c.n, c.m)*k+m*n < effort(kern, c.m, c.n)*k
}

// effort estimates the time for a term of all sums, in multiplications of
// vectors: a vector that has no other in its panel takes 1¼, and to transpose two
// elements of B takes 1.
func effort(kern *kernels, m, n int) float64 {
	wide := n / kern.panel()
	narrow := (n%kern.panel() + kern.lanes - 1) / kern.lanes
	return float64(m)*(2*float64(wide)+1.25*float64(narrow)) + float64(n)/2
}

// maxFlipped is how many columns of C are computed as rows at a time.
const maxFlipped = 1024

// flipped computes Cᵀ.
func (c *call) flipped(kern *kernels, s *scratch) {
	ld := (c.m + kern.lanes - 1) / kern.lanes * kern.lanes
	for j := 0; j < c.n; j += maxFlipped {
		n := min(maxFlipped, c.n-j)
		t := matrix{s.c.atLeast(n * ld), ld, 1}
		q := call{m: n, n: c.m, k: c.k, alpha: c.alpha, a: c.b.from(0, j).t(), b: c.a.t(), c: t}
		if c.plus.x != nil {
			kern.transpose(&t.x[0], ld, c.plus.at(0, j), c.plus.row, c.m, n)
			q.plus = t
		}
		q.blocks(kern, s)
		kern.transpose(c.c.at(0, j), c.c.row, &t.x[0], ld, n, c.m)
	}
}
