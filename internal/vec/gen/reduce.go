package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

var negativeInfinity = math.Inf(-1)

// partMask is mask for any positive count.
func (v *isa) partMask(count GPVirtual) Op {
	n, most := GP64(), GP64()
	MOVQ(count, n)
	MOVQ(I32(v.lanes), most)
	CMPQ(n, most)
	CMOVQGT(most, n)
	return v.mask(n)
}

// halve combines all elements of x by op, half with half, and returns the result
// as the first of a vector.
func (v *isa) halve(x VecVirtual, op func(...Op)) VecVirtual {
	half := x
	if v.lanes == 16 {
		upper, y := YMM(), YMM()
		VEXTRACTF64X4(U8(1), x, upper)
		op(upper, x.AsY(), y)
		half = y
	}
	upper, r := XMM(), XMM()
	VEXTRACTF128(U8(1), half, upper)
	op(upper, half.AsX(), r)
	VPERMILPS(U8(0b1110), r, upper)
	op(upper, r, r)
	VPERMILPS(U8(0b0001), r, upper)
	op(upper, r, r)
	return r
}

// doubleZeros are two vectors of float64, of as many elements as one of float32.
func (v *isa) doubleZeros() [2]VecVirtual {
	sums := [2]VecVirtual{v.vector(), v.vector()}
	for _, s := range sums {
		VBROADCASTSS(scalar(0), s)
	}
	return sums
}

// addDoubles adds x, as float64, to sums.
func (v *isa) addDoubles(x VecVirtual, sums [2]VecVirtual) {
	low, high := v.vector(), v.vector()
	if v.lanes == 16 {
		upper := YMM()
		VEXTRACTF64X4(U8(1), x, upper)
		VCVTPS2PD(x.AsY(), low)
		VCVTPS2PD(upper, high)
	} else {
		upper := XMM()
		VEXTRACTF128(U8(1), x, upper)
		VCVTPS2PD(x.AsX(), low)
		VCVTPS2PD(upper, high)
	}
	VADDPD(low, sums[0], sums[0])
	VADDPD(high, sums[1], sums[1])
}

// sumDoubles returns the sum of all elements as the first of a vector.
func (v *isa) sumDoubles(sums [2]VecVirtual) VecVirtual {
	VADDPD(sums[1], sums[0], sums[0])
	half := sums[0]
	if v.lanes == 16 {
		upper, y := YMM(), YMM()
		VEXTRACTF64X4(U8(1), half, upper)
		VADDPD(upper, half.AsY(), y)
		half = y
	}
	upper, r := XMM(), XMM()
	VEXTRACTF128(U8(1), half, upper)
	VADDPD(upper, half.AsX(), r)
	VPERMILPD(U8(1), r, upper)
	VADDPD(upper, r, r)
	return r
}

// doubleOne is the address of the float64 1.
func doubleOne() Mem {
	if one == nil {
		m := ConstData("one", U64(math.Float64bits(1)))
		one = &m
	}
	return *one
}

var one *Mem
