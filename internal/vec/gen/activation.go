package main

import (
	"math"

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

// expm1Terms are the coefficients of q, from the constant term, in
//
//	eʳ − 1 ≈ r + r²·q(r), |r| ≤ ½ ln 2
//
// with a relative error of at most 2⁻²⁶. They were fitted for this package by
// Lawson's iteration: weighted least squares on Chebyshev points, with weights that
// grow where the error is large.
var expm1Terms = []float64{0.499999981538, 0.166665436177, 0.0416671999429, 0.00836652089411, 0.0013882515751}

// tanh computes
//
//	e = exp(2|x|) − 1, tanh|x| = e/(e+2)
//
// which cancels nothing and is at most 1 however it rounds, and gives it the sign
// of x. With n = round(2|x| / ln 2) and r = 2|x| − n·ln 2,
//
//	e = 2ⁿ·(eʳ − 1) + (2ⁿ − 1)
//
// where ln 2 is split in two, the first of so few bits that n times it is exact
// (Cody and Waite, Software Manual for the Elementary Functions, 1980).
func tanh(v *isa) {
	elementwise{
		name: "tanh", doc: "sets dst to tanh x.",
		in: []string{"x"}, out: []string{"dst"}, unroll: 2,
		start: func(v *isa, _ []Op) func([]Op) []Op {
			terms := numbers(v, expm1Terms)
			absolute, bound := v.constants(1<<31-1), v.numberRegister(10) // beyond it tanh rounds to 1
			perLog2, one := v.number(2/math.Ln2), v.numberRegister(1)
			ln2High, ln2Low := v.number(0.693359375), v.number(math.Ln2-0.693359375)
			return func(in []Op) []Op {
				x, t, n, power, q := in[0], v.vector(), v.vector(), v.vector(), v.vector()
				v.and(absolute, x, t)
				v.xor(t, x, x) // the sign
				VMINPS(t, bound, t)
				VMULPS(perLog2, t, n)
				v.round(n, n)
				VADDPS(t, t, t)
				VFNMADD231PS(ln2High, n, t)
				VFNMADD231PS(ln2Low, n, t)
				v.power(n, power)
				horner(t, terms, q)
				square := n
				VMULPS(t, t, square)
				VFMADD231PS(square, q, t)
				VSUBPS(one, power, q)
				VFMADD231PS(power, t, q)
				VADDPS(one, q, t)
				VADDPS(one, t, t)
				VDIVPS(t, q, q)
				v.xor(x, q, q)
				return []Op{q}
			}
		},
	}.write(v, "float32")
}

func numbers(v *isa, all []float64) (ops []Op) {
	for _, x := range all {
		ops = append(ops, v.number(x))
	}
	return ops
}

// horner computes a polynomial of x from its coefficients.
func horner(x Op, coefficients []Op, to Op) {
	last := len(coefficients) - 1
	VMOVAPS(coefficients[last], to)
	for i := last - 1; i >= 0; i-- {
		VFMADD213PS(coefficients[i], x, to)
	}
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
