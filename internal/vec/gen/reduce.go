package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// partMask is mask for any positive count.
func (v *isa) partMask(count GPVirtual) Op {
	n, most := GP64(), GP64()
	MOVQ(count, n)
	MOVQ(I32(v.lanes), most)
	CMPQ(n, most)
	CMOVQGT(most, n)
	return v.mask(n)
}

// swaps are the shuffles that bring each half of a vector to the other, then
// each half of a half, down to 64 bits. The wide vectors stay whole, since the
// smaller forms do not reach all registers.
func (v *isa) swaps() []func(x, to Op) {
	if v.lanes == 16 {
		return []func(x, to Op){
			func(x, to Op) { VSHUFF32X4(U8(0b01_00_11_10), x, x, to) },
			func(x, to Op) { VSHUFF32X4(U8(0b10_11_00_01), x, x, to) },
			func(x, to Op) { VPERMILPD(U8(0b01010101), x, to) },
		}
	}
	return []func(x, to Op){
		func(x, to Op) { VPERM2F128(U8(1), x, x, to) },
		func(x, to Op) { VPERMILPD(U8(0b0101), x, to) },
	}
}

// maximum sets every element of x to the largest.
func (v *isa) maximum(x Op) {
	swapPairs := func(x, to Op) { VPERMILPS(U8(0b10_11_00_01), x, to) }
	for _, swap := range append(v.swaps(), swapPairs) {
		t := v.vector()
		swap(x, t)
		VMAXPS(t, x, x)
	}
}

// doubleSum sets every float64 of x to the sum of all.
func (v *isa) doubleSum(x Op) {
	for _, swap := range v.swaps() {
		t := v.vector()
		swap(x, t)
		VADDPD(t, x, x)
	}
}

// doubleZeros are two vectors of float64, of as many elements as one of
// float32.
func (v *isa) doubleZeros() [2]VecVirtual {
	sums := [2]VecVirtual{v.vector(), v.vector()}
	for _, s := range sums {
		VBROADCASTSS(scalar(0), s)
	}
	return sums
}
