package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// The left tail of the normal distribution, also where it is tiny, is
//
//	Φ(−a) = e^(−a²/2)·R(a), 0 ≤ a
//
// with R from ½ at 0 to 0.027 at tailEnd, beyond which Φ(−a)·a and φ(a)·a are 0
// in float32. tailTerms are the coefficients of Q, from the constant term, in
//
//	R(a) ≈ Q(s)/(a + 4), s = (a − 4)/(a + 4)
//
// with a relative error of at most 2⁻²⁶·⁷. They were fitted like expm1Terms, to
// R from erfc in float64; of the shifts from 2½ to 5, 4 leaves the least error
// when all is computed in float32.
var tailTerms = []float64{0.755285135254, -0.607896579878, 0.387136916505, -0.186523656302, 0.0604034896262,
	-0.00752400432462, -0.00351021159614, 0.00156840796903, 0.000174660162406, -0.000134195664749}

const (
	tailEnd   = 15
	tailShift = 4
)

// normalTail returns the function that computes, of x,
//
//	a = min(|x|, tailEnd), t = 1/(a + 4), q with R(a) = t·q
//
// To t goes a step of Newton's, since a + 4 is rounded: t += t·(1 − 4t − at).
func normalTail(v *isa) func(x Op) (a, t, q Op) {
	terms := numbers(v, tailTerms)
	absolute, end, shift := v.constants(signBit-1), v.numberRegister(tailEnd), v.number(tailShift)
	one := v.numberRegister(1)
	return func(x Op) (Op, Op, Op) {
		a, t, s, q := v.vector(), v.vector(), v.vector(), v.vector()
		v.and(absolute, x, a)
		VMINPS(a, end, a)
		VADDPS(shift, a, t)
		VDIVPS(t, one, t)
		VMOVAPS(one, s)
		VFNMADD231PS(shift, t, s)
		VFNMADD231PS(a, t, s)
		VFMADD213PS(t, s, t)
		VSUBPS(shift, a, s)
		VMULPS(t, s, s)
		horner(s, terms, q)
		return a, t, q
	}
}

// timesBell returns the function that multiplies y by e^(−a²/2). What is lost
// in rounding a² is not small beside 1, and therefore not dropped.
func timesBell(v *isa) func(y, a Op) {
	exp, half := exponential(v), v.number(-0.5)
	return func(y, a Op) {
		m, rest := v.vector(), v.vector()
		VMULPS(half, a, rest)
		VMULPS(a, rest, m)
		VFMSUB213PS(m, a, rest)
		n := exp(m, rest)
		VFMADD213PS(y, m, y)
		v.scale(n)(y)
	}
}

// gelu computes x·Φ(x) = max(x, 0) − |x|·Φ(−|x|), where what is subtracted from
// an x is at most half of it. From the maximum with −0, −0 stays −0.
func gelu(v *isa) {
	elementwise{
		name: "gelu", doc: "sets dst to x·Φ(x).",
		in: []string{"x"}, out: []string{"dst"}, unroll: 2,
		start: func(v *isa, _ []Op) func([]Op) []Op {
			tail, bell, minus0 := normalTail(v), timesBell(v), v.register(signBit)
			return func(in []Op) []Op {
				x := in[0]
				a, t, q := tail(x)
				VMULPS(t, q, q)
				VMULPS(a, q, q)
				bell(q, a)
				VMAXPS(x, minus0, x)
				VSUBPS(q, x, x)
				return in
			}
		},
	}.write(v, "float32")
}

// geluGrad computes G = Φ(−|x|) − |x|·φ(x) = e^(−x²/2)·(R(|x|) − |x|/√2π),
// which is the slope of x ≤ 0, and that of the others from 1.
func geluGrad(v *isa) {
	elementwise{
		name: "geluGrad", doc: "sets dst to dy·(Φ(x) + x·φ(x)).",
		in: []string{"x", "dy"}, out: []string{"dst"}, unroll: 2,
		start: func(v *isa, _ []Op) func([]Op) []Op {
			tail, bell := normalTail(v), timesBell(v)
			one, density := v.numberRegister(1), v.number(1/math.Sqrt(2*math.Pi))
			return func(in []Op) []Op {
				x, dy, slope := in[0], in[1], v.vector()
				a, t, q := tail(x)
				VMULPS(density, a, slope)
				VFMSUB231PS(t, q, slope)
				bell(slope, a)
				VSUBPS(slope, one, t)
				v.ifPositive(x, t, slope)
				VMULPS(slope, dy, dy)
				return []Op{dy}
			}
		},
	}.write(v, "float32")
}
