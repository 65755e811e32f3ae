//go:build !amd64 || noasm

package blas

func assembly() []*kernels { return nil }
