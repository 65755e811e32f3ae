package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// The updates round every product and every sum, as Go does on amd64: the
// results are those of the plain kernels, bit for bit, which fused operations
// would not be.

func sgd(v *isa) {
	elementwise{
		name: "sgd", doc: "sets w to w − rate·dw.", update: true,
		in: []string{"w", "dw"}, out: []string{"w"}, scalars: []string{"rate"}, unroll: 4,
		start: func(v *isa, s []Op) func([]Op) []Op {
			return func(in []Op) []Op {
				w, g := in[0], in[1]
				VMULPS(s[0], g, g)
				VSUBPS(g, w, w)
				return []Op{w}
			}
		},
	}.write(v, "float32")
}

func momentum(v *isa) {
	elementwise{
		name: "momentum", doc: "sets m to beta·m + share·dw, flushed, and w to w − rate·m.", update: true,
		in: []string{"w", "dw", "m"}, out: []string{"w", "m"}, scalars: []string{"beta", "share", "rate"}, unroll: 2,
		start: func(v *isa, s []Op) func([]Op) []Op {
			beta, share, rate := s[0], s[1], s[2]
			return func(in []Op) []Op {
				w, g, m := in[0], in[1], in[2]
				VMULPS(share, g, g)
				average(v, m, g, beta)
				VMULPS(rate, m, g)
				VSUBPS(g, w, w)
				return []Op{w, m}
			}
		},
	}.write(v, "float32")
}

func nesterov(v *isa) {
	elementwise{
		name: "nesterov", doc: "sets m to beta·m + dw, flushed, and w to w − rate·(dw + beta·m).", update: true,
		in: []string{"w", "dw", "m"}, out: []string{"w", "m"}, scalars: []string{"beta", "rate"}, unroll: 2,
		start: func(v *isa, s []Op) func([]Op) []Op {
			beta, rate := s[0], s[1]
			return func(in []Op) []Op {
				w, g, m, ahead := in[0], in[1], in[2], v.vector()
				average(v, m, g, beta)
				VMULPS(beta, m, ahead)
				VADDPS(ahead, g, g)
				VMULPS(rate, g, g)
				VSUBPS(g, w, w)
				return []Op{w, m}
			}
		},
	}.write(v, "float32")
}

func rmsprop(v *isa) {
	elementwise{
		name: "rmsprop", doc: "sets v to alpha·v + share·dw·dw, flushed, and w to w − rate·dw/(√v + epsilon).", update: true,
		in: []string{"w", "dw", "v"}, out: []string{"w", "v"}, scalars: []string{"alpha", "share", "rate", "epsilon"}, unroll: 2,
		start: func(v *isa, s []Op) func([]Op) []Op {
			alpha, share, rate, epsilon := s[0], s[1], s[2], s[3]
			step := adamStepDivided(v, rate)
			return func(in []Op) []Op {
				w, g, square, t := in[0], in[1], in[2], v.vector()
				squared(g, share, t)
				average(v, square, t, alpha)
				VSQRTPS(square, t)
				VADDPS(epsilon, t, t)
				step(w, g, t)
				return []Op{w, square}
			}
		},
	}.write(v, "float32")
}

// average sets m to beta·m + x, flushed.
func average(v *isa, m, x, beta Op) {
	VMULPS(beta, m, m)
	VADDPS(x, m, m)
	v.flush(m)
}

// squared sets to to share·dw·dw.
func squared(g, share, to Op) {
	VMULPS(share, g, to)
	VMULPS(g, to, to)
}

func adam(v *isa) {
	elementwise{
		name: "adam", doc: "is one update of Adam.", update: true,
		in: []string{"w", "dw", "m", "v"}, out: []string{"w", "m", "v"}, scalars: adamScalars, unroll: 2,
		start: func(v *isa, s []Op) func([]Op) []Op { return adamUpdate(v, s) },
	}.write(v, "float32")
}

func adamW(v *isa) {
	elementwise{
		name: "adamW", doc: "sets w to keep·w and is one update of Adam.", update: true,
		in: []string{"w", "dw", "m", "v"}, out: []string{"w", "m", "v"}, scalars: append(adamScalars, "keep"), unroll: 2,
		start: func(v *isa, s []Op) func([]Op) []Op {
			keep, step := s[len(adamScalars)], adamUpdate(v, s)
			return func(in []Op) []Op {
				VMULPS(keep, in[0], in[0])
				return step(in)
			}
		},
	}.write(v, "float32")
}

var adamScalars = []string{"beta1", "share1", "beta2", "share2", "rate", "root", "epsilon"}

// adamUpdate returns the function that computes w, m and v from w, g, m and v.
func adamUpdate(v *isa, s []Op) func(in []Op) []Op {
	beta1, share1, beta2, share2, rate, root, epsilon := s[0], s[1], s[2], s[3], s[4], s[5], s[6]
	step := v.adamStep(rate)
	return func(in []Op) []Op {
		w, g, mean, square, t := in[0], in[1], in[2], in[3], v.vector()
		squared(g, share2, t)
		average(v, square, t, beta2)
		VMULPS(share1, g, g)
		average(v, mean, g, beta1)
		VSQRTPS(square, t)
		VMULPS(root, t, t)
		VADDPS(epsilon, t, t)
		step(w, mean, t)
		return []Op{w, mean, square}
	}
}

// adamStepDivided returns the function that sets w to w − rate·m/d.
func adamStepDivided(v *isa, rate Op) func(w, m, d Op) {
	return func(w, m, d Op) {
		q := v.vector()
		VMULPS(rate, m, q)
		VDIVPS(d, q, q)
		VSUBPS(q, w, w)
	}
}

// adamStep512 is adamStepDivided without a division, since the root keeps the
// divider busy: from an approximate reciprocal y of d, one step of Newton's
// gives it nearly all bits, and one step of correction the rounded quotient
// (Markstein, Computation of elementary functions on the IBM RISC System/6000
// processor, 1990). A factor of 2⁶⁴ keeps the correction out of the denormals.
// What overflows in between ends as a NaN, and then the vector is divided after
// all.
func adamStep512(v *isa, rate Op) func(w, m, d Op) {
	one, back, large := v.numberRegister(1), v.numberRegister(0x1p-64), v.vector()
	VMULPS(v.number(0x1p64), rate, large)
	divided := adamStepDivided(v, rate)
	return func(w, m, d Op) {
		a, y, e, q, failed := v.vector(), v.vector(), v.vector(), v.vector(), K()
		VMULPS(large, m, a)
		VRCP14PS(d, y)
		VMOVAPS(one, e)
		VFNMADD231PS(d, y, e)
		VFMADD231PS(e, y, y)
		VMULPS(a, y, q)
		VFNMADD231PS(d, q, a)
		VFMADD231PS(a, y, q)
		VCMPPS(U8(unordered), q, q, failed)
		KORTESTW(failed, failed)
		label := fmt.Sprint("step", steps)
		steps++
		JZ(LabelRef(label + "Exact"))
		divided(w, m, d)
		JMP(LabelRef(label + "Done"))
		Label(label + "Exact")
		VFNMADD231PS(back, q, w)
		Label(label + "Done")
	}
}

var steps int // so far: labels are unique
