package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// σ(x) = eˣ/(1 + eˣ). With eˣ = 2ⁿ·p, it is 2ⁿ·p/(1 + eˣ), of which the last
// product is by 2ⁿ, so that nothing but the result may become a denormal. Left
// of sigmoidLeft even x·σ(x) is 0. At sigmoidRight, σ(x) and 1 + x·σ(−x) are
// computed as 1 exactly, which near it they may miss by a bit.
const (
	sigmoidLeft  = -110
	sigmoidRight = 28
)

// sigmoidParts returns the function that computes from x, clamped, p and d = 1
// + eˣ, and the product by 2ⁿ.
func sigmoidParts(v *isa) func(x Op) (p, d Op, scale func(x Op)) {
	left, right, one := v.numberRegister(sigmoidLeft), v.numberRegister(sigmoidRight), v.numberRegister(1)
	exp := exponential(v)
	return func(x Op) (Op, Op, func(Op)) {
		p, d := v.vector(), v.vector()
		VMAXPS(x, left, p)
		VMINPS(p, right, p)
		scale := v.scale(exp(p, nil))
		VADDPS(one, p, p)
		VMOVAPS(p, d)
		scale(d)
		VADDPS(one, d, d)
		return p, d, scale
	}
}

func sigmoid(v *isa) {
	elementwise{
		name: "sigmoid", doc: "sets dst to 1/(1 + e⁻ˣ).",
		in: []string{"x"}, out: []string{"dst"}, unroll: 2,
		start: func(v *isa, _ []Op) func([]Op) []Op {
			parts := sigmoidParts(v)
			return func(in []Op) []Op {
				p, d, scale := parts(in[0])
				VDIVPS(d, p, p)
				scale(p)
				return []Op{p}
			}
		},
	}.write(v, "float32")
}

func sigmoidGrad(v *isa) {
	elementwise{
		name: "sigmoidGrad", doc: "sets dst to dy·(1 − y)·y.",
		in: []string{"y", "dy"}, out: []string{"dst"}, unroll: 4,
		start: func(v *isa, _ []Op) func([]Op) []Op {
			one := v.numberRegister(1)
			return func(in []Op) []Op {
				y, dy, rest := in[0], in[1], v.vector()
				VSUBPS(y, one, rest)
				VMULPS(rest, dy, dy)
				VMULPS(y, dy, dy)
				return []Op{dy}
			}
		},
	}.write(v, "float32")
}

func silu(v *isa) {
	elementwise{
		name: "silu", doc: "sets dst to x/(1 + e⁻ˣ).",
		in: []string{"x"}, out: []string{"dst"}, unroll: 2,
		start: func(v *isa, _ []Op) func([]Op) []Op {
			parts, left := sigmoidParts(v), v.numberRegister(sigmoidLeft)
			return func(in []Op) []Op {
				x := in[0]
				p, d, scale := parts(x)
				VDIVPS(d, p, p)
				VMAXPS(x, left, x)
				VMULPS(x, p, p)
				scale(p)
				return []Op{p}
			}
		},
	}.write(v, "float32")
}

// siluGrad takes both σ(x) and σ(−x) from c = 1/(1 + eˣ). To c goes a step of
// Newton's, since 1 + eˣ is rounded: c += c·((1 − c) − eˣ·c).
func siluGrad(v *isa) {
	elementwise{
		name: "siluGrad", doc: "sets dst to dy·s·(1 + x·(1 − s)), s = 1/(1 + e⁻ˣ).",
		in: []string{"x", "dy"}, out: []string{"dst"}, unroll: 2,
		start: func(v *isa, _ []Op) func([]Op) []Op {
			left, right, one := v.numberRegister(sigmoidLeft), v.numberRegister(sigmoidRight), v.numberRegister(1)
			exp := exponential(v)
			return func(in []Op) []Op {
				x, dy, s, e, c, off := in[0], in[1], v.vector(), v.vector(), v.vector(), v.vector()
				VMAXPS(x, left, x)
				VMINPS(x, right, x)
				VMOVAPS(x, s)
				scale := v.scale(exp(s, nil))
				VADDPS(one, s, e)
				scale(e)
				VADDPS(one, e, c)
				VDIVPS(c, one, c)
				VSUBPS(c, one, off)
				VFNMADD231PS(e, c, off)
				VFMADD213PS(c, off, c)
				VFMADD213PS(c, c, s)
				VFMADD213PS(one, c, x)
				VMULPS(x, s, s)
				scale(s)
				VMULPS(s, dy, dy)
				return []Op{dy}
			}
		},
	}.write(v, "float32")
}
