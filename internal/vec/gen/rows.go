package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// block is how many vectors of a row addRows sums at a time: enough to hide the
// latency of an addition.
const block = 8

// addRows adds rows in their order, column by column, as the plain kernel does.
func addRows(v *isa) {
	begin(v, "addRows", "adds rows of cols elements, stride apart, to dst.",
		"func(dst, src *float32, rows, cols, stride int)")
	dst, src, cols, stride := GP64(), GP64(), GP64(), GP64()
	Load(Param("dst"), dst)
	Load(Param("src"), src)
	Load(Param("cols"), cols)
	Load(Param("stride"), stride)
	SHLQ(U8(2), stride)
	columns := func(label string, vectors int, mask Op) {
		at, rows := GP64(), GP64()
		MOVQ(src, at)
		Load(Param("rows"), rows)
		var sums []Op
		for i := range vectors {
			sums = append(sums, v.load(Mem{Base: dst, Disp: i * v.width()}, mask))
		}
		Label(label)
		for i, sum := range sums {
			if from := (Mem{Base: at, Disp: i * v.width()}); mask == nil {
				VADDPS(from, sum, sum)
			} else {
				VADDPS(v.load(from, mask), sum, sum)
			}
		}
		ADDQ(stride, at)
		DECQ(rows)
		JNZ(LabelRef(label))
		for i, sum := range sums {
			v.store(sum, mask, Mem{Base: dst, Disp: i * v.width()})
		}
		ADDQ(I32(vectors*v.width()), dst)
		ADDQ(I32(vectors*v.width()), src)
		SUBQ(I32(vectors*v.lanes), cols)
	}
	Label("wide")
	CMPQ(cols, I32(block*v.lanes))
	JLT(LabelRef("narrow"))
	columns("wideRow", block, nil)
	JMP(LabelRef("wide"))
	Label("narrow")
	CMPQ(cols, I32(0))
	JLE(LabelRef("done"))
	columns("narrowRow", 1, v.mask(cols))
	JMP(LabelRef("narrow"))
	Label("done")
	end()
}

// expTerms are the coefficients of the polynomial for eʳ, |r| ≤ ½ ln 2, from the
// constant term: Taylor's, whose first omitted term is 2⁻²⁷·⁵.
var expTerms = []float64{1, 1, 1. / 2, 1. / 6, 1. / 24, 1. / 120, 1. / 720, 1. / 5040}

// exp returns the function that sets to to eˣ for x ≤ 0, by the textbook's
//
//	n = round(x / ln 2), r = x − n·ln 2, eˣ = 2ⁿ·eʳ
//
// where ln 2 is split in two, the first of so few bits that n times it is exact
// (Cody and Waite, Software Manual for the Elementary Functions, 1980). Below
// −104, eˣ rounds to 0. A NaN stays a NaN. x is lost.
func exp(v *isa) func(x, to Op) {
	const high = 0x1.63p-1 // of ln 2, 9 bits
	const low = -2.12194440054690583e-4
	perLog2, bound := v.numberRegister(1.442695040888963407), v.numberRegister(-104)
	ln2High, ln2Low := v.numberRegister(high), v.numberRegister(low)
	terms := numbers(v, expTerms)
	return func(x, to Op) {
		n := v.vector()
		VMAXPS(x, bound, x)
		VMULPS(perLog2, x, n)
		v.round(n, n)
		VFNMADD231PS(ln2High, n, x)
		VFNMADD231PS(ln2Low, n, x)
		horner(x, terms, to)
		v.scale(to, n)
	}
}

// softmaxRow does one row in three passes: the maximum, the exponentials and their
// sum, which is one of float64, and the division by it.
func softmaxRow(v *isa) {
	begin(v, "softmaxRow", "sets p to the softmax of z, n elements, and returns Σ exp(z − top) and top = max z.",
		"func(p, z *float32, n int) (sum float64, top float32)")
	p, z := GP64(), GP64()
	Load(Param("p"), p)
	Load(Param("z"), z)
	none, e := v.numberRegister(negativeInfinity), exp(v)
	vectors := func(label string, f func(i GPVirtual, mask Op)) {
		n, i := GP64(), GP64()
		Load(Param("n"), n)
		XORQ(i, i)
		Label(label)
		f(i, v.partMask(n))
		ADDQ(I32(v.lanes), i)
		SUBQ(I32(v.lanes), n)
		JG(LabelRef(label))
	}
	at := func(base, i GPVirtual) Mem { return Mem{Base: base, Index: i, Scale: 4} }

	top := v.vector()
	VMOVAPS(none, top)
	vectors("maximum", func(i GPVirtual, mask Op) {
		x := v.vector()
		VMOVAPS(none, x)
		v.loadOr(at(z, i), mask, x)
		VMAXPS(x, top, top)
	})
	highest := v.halve(top, VMAXPS)
	VMOVSS(highest, address(Return("top")))
	VBROADCASTSS(highest, top)

	sums := v.doubleZeros()
	vectors("exponential", func(i GPVirtual, mask Op) {
		x, y := v.vector(), v.vector()
		VMOVAPS(none, x)
		v.loadOr(at(z, i), mask, x)
		VSUBPS(top, x, x)
		e(x, y)
		v.store(y, mask, at(p, i))
		v.addDoubles(y, sums)
	})
	sum := v.sumDoubles(sums)
	VMOVSD(sum, address(Return("sum")))

	one, factor := XMM(), v.vector()
	VMOVSD(doubleOne(), one)
	VDIVSD(sum, one, one)
	VCVTSD2SS(one, one, one)
	VBROADCASTSS(one, factor)
	vectors("division", func(i GPVirtual, mask Op) {
		y := v.load(at(p, i), mask)
		VMULPS(factor, y, y)
		v.store(y, mask, at(p, i))
	})
	end()
}
