//go:build !purego

package vec

import "golang.org/x/sys/cpu"

//go:generate go -C gen run . -out ../kernels_amd64.s -stubs ../kernels_amd64.go -pkg vec

// supported returns the kernels that this CPU, and the operating system, which must
// save the registers, can run, the best first.
func supported() (all []*kernels) {
	if cpu.X86.HasAVX512F && cpu.X86.HasBMI2 {
		all = append(all, &avx512)
	}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		all = append(all, &avx2)
	}
	return all
}

var avx512 = kernels{
	name:       "AVX-512",
	lanes:      16,
	sgd:        sgdAVX512,
	momentum:   momentumAVX512,
	nesterov:   nesterovAVX512,
	rmsprop:    rmspropAVX512,
	adam:       adamAVX512,
	relu:       reluAVX512,
	tanh:       tanhAVX512,
	reluGrad:   reluGradAVX512,
	tanhGrad:   tanhGradAVX512,
	mul:        mulAVX512,
	scale:      scaleAVX512,
	dropout:    dropoutAVX512,
	pixels:     pixelsAVX512,
	prefetch:   prefetch,
	addRows:    addRowsAVX512,
	softmaxRow: softmaxRowAVX512,
	twist:      twistAVX512,
	temper:     temperAVX512,
}

var avx2 = kernels{
	name:       "AVX2",
	lanes:      8,
	sgd:        sgdAVX2,
	momentum:   momentumAVX2,
	nesterov:   nesterovAVX2,
	rmsprop:    rmspropAVX2,
	adam:       adamAVX2,
	relu:       reluAVX2,
	tanh:       tanhAVX2,
	reluGrad:   reluGradAVX2,
	tanhGrad:   tanhGradAVX2,
	mul:        mulAVX2,
	scale:      scaleAVX2,
	dropout:    dropoutAVX2,
	pixels:     pixelsAVX2,
	prefetch:   prefetch,
	addRows:    addRowsAVX2,
	softmaxRow: softmaxRowAVX2,
	twist:      twistAVX2,
	temper:     temperAVX2,
}
