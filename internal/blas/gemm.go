package blas

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"optlab/internal/parallel"
)

// Gemm computes
//
//	C = op(A)·op(B) + row
//
// where op(X) is X, or its transpose if transX is set; op(A) is [m, k], op(B)
// is [k, n] and C is [m, n]. All are row-major and without gaps: the row length
// of A is k (m if transposed), that of B is n (k if transposed), that of C is
// n. row, [n], is added to every row of the product; nil is zeros. The result
// has the same bits whatever the number of threads. t bounds them, but for
// gonum's, which takes as many as Go may use. It panics if a size is not
// positive or a slice is too short. C must overlap none of the others.
func Gemm(t parallel.Threads, transA, transB bool, m, n, k int, a, b, row, c []float32) {
	if m < 1 || n < 1 || k < 1 {
		panic("blas: a size of a product is not positive")
	}
	lda, ldb := k, n
	if transA {
		lda = m
	}
	if transB {
		ldb = k
	}
	p := call{
		m: m, n: n, k: k, alpha: 1, threads: t,
		a: newMatrix("A", transA, m, k, a, lda),
		b: newMatrix("B", transB, k, n, b, ldb),
		c: newMatrix("C", false, m, n, c, n),
	}
	p.checkLengths()
	if row != nil {
		if len(row) < n {
			panic("blas: insufficient length of the row")
		}
		p.plus = matrix{row, 0, 1}
	}
	if active != nil {
		p.run(active)
		return
	}
	beta := float32(0)
	if row != nil {
		beta = 1
		for i := range m {
			copy(c[i*n:(i+1)*n], row)
		}
	}
	gonum.Implementation{}.Sgemm(transpose(transA), transpose(transB), m, n, k, 1, a, lda, b, ldb, beta, c, n)
}

func transpose(t bool) blas.Transpose {
	if t {
		return blas.Trans
	}
	return blas.NoTrans
}

// Implementation is a BLAS whose Sgemm is this package's; everything else is
// gonum's. It is what gorgonia.Use takes to make Gorgonia's own products fast.
// Any number of goroutines may use it.
type Implementation struct{ gonum.Implementation }

var _ interface {
	blas.Float32
	blas.Float64
	blas.Complex64
	blas.Complex128
} = Implementation{}

// Sgemm computes
//
//	C = alpha·op(A)·op(B) + beta·C
//
// for row-major matrices whose rows are lda, ldb and ldc apart. Like gonum's it
// panics if a size is negative, a row length is less than the matrix's or a
// slice is too short. If alpha is 0, A and B are not read; if beta is 0, C is
// not.
func (i Implementation) Sgemm(tA, tB blas.Transpose, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	if active == nil {
		i.Implementation.Sgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	transA, transB := transposed(tA), transposed(tB)
	if m < 0 {
		panic("blas: m < 0")
	}
	if n < 0 {
		panic("blas: n < 0")
	}
	if k < 0 {
		panic("blas: k < 0")
	}
	p := call{
		m: m, n: n, k: k, alpha: alpha,
		a: newMatrix("A", transA, m, k, a, lda),
		b: newMatrix("B", transB, k, n, b, ldb),
		c: newMatrix("C", false, m, n, c, ldc),
	}
	if m == 0 || n == 0 {
		return
	}
	p.checkLengths()
	if beta != 1 && (beta != 0 || alpha == 0 || k == 0) {
		p.scaleC(beta)
	}
	if beta != 0 {
		p.plus = p.c
	}
	if alpha != 0 && k != 0 {
		p.run(active)
	}
}

func transposed(t blas.Transpose) bool {
	switch t {
	case blas.NoTrans:
		return false
	case blas.Trans, blas.ConjTrans:
		return true
	}
	panic("blas: illegal transpose")
}
