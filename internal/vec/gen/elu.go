package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// elu adds what is positive of x to eˣ − 1 of what is not, which has the sign
// of x, so that −0 stays −0.
func elu(v *isa) {
	elementwise{
		name: "elu", doc: "sets dst to x where x > 0 and to eˣ − 1 elsewhere.",
		in: []string{"x"}, out: []string{"dst"}, unroll: 2,
		start: func(v *isa, _ []Op) func([]Op) []Op {
			exp := exponential(v)
			zero, left := v.numberRegister(0), v.numberRegister(-20) // beyond it eˣ − 1 rounds to −1
			minus0, one := v.register(signBit), v.numberRegister(1)
			return func(in []Op) []Op {
				x, e, sign := in[0], v.vector(), v.vector()
				VMINPS(x, zero, e)
				VMAXPS(e, left, e)
				n := exp(e, nil)
				expm1(v, one, n, e)
				v.and(x, minus0, sign)
				v.or(sign, e, e)
				VMAXPS(x, minus0, x)
				VADDPS(x, e, e)
				return []Op{e}
			}
		},
	}.write(v, "float32")
}

func eluGrad(v *isa) {
	elementwise{
		name: "eluGrad", doc: "sets dst to dy where x > 0 and to dy·eˣ elsewhere.",
		in: []string{"x", "dy"}, out: []string{"dst"}, unroll: 2,
		start: func(v *isa, _ []Op) func([]Op) []Op {
			exp := exponential(v)
			zero, left := v.numberRegister(0), v.numberRegister(-110) // beyond it eˣ rounds to 0
			one := v.numberRegister(1)
			return func(in []Op) []Op {
				x, dy := in[0], in[1]
				VMINPS(x, zero, x)
				VMAXPS(x, left, x)
				n := exp(x, nil)
				VADDPS(one, x, x)
				v.scale(n)(x)
				VMULPS(x, dy, dy)
				return []Op{dy}
			}
		},
	}.write(v, "float32")
}
