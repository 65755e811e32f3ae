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
	if b.col != 1 {
		for j := 0; j < n; j += width {
			kern.transpose(&to[j*k], width, b.at(0, j), b.col, min(width, n-j), k)
		}
		return &to[0], width, bPanel
	}
	const chunk = 16
	for l := 0; l < k; l += chunk {
		for j := 0; j < n; j += width {
			kern.copyRows(&to[j*k+l*width], width, b.at(l, j), b.row, min(chunk, k-l), min(width, n-j))
		}
	}
	return &to[0], width, bPanel
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
