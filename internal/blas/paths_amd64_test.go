//go:build !purego

package blas

import "golang.org/x/sys/cpu"

// assembly returns all the kernels that this CPU can run.
func assembly() (all []*kernels) {
	if cpu.X86.HasAVX512F {
		all = append(all, &avx512)
	}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		all = append(all, &avx2)
	}
	return all
}
