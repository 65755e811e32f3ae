package blas

import "optlab/internal/parallel"

// matrix is a matrix as it enters the product, that is, after transposition:
// element (i, j) is x[i*row+j*col], and row or col is 1.
type matrix struct {
	x        []float32
	row, col int
}

// newMatrix returns op(X), [rows, cols], after checking the row length ld of X.
func newMatrix(name string, trans bool, rows, cols int, x []float32, ld int) matrix {
	m, length := matrix{x, ld, 1}, cols
	if trans {
		m, length = matrix{x, 1, ld}, rows
	}
	if ld < max(1, length) {
		panic("blas: bad leading dimension of " + name)
	}
	return m
}

// t returns the transpose.
func (m matrix) t() matrix { return matrix{m.x, m.col, m.row} }

// from returns the matrix without its first i rows and j columns. At least one
// element must be left.
func (m matrix) from(i, j int) matrix { return matrix{m.x[i*m.row+j*m.col:], m.row, m.col} }

// at returns the address of element (i, j).
func (m matrix) at(i, j int) *float32 { return &m.x[i*m.row+j*m.col] }

// call is a product: C = alpha·A·B + plus. A is [m, k], B is [k, n], C and plus
// are [m, n], with a col of 1. plus may be nothing, that is zeros; C itself; or
// one row, added to all, with a row of 0.
type call struct {
	m, n, k int
	alpha   float32
	a, b, c matrix
	plus    matrix
	threads parallel.Threads
}

// checkLengths panics as gonum does if a slice does not hold its matrix. The
// kernels rely on it.
func (c *call) checkLengths() {
	for _, f := range [...]struct {
		matrix
		rows, cols int
		short      string
	}{
		{c.a, c.m, c.k, "blas: insufficient length of a"},
		{c.b, c.k, c.n, "blas: insufficient length of b"},
		{c.c, c.m, c.n, "blas: insufficient length of c"},
	} {
		if f.col != 1 {
			f.rows, f.cols, f.row = f.cols, f.rows, f.col
		}
		if len(f.x) < (f.rows-1)*f.row+f.cols {
			panic(f.short)
		}
	}
}

// scaleC multiplies C by beta; 0 overwrites even a NaN.
func (c *call) scaleC(beta float32) {
	for i := range c.m {
		row := c.c.x[i*c.c.row:][:c.n]
		if beta == 0 {
			clear(row)
			continue
		}
		for j := range row {
			row[j] *= beta
		}
	}
}
