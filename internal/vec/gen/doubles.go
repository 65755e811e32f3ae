package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// doubles512 and doublesAVX2 add what an instruction set does with float64.

func doubles512(v *isa) {
	v.doubles = func(x float64) Op {
		r := ZMM()
		VBROADCASTSD(scalarDouble(x), r)
		return r
	}
	v.split = func(x Op) (low, high Op) {
		upper, a, b := YMM(), ZMM(), ZMM()
		VEXTRACTF64X4(U8(1), x, upper)
		VCVTPS2PD(x.(VecVirtual).AsY(), a)
		VCVTPS2PD(upper, b)
		return a, b
	}
	v.join = func(low, high, to Op) {
		a, b := YMM(), YMM()
		VCVTPD2PS(low, a)
		VCVTPD2PS(high, b)
		VINSERTF64X4(U8(1), b, a.AsZ(), to)
	}
	v.roundDouble = func(x, to Op) { VRNDSCALEPD(U8(8), x, to) }
	v.scaleDouble = func(x, n Op) { VSCALEFPD(n, x, x) }
}

func doublesAVX2(v *isa) {
	v.doubles = func(x float64) Op { return wideDouble(x) }
	v.split = func(x Op) (low, high Op) {
		upper, a, b := XMM(), YMM(), YMM()
		VEXTRACTF128(U8(1), x, upper)
		VCVTPS2PD(x.(VecVirtual).AsX(), a)
		VCVTPS2PD(upper, b)
		return a, b
	}
	v.join = func(low, high, to Op) {
		a, b := XMM(), XMM()
		VCVTPD2PSY(low, a)
		VCVTPD2PSY(high, b)
		VINSERTF128(U8(1), b, a.AsY(), to)
	}
	v.roundDouble = func(x, to Op) { VROUNDPD(U8(8), x, to) }
	v.scaleDouble = scaleDoubleAVX2
}

// scaleDoubleAVX2 makes 2ⁿ from its bits: to add 1.5·2⁵² + 1023 leaves n + 1023
// in the lowest bits, which belong into the exponent.
func scaleDoubleAVX2(x, n Op) {
	power := YMM()
	VADDPD(wideDouble(0x1.8p52+1023), n, power)
	VPSLLQ(U8(52), power, power)
	VMULPD(power, x, x)
}
