package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// expm1Terms are the coefficients of q, from the constant term, in
//
//	eʳ − 1 ≈ r + r²·q(r), |r| ≤ ½ ln 2
//
// with a relative error of at most 2⁻²⁶. They were fitted for this package by
// Lawson's iteration: weighted least squares on Chebyshev points, with weights
// that grow where the error is large.
var expm1Terms = []float64{0.499999981538, 0.166665436177, 0.0416671999429, 0.00836652089411, 0.0013882515751}

// exponential returns the function that takes eˣ apart,
//
//	eˣ = 2ⁿ·(1 + m), n = round(x / ln 2), m = eʳ − 1, r = x − n·ln 2
//
// where ln 2 is split in two, the first of so few bits that n times it is exact
// (Cody and Waite, Software Manual for the Elementary Functions, 1980). x
// becomes m. What is known of x beyond its last bit may be given as rest, else
// nil.
func exponential(v *isa) func(x, rest Op) (n Op) {
	terms := numbers(v, expm1Terms)
	perLog2 := v.number(1 / math.Ln2)
	ln2High, ln2Low := v.number(0.693359375), v.number(math.Ln2-0.693359375)
	return func(x, rest Op) Op {
		n, q, square := v.vector(), v.vector(), v.vector()
		VMULPS(perLog2, x, n)
		v.round(n, n)
		VFNMADD231PS(ln2High, n, x)
		VFNMADD231PS(ln2Low, n, x)
		if rest != nil {
			VADDPS(rest, x, x)
		}
		horner(x, terms, q)
		VMULPS(x, x, square)
		VFMADD231PS(square, q, x)
		return n
	}
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

// expm1 sets x to eˣ − 1 = 2ⁿ·m + (2ⁿ − 1), which cancels nothing, where n is
// that of exponential and x has become its m; n from −126 to 127.
func expm1(v *isa, one, n, x Op) {
	power, e := v.vector(), n
	v.power(n, power)
	VSUBPS(one, power, e)
	VFMADD231PS(power, x, e)
	VMOVAPS(e, x)
}
