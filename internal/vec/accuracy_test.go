package vec

import (
	"flag"
	"math"
	"testing"
)

var exhaustive = flag.Bool("exhaustive", false, "compare tanh and exp for every float32, for minutes")

// every calls f with slices of the non-negative float32 up to top, all of them or
// one in thousands.
func every(top float32, f func(x []float32)) {
	step := uint32(1009)
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

// The error of tanh in units in the last place of the exact value, over all float32
// from 0; the function is odd.
func TestTanhError(t *testing.T) {
	for _, path := range supported() {
		use(t, path)
		y, worst, at := make([]float32, chunk), 0.0, float32(0)
		every(inf, func(x []float32) {
			Tanh(0, y[:len(x)], x)
			for i, v := range x {
				exact := math.Tanh(float64(v))
				if e := math.Abs(float64(y[i])-exact) / ulpOf(exact); !(e <= worst) {
					worst, at = e, v
				}
			}
		})
		t.Logf("%s: at most %.2f ulp off, at %v", path.name, worst, at)
		if !(worst < 3) {
			t.Errorf("%s: tanh(%v) is %.2f ulp off", path.name, at, worst)
		}
	}
}

// ulpOf returns the distance of the float32 around x.
func ulpOf(x float64) float64 {
	_, exponent := math.Frexp(x)
	return math.Ldexp(1, max(exponent, -125)-24)
}

// The error of the exponentials before they are rounded to float32, in its units in
// the last place, taken from their sum 1 + exp x, in which those of a larger |x| are
// lost.
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
