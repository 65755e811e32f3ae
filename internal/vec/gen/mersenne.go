package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// twist is elementwise all the same: next is state, one word on, and the words
// of both are loaded before those of state are stored.
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
