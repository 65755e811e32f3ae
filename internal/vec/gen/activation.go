package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

func relu(v *isa) {
	elementwise{
		name: "relu", doc: "sets dst to 0 where x ≤ 0 and to x elsewhere.",
		in: []string{"x"}, out: []string{"dst"}, unroll: 4,
		start: func(v *isa, _ []Op) func([]Op) []Op {
			return func(in []Op) []Op {
				v.ifNotPositive(in[0], in[0], in[0])
				return in
			}
		},
	}.write(v, "float32")
}

func reluGrad(v *isa) {
	elementwise{
		name: "reluGrad", doc: "sets dst to 0 where y ≤ 0 and to dy elsewhere.",
		in: []string{"y", "dy"}, out: []string{"dst"}, unroll: 4,
		start: func(v *isa, _ []Op) func([]Op) []Op {
			return func(in []Op) []Op {
				v.ifNotPositive(in[0], in[1], in[1])
				return in[1:]
			}
		},
	}.write(v, "float32")
}

// leakyReLU needs no comparison: x is the greater of x and slope·x where it is
// positive.
func leakyReLU(v *isa) {
	elementwise{
		name: "leakyReLU", doc: "sets dst to x where x > 0 and to 0.01·x elsewhere.",
		in: []string{"x"}, out: []string{"dst"}, unroll: 4,
		start: func(v *isa, _ []Op) func([]Op) []Op {
			slope := v.number(leakySlope)
			return func(in []Op) []Op {
				x, less := in[0], v.vector()
				VMULPS(slope, x, less)
				VMAXPS(x, less, x)
				return in
			}
		},
	}.write(v, "float32")
}

const leakySlope = 0.01

func leakyReLUGrad(v *isa) {
	elementwise{
		name: "leakyReLUGrad", doc: "sets dst to dy where x > 0 and to 0.01·dy elsewhere.",
		in: []string{"x", "dy"}, out: []string{"dst"}, unroll: 4,
		start: func(v *isa, _ []Op) func([]Op) []Op {
			slope := v.number(leakySlope)
			return func(in []Op) []Op {
				x, dy, less := in[0], in[1], v.vector()
				VMULPS(slope, dy, less)
				v.ifPositive(x, dy, less)
				return []Op{less}
			}
		},
	}.write(v, "float32")
}

// tanh computes
//
//	e = exp(2|x|) − 1, tanh|x| = e/(e+2)
//
// which cancels nothing and is at most 1 however it rounds, and gives it the
// sign of x.
func tanh(v *isa) {
	elementwise{
		name: "tanh", doc: "sets dst to tanh x.",
		in: []string{"x"}, out: []string{"dst"}, unroll: 2,
		start: func(v *isa, _ []Op) func([]Op) []Op {
			exp := exponential(v)
			absolute, bound := v.constants(signBit-1), v.numberRegister(10) // beyond it tanh rounds to 1
			one := v.numberRegister(1)
			return func(in []Op) []Op {
				x, e, d := in[0], v.vector(), v.vector()
				v.and(absolute, x, e)
				v.xor(e, x, x) // the sign
				VMINPS(e, bound, e)
				VADDPS(e, e, e)
				n := exp(e, nil)
				expm1(v, one, n, e)
				VADDPS(one, e, d)
				VADDPS(one, d, d)
				VDIVPS(d, e, e)
				v.xor(x, e, e)
				return []Op{e}
			}
		},
	}.write(v, "float32")
}

func tanhGrad(v *isa) {
	elementwise{
		name: "tanhGrad", doc: "sets dst to dy·(1 − y²).",
		in: []string{"y", "dy"}, out: []string{"dst"}, unroll: 4,
		start: func(v *isa, _ []Op) func([]Op) []Op {
			one := v.numberRegister(1)
			return func(in []Op) []Op {
				y, dy := in[0], in[1]
				VMULPS(y, y, y)
				VSUBPS(y, one, y)
				VMULPS(y, dy, dy)
				return []Op{dy}
			}
		},
	}.write(v, "float32")
}
