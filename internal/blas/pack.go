package blas

import (
	"sync"
	"unsafe"

	"optlab/internal/vec"
)

// scratch is the memory for packed copies that a call of serial has to itself.
type scratch struct{ a, b, c buffer }

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// buffer is memory that starts on a cache line, as vector loads like it.
type buffer []float32

// atLeast returns n numbers of any value.
func (b *buffer) atLeast(n int) []float32 {
	if len(*b) < n {
		const line = 64
		*b = make([]float32, n+line/4)
		if over := uintptr(unsafe.Pointer(&(*b)[0])) % line; over != 0 {
			*b = (*b)[(line-over)/4:]
		}
	}
	return *b
}

// packB copies the block of B into panels.
func (b *block) packB(s *scratch) {
	b.row = b.kern.panel()
	if b.cols <= b.kern.lanes && !b.packsA {
		b.row = b.kern.lanes // so as to use all of the cache's sets
	}
	b.panel = b.terms * b.row
	count := (b.cols + b.row - 1) / b.row
	b.panels = s.b.atLeast(count * b.panel)
	if cost := vec.Cost(count * b.panel); b.threads.Worth(cost) {
		shared := *b
		b.threads.For(count, cost, shared.packPanels)
	} else {
		b.packPanels(0, count)
	}
}

// packPanels makes panels from … to.
func (b *block) packPanels(from, to int) {
	if b.b.col != 1 {
		for i := from; i < to; i++ {
			j := i * b.row
			b.kern.transpose(&b.panels[i*b.panel], b.row, b.b.at(b.l, b.j+j), b.b.col, min(b.row, b.cols-j), b.terms)
		}
		return
	}
	// A few rows at a time, so as to read along them.
	const rows = 16
	for l := 0; l < b.terms; l += rows {
		for i := from; i < to; i++ {
			j := i * b.row
			b.kern.copyRows(&b.panels[i*b.panel+l*b.row], b.row, b.b.at(b.l+l, b.j+j), b.b.row, min(rows, b.terms-l), min(b.row, b.cols-j))
		}
	}
}

// packA copies the first rows and k columns of a.
func (s *scratch) packA(kern *kernels, a matrix, rows, k int) *float32 {
	to := s.a.atLeast(k * kern.lanes)
	if a.col == 1 {
		kern.transpose(&to[0], kern.lanes, &a.x[0], a.row, rows, k)
	} else {
		kern.copyRows(&to[0], kern.lanes, &a.x[0], a.col, k, rows)
	}
	return &to[0]
}
