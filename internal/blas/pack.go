package blas

import (
	"sync"
	"unsafe"
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

// packB copies the first k rows and n columns of b into panels.
func (s *scratch) packB(kern *kernels, b matrix, k, n int) (panels *float32, bK, bPanel int) {
	width := kern.panel()
	if n <= kern.lanes {
		width = kern.lanes // so as to use all of the cache's sets
	}
	bPanel = k * width
	to := s.b.atLeast((n + width - 1) / width * bPanel)
	for j := 0; j < n; j += width {
		cols := min(width, n-j)
		if b.col == 1 {
			kern.copyRows(&to[j*k], width, b.at(0, j), b.row, k, cols)
		} else {
			kern.transpose(&to[j*k], width, b.at(0, j), b.col, cols, k)
		}
	}
	return &to[0], width, bPanel
}

// packA copies the first rows and k columns of a: a transposed matrix column by
// column, another row by row, at a distance that spreads over the cache.
func (s *scratch) packA(kern *kernels, a matrix, rows, k int) (sliver *float32, aRow, aK int) {
	if a.col != 1 {
		to := s.a.atLeast(k * kern.lanes)
		kern.copyRows(&to[0], kern.lanes, &a.x[0], a.col, k, rows)
		return &to[0], 1, kern.lanes
	}
	const row = maxDepth + 16
	to := s.a.atLeast(rows * row)
	for i := range rows {
		copy(to[i*row:][:k], a.x[i*a.row:])
	}
	return &to[0], row, 1
}
