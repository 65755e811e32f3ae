package main

import (
	"math"

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

// expDegree is that of the polynomial for eʳ, |r| ≤ ½ ln 2: Taylor's, whose
// first omitted term is below 2⁻⁴⁷.
const expDegree = 11

// ln 2 in two parts, the first of 33 bits.
const (
	ln2High = 0x1.62e42feep-1
	ln2Low  = 1.90821492927058770002e-10
)

// exp returns the function that replaces x, of float64 and not positive, by eˣ,
// by the method of tanh. It does so in float64 so that the result, rounded to
// float32, is that of the plain kernel but for one number in millions. A NaN
// stays a NaN.
func exp(v *isa) func(x Op) {
	terms := make([]Op, expDegree+1)
	for i, factorial := 0, 1.; i <= expDegree; i++ {
		terms[i] = v.doubles(1 / factorial)
		factorial *= float64(i + 1)
	}
	perLog2 := v.doubles(1 / math.Ln2)
	ln2High, ln2Low := v.doubles(ln2High), v.doubles(ln2Low)
	return func(x Op) {
		n, r := v.vector(), v.vector()
		VMULPD(perLog2, x, n)
		v.roundDouble(n, n)
		VFNMADD231PD(ln2High, n, x)
		VFNMADD231PD(ln2Low, n, x)
		VMOVAPD(x, r)
		VMOVAPD(terms[expDegree], x)
		for i := expDegree - 1; i >= 0; i-- {
			VFMADD213PD(terms[i], r, x)
		}
		v.scaleDouble(x, n)
	}
}

// softmaxRow does one row in three passes: the maximum, the exponentials and
// their sum, which is one of float64, and the division by it.
func softmaxRow(v *isa) {
	begin(v, "softmaxRow", "sets p to the softmax of z, n elements, and returns Σ exp(z − top) and top = max z.",
		"func(p, z *float32, n int) (sum float64, top float32)")
	p, z := GP64(), GP64()
	Load(Param("p"), p)
	Load(Param("z"), z)
	none, bound, e := v.numberRegister(math.Inf(-1)), v.numberRegister(-104), exp(v)
	at := func(base, i GPVirtual) Mem { return Mem{Base: base, Index: i, Scale: 4} }

	top := v.vector()
	VMOVAPS(none, top)
	v.vectors("maximum", func(i GPVirtual, mask Op) {
		x := v.vector()
		VMOVAPS(none, x)
		v.loadOr(at(z, i), mask, x)
		VMAXPS(x, top, top)
	})
	v.maximum(top)
	VMOVSS(top.AsX(), address(Return("top")))

	sums := v.doubleZeros()
	v.vectors("exponential", func(i GPVirtual, mask Op) {
		x := v.vector()
		VMOVAPS(none, x)
		v.loadOr(at(z, i), mask, x)
		VSUBPS(top, x, x)
		VMAXPS(x, bound, x) // below, eˣ rounds to 0, and is nothing beside the 1 of the maximum
		low, high := v.split(x)
		e(low)
		e(high)
		VADDPD(low, sums[0], sums[0])
		VADDPD(high, sums[1], sums[1])
		v.join(low, high, x)
		v.store(x, mask, at(p, i))
	})
	VADDPD(sums[1], sums[0], sums[0])
	v.doubleSum(sums[0])
	sum := sums[0].AsX()
	VMOVSD(sum, address(Return("sum")))

	one, factor := XMM(), v.vector()
	VMOVSD(scalarDouble(1), one)
	VDIVSD(sum, one, one)
	VCVTSD2SS(one, one, one)
	VBROADCASTSS(one, factor)
	v.vectors("division", func(i GPVirtual, mask Op) {
		y := v.load(at(p, i), mask)
		VMULPS(factor, y, y)
		v.store(y, mask, at(p, i))
	})
	end()
}

// vectors goes over the parameter n vector by vector: f is called for the code
// at index i, of as many elements as the mask says.
func (v *isa) vectors(label string, f func(i GPVirtual, mask Op)) {
	n, i := GP64(), GP64()
	Load(Param("n"), n)
	XORQ(i, i)
	Label(label)
	f(i, v.partMask(n))
	ADDQ(I32(v.lanes), i)
	SUBQ(I32(v.lanes), n)
	JG(LabelRef(label))
}
