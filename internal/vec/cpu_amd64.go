//go:build !purego

package vec

import "golang.org/x/sys/cpu"

//go:generate go -C gen run . -out ../kernels_amd64.s -stubs ../kernels_amd64.go -tables ../tables_amd64.go -pkg vec

// supported returns the kernels that this CPU, and the operating system, which
// must save the registers, can run, the best first.
func supported() (all []*kernels) {
	if cpu.X86.HasAVX512F && cpu.X86.HasBMI2 {
		all = append(all, &avx512)
	}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		all = append(all, &avx2)
	}
	return all
}
