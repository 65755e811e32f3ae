//go:build !purego

package blas

import "golang.org/x/sys/cpu"

//go:generate go -C gen run . -out ../kernels_amd64.s -stubs ../kernels_amd64.go -pkg blas

// detect returns the best kernels that this CPU, and the operating system,
// which must save the registers, support.
func detect() *kernels {
	switch {
	case cpu.X86.HasAVX512F:
		return &avx512
	case cpu.X86.HasAVX2 && cpu.X86.HasFMA:
		return &avx2
	}
	return nil
}

var avx512 = kernels{
	name:  "AVX-512",
	lanes: 16,
	tiles: []tileFunc{
		1: tile1AVX512, 2: tile2AVX512, 3: tile3AVX512, 4: tile4AVX512, 5: tile5AVX512,
		6: tile6AVX512, 7: tile7AVX512, 8: tile8AVX512, 9: tile9AVX512, 10: tile10AVX512,
		11: tile11AVX512, 12: tile12AVX512, 13: tile13AVX512, 14: tile14AVX512,
	},
	packed: []packedFunc{
		7: packedTile7AVX512, 8: packedTile8AVX512, 9: packedTile9AVX512, 10: packedTile10AVX512,
		11: packedTile11AVX512, 12: packedTile12AVX512, 13: packedTile13AVX512, 14: packedTile14AVX512,
	},
	transpose: transposeAVX512,
	copyRows:  copyRowsAVX512,
}

var avx2 = kernels{
	name:      "AVX2",
	lanes:     8,
	tiles:     []tileFunc{1: tile1AVX2, 2: tile2AVX2, 3: tile3AVX2, 4: tile4AVX2, 5: tile5AVX2, 6: tile6AVX2},
	packed:    []packedFunc{3: packedTile3AVX2, 4: packedTile4AVX2, 5: packedTile5AVX2, 6: packedTile6AVX2},
	transpose: transposeAVX2,
	copyRows:  copyRowsAVX2,
}
