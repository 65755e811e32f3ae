package vec

import (
	"flag"
	"math"
	"slices"
	"testing"

	"optlab/internal/parallel"
)

var exhaustive = flag.Bool("exhaustive", false, "compare functions for every float32, for an hour")

// every calls f with slices of the float32 from 0 to top, all of them or one in
// thousands.
func every(top float32, f func(x []float32)) {
	step := uint32(3001)
	if *exhaustive {
		step = 1
	}
	x := make([]float32, 0, chunk)
	for bits, last := uint32(0), math.Float32bits(top); bits <= last; bits += step {
		x = append(x, math.Float32frombits(bits))
		if len(x) == cap(x) {
			f(x)
			x = x[:0]
		}
	}
	f(x)
}

// accuracy has the activations that take an exponential, and the slopes that
// do. The error is in units in the last place of the exact value or, if that is
// larger, of the larger of its two terms, which may have different signs.
var accuracy = []struct {
	name  string
	run   func(dst, x []float32)
	exact func(x float64) (value, largest float64)
	ulps  float64
}{
	{"Tanh", func(dst, x []float32) { Tanh(0, dst, x) }, alone(math.Tanh), 3},
	{"Sigmoid", func(dst, x []float32) { Sigmoid(0, dst, x) }, alone(sigma), 2.5},
	{"ELU", func(dst, x []float32) { ELU(0, dst, x) }, alone(func(x float64) float64 { return max(x, math.Expm1(min(x, 0))) }), 1},
	{"ELU's slope", slopeOf(ELUGrad), alone(func(x float64) float64 { return min(1, math.Exp(x)) }), 1.5},
	{"SiLU", func(dst, x []float32) { SiLU(0, dst, x) }, alone(func(x float64) float64 { return notNaN(x * sigma(x)) }), 3.5},
	{"SiLU's slope", slopeOf(SiLUGrad), func(x float64) (float64, float64) {
		rest := notNaN(x * sigma(x) * sigma(-x))
		return sigma(x) + rest, max(sigma(x), math.Abs(rest))
	}, 4},
	{"GELU", func(dst, x []float32) { GELU(0, dst, x) }, alone(func(x float64) float64 { return notNaN(x * phi(x)) }), 4.5},
	{"GELU's slope", slopeOf(GELUGrad), func(x float64) (float64, float64) {
		rest := notNaN(x * math.Exp(-x*x/2) / math.Sqrt(2*math.Pi))
		return phi(x) + rest, max(phi(x), math.Abs(rest))
	}, 4},
}

func slopeOf(grad func(t parallel.Threads, dst, x, dy []float32)) func(dst, x []float32) {
	ones := slices.Repeat([]float32{1}, chunk)
	return func(dst, x []float32) { grad(0, dst, x, ones[:len(x)]) }
}

func alone(f func(x float64) float64) func(x float64) (float64, float64) {
	return func(x float64) (float64, float64) { return f(x), f(x) }
}

func sigma(x float64) float64 {
	if x > 0 {
		return 1 - 1/(1+math.Exp(x))
	}
	return math.Exp(x) / (1 + math.Exp(x))
}

func phi(x float64) float64 {
	if x > 0 {
		return (1 + math.Erf(x/math.Sqrt2)) / 2
	}
	return math.Erfc(-x/math.Sqrt2) / 2
}

// notNaN returns x, or 0 for the product of an infinity and 0.
func notNaN(x float64) float64 {
	if x != x {
		return 0
	}
	return x
}

func TestAccuracy(t *testing.T) {
	for _, path := range append(supported(), &plain) {
		use(t, path)
		for _, k := range accuracy {
			limit := k.ulps
			if path == &plain {
				limit = 0.5001
			}
			y, worst, at := make([]float32, chunk), 0.0, float32(0)
			compare := func(x []float32) {
				k.run(y[:len(x)], x)
				for i, v := range x {
					want, largest := k.exact(float64(v))
					if got := float64(y[i]); got != want { // may be infinite
						if e := math.Abs(got-want) / ulpOf(max(largest, math.Abs(want))); !(e <= worst) {
							worst, at = e, v
						}
					}
				}
			}
			every(inf, func(x []float32) {
				compare(x)
				for i := range x {
					x[i] = -x[i]
				}
				compare(x)
			})
			t.Logf("%s by %s: at most %.2f ulp off, at %v", k.name, path.name, worst, at)
			if !(worst <= limit) {
				t.Errorf("%s of %v by %s is %.2f ulp off, more than %v", k.name, at, path.name, worst, limit)
			}
		}
	}
}

// ulpOf returns the distance of the float32 around x.
func ulpOf(x float64) float64 {
	_, exponent := math.Frexp(x)
	return math.Ldexp(1, max(exponent, -125)-24)
}

// The error of the exponentials before they are rounded to float32, in its
// units in the last place, taken from their sum 1 + exp x, in which those of a
// larger |x| are lost.
func TestExpError(t *testing.T) {
	for _, path := range supported() {
		use(t, path)
		p, worst, at := make([]float32, 2), 0.0, float32(0)
		every(16, func(x []float32) {
			for _, v := range x {
				sum, _ := active.softmaxRow(&p[0], &[]float32{0, -v}[0], 2)
				exact := math.Exp(-float64(v))
				if e := math.Abs(sum-1-exact) / ulpOf(exact); !(e <= worst) {
					worst, at = e, v
				}
			}
		})
		t.Logf("%s: at most %.2f ulp off, at %v", path.name, worst, -at)
		if !(worst < 0.05) {
			t.Errorf("%s: exp(%v) is %.2f ulp off", path.name, -at, worst)
		}
	}
}

// Where exp is denormal or rounds to 0 it is within one denormal.
func TestExpUnderflow(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		for x := float32(-120); x < -80; x += 0.01 {
			p := make([]float32, 2)
			SoftmaxCrossEntropy(p, []float32{0, x}, []int{0}, 2)
			want := math.Exp(float64(x))
			if d := math.Abs(float64(p[1]) - want); !(d <= math.SmallestNonzeroFloat32+1e-7*want) {
				t.Fatalf("exp(%v) is %v, want %v", x, p[1], want)
			}
		}
	})
}
