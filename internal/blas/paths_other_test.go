//go:build !amd64 || purego

package blas

func assembly() []*kernels { return nil }
