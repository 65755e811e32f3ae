package blas

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// Gemm computes
//
//	C = op(A)·op(B) + beta·C
//
// where op(X) is X, or its transpose if transX is set; op(A) is [m, k], op(B) is
// [k, n] and C is [m, n]. All are row-major and without gaps: the row length of
// A is k (m if transposed), that of B is n (k if transposed), that of C is n.
// The result has the same bits whatever the number of cores. It panics if a
// slice is too short.
func Gemm(transA, transB bool, m, n, k int, a, b []float32, beta float32, c []float32) {
	lda, ldb := k, n
	if transA {
		lda = m
	}
	if transB {
		ldb = k
	}
	gonum.Implementation{}.Sgemm(transpose(transA), transpose(transB), m, n, k, 1, a, lda, b, ldb, beta, c, n)
}

func transpose(t bool) blas.Transpose {
	if t {
		return blas.Trans
	}
	return blas.NoTrans
}
