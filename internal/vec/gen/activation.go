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

// tanhP and tanhQ are the coefficients of P and Q, from the constant term, in
//
//	tanh x ≈ x·P(x²)/Q(x²)
//
// for |x| ≤ tanhBound, from which on tanh rounds to 1. The relative error is at
// most 2⁻²⁹·⁹. They were fitted for this package by Lawson's iteration: weighted
// linear least squares for P − f·Q, where f is tanh x / x, on Chebyshev points,
// with weights that grow where the error of P/Q is large. That all are positive
// keeps the error of rounding small; that P and Q begin with 1 makes tanh x = x
// for tiny x.
var (
	tanhP = []float64{1, 0.13786956499574277, 0.004010514746667324, 3.163112147182148e-05, 5.0900734304634316e-08}
	tanhQ = []float64{1, 0.47120289214612276, 0.027744824186986566, 0.0004210981641552209, 1.6206526647619885e-06, 7.401193899800702e-10}
)

const tanhBound = 9.02

func tanh(v *isa) {
	elementwise{
		name: "tanh", doc: "sets dst to tanh x.",
		in: []string{"x"}, out: []string{"dst"}, unroll: 2,
		start: func(v *isa, _ []Op) func([]Op) []Op {
			p, q := numbers(v, tanhP), numbers(v, tanhQ)
			low, high := v.numberRegister(-tanhBound), v.numberRegister(tanhBound)
			least, most := v.numberRegister(-1), v.numberRegister(1)
			return func(in []Op) []Op {
				x, square, denominator := in[0], v.vector(), v.vector()
				numerator := v.vector()
				clamp(x, low, high)
				VMULPS(x, x, square)
				horner(square, p, numerator)
				horner(square, q, denominator)
				VMULPS(x, numerator, numerator)
				VDIVPS(denominator, numerator, numerator)
				clamp(numerator, least, most)
				return []Op{numerator}
			}
		},
	}.write(v, "float32")
}

// clamp keeps a NaN: of two operands of which one is NaN, the result is the one
// that stands first here.
func clamp(x, low, high Op) {
	VMAXPS(x, low, x)
	VMINPS(x, high, x)
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
