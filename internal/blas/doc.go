// Package blas is the matrix product of optlab: single precision, row-major.
//
// Everything that multiplies matrices calls [Gemm], so the implementation is
// chosen in this one place. Today it is gonum's.
package blas
