package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// The updates round every product and every sum, as Go does on amd64: the results
// are those of the plain kernels, bit for bit, which fused operations would not be.

func sgd(v *isa) {
	elementwise{
		name: "sgd", doc: "sets w to w − rate·dw.",
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
		name: "momentum", doc: "sets m to beta·m + share·dw, flushed, and w to w − rate·m.",
		in: []string{"w", "dw", "m"}, out: []string{"w", "m"}, scalars: []string{"rate", "beta", "share"}, unroll: 2,
		start: func(v *isa, s []Op) func([]Op) []Op {
			rate, beta, share := s[0], s[1], s[2]
			return func(in []Op) []Op {
				w, g, m := in[0], in[1], in[2]
				average(m, g, beta, share)
				v.flush(m)
				VMULPS(rate, m, g)
				VSUBPS(g, w, w)
				return []Op{w, m}
			}
		},
	}.write(v, "float32")
}

// average sets m to beta·m + share·x; x is lost.
func average(m, x, beta, share Op) {
	VMULPS(beta, m, m)
	VMULPS(share, x, x)
	VADDPS(x, m, m)
}

func adam(v *isa) {
	elementwise{
		name: "adam", doc: "is one update of Adam.",
		in: []string{"w", "dw", "m", "v"}, out: []string{"w", "m", "v"},
		scalars: []string{"beta1", "share1", "beta2", "share2", "rate", "root", "epsilon"}, unroll: 1,
		start: func(v *isa, s []Op) func([]Op) []Op {
			beta1, share1, beta2, share2, rate, root, epsilon := s[0], s[1], s[2], s[3], s[4], s[5], s[6]
			return func(in []Op) []Op {
				w, g, mean, square := in[0], in[1], in[2], in[3]
				t := v.vector()
				VMULPS(share2, g, t)
				VMULPS(g, t, t)
				VMULPS(beta2, square, square)
				VADDPS(t, square, square)
				v.flush(square)
				average(mean, g, beta1, share1)
				v.flush(mean)
				VSQRTPS(square, t)
				VMULPS(root, t, t)
				VADDPS(epsilon, t, t)
				VMULPS(rate, mean, g)
				VDIVPS(t, g, g)
				VSUBPS(g, w, w)
				return []Op{w, mean, square}
			}
		},
	}.write(v, "float32")
}
