package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// pixels divides by 255 as a product with its reciprocal and one step of
// correction, which for the numbers 0 … 255 gives the rounded quotient. It
// takes whole vectors only.
func pixels(v *isa) {
	begin(v, "pixels", "sets dst to src/255·factor + shift; n is a multiple of the lanes.",
		"func(dst *float32, src *byte, n int, factor, shift float32)")
	dst, src, n := GP64(), GP64(), GP64()
	Load(Param("dst"), dst)
	Load(Param("src"), src)
	Load(Param("n"), n)
	factor, shift := v.broadcast(Param("factor")), v.broadcast(Param("shift"))
	inverse, all := v.numberRegister(1./255), v.numberRegister(255)
	Label("turn")
	p, quotient := v.vector(), v.vector()
	VPMOVZXBD(Mem{Base: src}, p)
	VCVTDQ2PS(p, p)
	VMULPS(inverse, p, quotient)
	VFNMADD231PS(all, quotient, p)
	VFMADD231PS(inverse, p, quotient)
	VMULPS(factor, quotient, quotient)
	VADDPS(shift, quotient, quotient)
	VMOVUPS(quotient, Mem{Base: dst})
	ADDQ(I32(v.width()), dst)
	ADDQ(I32(v.lanes), src)
	SUBQ(I32(v.lanes), n)
	JG(LabelRef("turn"))
	end()
}

// prefetch is the same for all instruction sets.
func prefetch() {
	TEXT("prefetch", NOSPLIT, "func(src *byte, n int)")
	Doc("prefetch has n bytes fetched into the L2 cache.")
	Pragma("noescape")
	src, n := Load(Param("src"), GP64()), Load(Param("n"), GP64())
	Label("line")
	PREFETCHT1(Mem{Base: src})
	ADDQ(I32(64), src)
	SUBQ(I32(64), n)
	JG(LabelRef("line"))
	PREFETCHT1(Mem{Base: src, Index: n, Scale: 1, Disp: -1}) // the last byte
	RET()
}
