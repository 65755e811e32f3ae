package blas

import (
	"time"
)

const (
	// maxDepth is how many terms of an element's sum a kernel call adds up. It
	// decides the rounding, so it may depend on k alone: neither on the kernels
	// nor on how C is divided.
	maxDepth = 320
	// blockFloats is the size of a block of B, 1 MB, chosen for a 2 MB L2
	// cache. It also bounds the time of a kernel call.
	blockFloats = 1 << 18
)

// run computes the product.
func (c *call) run(kern *kernels) {
	s := scratches.Get().(*scratch)
	if c.flips(kern) {
		c.flipped(kern, s)
	} else {
		c.blocks(kern, s)
	}
	scratches.Put(s)
}

// blocks goes over blocks of B that stay in the L2 cache.
func (c *call) blocks(kern *kernels, s *scratch) {
	most := len(kern.tiles) - 1
	b := block{call: *c, kern: kern, slivers: (c.m + most - 1) / most, parts: 1}
	depth := evenly(c.k, maxDepth)
	width := max(1, blockFloats/depth/kern.panel()) * kern.panel()
	packsB := c.packsB(b.slivers)
	b.packsA = packsB && c.packsA(kern)
	for b.j = 0; b.j < c.n; b.j += width {
		b.cols = min(width, c.n-b.j)
		for b.l = 0; b.l < c.k; b.l += depth {
			b.terms = min(depth, c.k-b.l)
			if b.l > 0 {
				b.plus = c.c
			} else {
				b.plus = c.plus
			}
			if packsB {
				b.packB(s)
			} else {
				b.panels, b.row, b.panel = c.b.x[b.l*c.b.row+b.j:], c.b.row, kern.panel()
			}
			b.multiply()
		}
	}
}

// block is a block of B, rows l … l+terms and columns j … j+cols, in the
// product.
type block struct {
	call
	kern           *kernels
	j, cols        int
	l, terms       int
	panels         []float32 // the block, perhaps packed
	row, panel     int       // how far its rows and its panels are apart
	packsA         bool
	slivers, parts int // into which C is cut: along the rows, along the columns
}

// multiply computes all of C that belongs to the block, by several threads if
// that pays.
func (b *block) multiply() {
	const perMicrosecond = 150_000 // operations, on a thread
	cost := time.Duration(2*b.m*b.cols*b.terms/perMicrosecond) * time.Microsecond
	if !b.threads.Worth(cost) {
		b.tiles(0, b.slivers)
		return
	}
	shared := *b // on the heap
	const enough = 16
	if shared.slivers < enough {
		shared.parts = min(enough/shared.slivers, (b.cols+b.kern.panel()-1)/b.kern.panel())
	}
	b.threads.For(shared.slivers*shared.parts, cost, shared.tiles)
}

// tiles computes parts from … to of C, going over slivers of A, a kernel's
// height, which stay in the L1 cache, and in the kernel over the panels. The
// rows are split evenly among the slivers, so that none is left with a few.
func (b *block) tiles(from, to int) {
	var s *scratch
	if b.packsA {
		s = scratches.Get().(*scratch)
		defer scratches.Put(s)
	}
	for at := from; at < to; at++ {
		i, part := at/b.parts, at%b.parts
		first, last := i*b.m/b.slivers, (i+1)*b.m/b.slivers
		panels := (b.cols + b.kern.panel() - 1) / b.kern.panel()
		panel, end := part*panels/b.parts, (part+1)*panels/b.parts
		j, n := panel*b.kern.panel(), min(b.cols, end*b.kern.panel())-panel*b.kern.panel()

		var plus *float32
		if b.plus.x != nil {
			plus = b.plus.at(first, b.j+j)
		}
		x, c := &b.panels[panel*b.panel], b.c.at(first, b.j+j)
		if !b.packsA {
			b.kern.tiles[last-first](b.terms, n, b.alpha, b.a.at(first, b.l), b.a.row, b.a.col, x, b.row, b.panel, plus, b.plus.row, c, b.c.row)
			continue
		}
		a := s.packA(b.kern, b.a.from(first, b.l), last-first, b.terms)
		next, nextRow, nextK := a, 0, 0
		if at < to-1 && last < b.m {
			next, nextRow, nextK = b.a.at(last, b.l), max(b.a.row, b.a.col), b.a.col
		}
		b.kern.packed[last-first](b.terms, n, b.alpha, a, x, plus, b.plus.row, c, b.c.row, next, nextRow, nextK)
	}
}

// evenly returns the length of the pieces, none above most, into which n is
// cut.
func evenly(n, most int) int {
	pieces := (n + most - 1) / most
	return (n + pieces - 1) / pieces
}

// packsB reports whether B is copied into panels. A transposed B must be; else
// it pays where enough slivers read it.
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
// vectors: a vector that has no other in its panel takes 1¼, and to transpose
// two elements of B takes 1.
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
		q := call{m: n, n: c.m, k: c.k, alpha: c.alpha, threads: c.threads, a: c.b.from(0, j).t(), b: c.a.t(), c: t}
		if c.plus.x != nil {
			kern.transpose(&t.x[0], ld, c.plus.at(0, j), c.plus.row, c.m, n)
			q.plus = t
		}
		q.blocks(kern, s)
		kern.transpose(c.c.at(0, j), c.c.row, &t.x[0], ld, n, c.m)
	}
}
