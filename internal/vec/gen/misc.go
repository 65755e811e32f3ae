package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

func mul(v *isa) {
	elementwise{
		name: "mul", doc: "sets dst to a·b.",
		in: []string{"a", "b"}, out: []string{"dst"}, unroll: 4,
		start: func(v *isa, _ []Op) func([]Op) []Op {
			return func(in []Op) []Op {
				VMULPS(in[1], in[0], in[0])
				return in[:1]
			}
		},
	}.write(v, "float32")
}

func scale(v *isa) {
	elementwise{
		name: "scale", doc: "sets dst to x·factor.",
		in: []string{"x"}, out: []string{"dst"}, scalars: []string{"factor"}, unroll: 4,
		start: func(v *isa, s []Op) func([]Op) []Op {
			return func(in []Op) []Op {
				VMULPS(s[0], in[0], in[0])
				return in
			}
		},
	}.write(v, "float32")
}

// dropout's words are of type uint32 in Go; an address is an address.
func dropout(v *isa) {
	elementwise{
		name: "dropout", doc: "sets mask to 0 where a word is below threshold and to factor elsewhere, and dst to x·mask.",
		in: []string{"x", "words"}, out: []string{"dst", "mask"}, scalars: []string{"threshold", "factor"}, unroll: 2,
		start: func(v *isa, s []Op) func([]Op) []Op {
			return func(in []Op) []Op {
				x, mask := in[0], in[1]
				v.ifBelow(mask, s[0], s[1], mask)
				VMULPS(mask, x, x)
				return []Op{x, mask}
			}
		},
	}.write(v, "float32")
}

// pixels divides by 255 as a product with its reciprocal and one step of
// correction, which for the numbers 0 … 255 gives the rounded quotient. It takes
// whole vectors only.
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

// twist is elementwise all the same: next is state, one word on, and the words of
// both are loaded before those of state are stored.
func twist(v *isa) {
	elementwise{
		name: "twist", doc: "renews words of a Mersenne Twister.",
		in: []string{"state", "next", "far"}, out: []string{"state"}, unroll: 1,
		start: func(v *isa, _ []Op) func([]Op) []Op {
			matrix, lower, upper := v.register(0x9908b0df), v.register(0x7fffffff), v.register(0x80000000)
			return func(in []Op) []Op {
				word, next, far := in[0], in[1], in[2]
				low := v.vector()
				VPSLLD(U8(31), next, low)
				VPSRAD(U8(31), low, low)
				v.and(matrix, low, low)
				v.xor(low, far, far)
				v.and(upper, word, word)
				v.and(lower, next, next)
				v.xor(next, word, word)
				VPSRLD(U8(1), word, word)
				v.xor(word, far, far)
				return []Op{far}
			}
		},
	}.write(v, "uint32")
}

func temper(v *isa) {
	elementwise{
		name: "temper", doc: "sets dst to the output for words of a Mersenne Twister.",
		in: []string{"words"}, out: []string{"dst"}, unroll: 2,
		start: func(v *isa, _ []Op) func([]Op) []Op {
			first, second := v.register(0x9d2c5680), v.register(0xefc60000)
			return func(in []Op) []Op {
				y, t := in[0], v.vector()
				VPSRLD(U8(11), y, t)
				v.xor(t, y, y)
				VPSLLD(U8(7), y, t)
				v.and(first, t, t)
				v.xor(t, y, y)
				VPSLLD(U8(15), y, t)
				v.and(second, t, t)
				v.xor(t, y, y)
				VPSRLD(U8(18), y, t)
				v.xor(t, y, y)
				return []Op{y}
			}
		},
	}.write(v, "uint32")
}
