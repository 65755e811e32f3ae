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
