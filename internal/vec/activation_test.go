package vec

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"optlab/internal/parallel"
)

// unary are the kernels of one input, each with the function in float64,
// computed in another way, and the relative error that is allowed. Tanh is good
// to four units in the last place, so that a faster one may be.
var unary = []struct {
	name   string
	kernel func(t parallel.Threads, dst, x []float32)
	f      func(x float64) float64
	error  float64
}{
	{"ReLU", ReLU, func(x float64) float64 { return (x + math.Abs(x)) / 2 }, 0},
	{"Tanh", Tanh, func(x float64) float64 { e := math.Expm1(2 * x); return e / (e + 2) }, 5e-7},
}

// binary are the kernels of two inputs, as unary. The error allowed for
// TanhGrad is relative to the terms of its difference.
var binary = []struct {
	name   string
	kernel func(t parallel.Threads, dst, a, b []float32)
	f      func(a, b float64) float64
	error  func(a, b float64) float64
}{
	{"Mul", Mul, func(a, b float64) float64 { return a * b }, func(a, b float64) float64 { return 6e-8 * math.Abs(a*b) }},
	{"ReLUGrad", ReLUGrad, func(y, dy float64) float64 { return dy * math.Ceil(math.Min(math.Max(y, 0), 1)) }, func(_, _ float64) float64 { return 0 }},
	{"TanhGrad", TanhGrad, func(y, dy float64) float64 { return dy * (1 - y) * (1 + y) }, func(y, dy float64) float64 { return 2e-7 * math.Abs(dy) * (1 + y*y) }},
}

func TestUnary(t *testing.T) { onEveryPath(t, testUnary) }

func testUnary(t *testing.T) {
	for _, k := range unary {
		for _, n := range lengths {
			t.Run(fmt.Sprintf("%s/%d", k.name, n), func(t *testing.T) {
				x, dst := normals(n, 1), garbage(n)
				want := make([]float64, n)
				for i, v := range x {
					want[i] = k.f(float64(v))
				}
				k.kernel(0, dst, x)
				wantNear(t, k.name, dst, want, k.error)
				wantSame(t, "the input", x, normals(n, 1))
			})
		}
	}
}

func TestBinary(t *testing.T) { onEveryPath(t, testBinary) }

func testBinary(t *testing.T) {
	for _, k := range binary {
		for _, n := range lengths {
			t.Run(fmt.Sprintf("%s/%d", k.name, n), func(t *testing.T) {
				a, b, dst := normals(n, 2), normals(n, 3), garbage(n)
				k.kernel(0, dst, a, b)
				for i, got := range dst {
					want := k.f(float64(a[i]), float64(b[i]))
					if d := math.Abs(float64(got) - want); !(d <= k.error(float64(a[i]), float64(b[i]))) {
						t.Fatalf("%s of %v and %v is %v, want %v", k.name, a[i], b[i], got, want)
					}
				}
				wantSame(t, "the first input", a, normals(n, 2))
				wantSame(t, "the second input", b, normals(n, 3))
			})
		}
	}
}

// A special value has the same result at every place of a slice, so that
// kernels working on several elements at a time agree with themselves.
const places = 19

func TestUnarySpecials(t *testing.T) { onEveryPath(t, testUnarySpecials) }

func testUnarySpecials(t *testing.T) {
	for _, c := range []struct {
		name    string
		kernel  func(t parallel.Threads, dst, x []float32)
		x, want float32
	}{
		{"ReLU", ReLU, 0, 0},
		{"ReLU", ReLU, minus0, 0},
		{"ReLU", ReLU, nan, nan},
		{"ReLU", ReLU, inf, inf},
		{"ReLU", ReLU, -inf, 0},
		{"ReLU", ReLU, math.SmallestNonzeroFloat32, math.SmallestNonzeroFloat32},
		{"ReLU", ReLU, -math.SmallestNonzeroFloat32, 0},
		{"Tanh", Tanh, 0, 0},
		{"Tanh", Tanh, minus0, minus0},
		{"Tanh", Tanh, nan, nan},
		{"Tanh", Tanh, inf, 1},
		{"Tanh", Tanh, -inf, -1},
		{"Tanh", Tanh, 50, 1},
		{"Tanh", Tanh, -math.MaxFloat32, -1},
		{"Tanh", Tanh, 1e-30, 1e-30},
	} {
		for i := range places {
			x, dst := make([]float32, places), garbage(places)
			x[i] = c.x
			want := make([]float32, places)
			want[i] = c.want
			c.kernel(0, dst, x)
			wantSame(t, fmt.Sprintf("%s of %v", c.name, c.x), dst, want)
		}
	}
}

func TestBinarySpecials(t *testing.T) { onEveryPath(t, testBinarySpecials) }

func testBinarySpecials(t *testing.T) {
	for _, c := range []struct {
		name       string
		kernel     func(t parallel.Threads, dst, a, b []float32)
		a, b, want float32
	}{
		{"Mul", Mul, minus0, 3, minus0},
		{"Mul", Mul, 0, -3, minus0},
		{"Mul", Mul, inf, 0, nan},
		{"Mul", Mul, nan, 0, nan},
		{"Mul", Mul, math.MaxFloat32, 2, inf},
		// A unit that is switched off lets nothing through, whatever comes.
		{"ReLUGrad", ReLUGrad, 0, 5, 0},
		{"ReLUGrad", ReLUGrad, 0, inf, 0},
		{"ReLUGrad", ReLUGrad, 0, nan, 0},
		{"ReLUGrad", ReLUGrad, minus0, 5, 0},
		{"ReLUGrad", ReLUGrad, -1, 5, 0},
		{"ReLUGrad", ReLUGrad, math.SmallestNonzeroFloat32, 5, 5},
		{"ReLUGrad", ReLUGrad, inf, -5, -5},
		{"ReLUGrad", ReLUGrad, 1, nan, nan},
		{"ReLUGrad", ReLUGrad, 1, minus0, minus0},
		{"TanhGrad", TanhGrad, 0, 5, 5},
		{"TanhGrad", TanhGrad, minus0, -5, -5},
		{"TanhGrad", TanhGrad, 1, 5, 0},
		{"TanhGrad", TanhGrad, -1, 5, 0},
		{"TanhGrad", TanhGrad, nan, 5, nan},
		{"TanhGrad", TanhGrad, 0.5, nan, nan},
		{"TanhGrad", TanhGrad, 0.5, inf, inf},
	} {
		for i := range places {
			a, b, dst := make([]float32, places), make([]float32, places), garbage(places)
			a[i], b[i] = c.a, c.b
			want := make([]float32, places)
			want[i] = c.want
			c.kernel(0, dst, a, b)
			wantSame(t, fmt.Sprintf("%s of %v and %v", c.name, c.a, c.b), dst, want)
		}
	}
}

// ReLU keeps what is not negative and is idempotent; tanh is odd and at most 1.
func TestActivationProperties(t *testing.T) { onEveryPath(t, testActivationProperties) }

func testActivationProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(t, "n")
		x := anyFloats(t, n, "x")
		y, again, negative := garbage(n), garbage(n), garbage(n)
		ReLU(0, y, x)
		ReLU(0, again, y)
		wantSame(t, "ReLU twice", again, y)
		for i, v := range x {
			if v > 0 && y[i] != v || v <= 0 && y[i] != 0 || v != v && y[i] == y[i] {
				t.Fatalf("ReLU(%v) is %v", v, y[i])
			}
		}
		Tanh(0, y, x)
		for i := range x {
			x[i] = -x[i]
		}
		Tanh(0, negative, x)
		for i, v := range negative {
			if !same(-v, y[i]) || v > 1 || v < -1 {
				t.Fatalf("tanh of %v and its negative: %v and %v", -x[i], y[i], v)
			}
		}
	})
}

func TestLengthMismatch(t *testing.T) { onEveryPath(t, testLengthMismatch) }

func testLengthMismatch(t *testing.T) {
	x, y := make([]float32, 3), make([]float32, 4)
	for name, f := range map[string]func(){
		"ReLU: ":                     func() { ReLU(0, x, y) },
		"Tanh: ":                     func() { Tanh(0, y, x) },
		"LeakyReLU: ":                func() { LeakyReLU(0, x, y) },
		"LeakyReLUGrad: ":            func() { LeakyReLUGrad(0, x, x, y) },
		"Sigmoid: ":                  func() { Sigmoid(0, x, y) },
		"SigmoidGrad: ":              func() { SigmoidGrad(0, x, x, y) },
		"ELU: ":                      func() { ELU(0, x, y) },
		"ELUGrad: ":                  func() { ELUGrad(0, x, x, y) },
		"SiLU: ":                     func() { SiLU(0, x, y) },
		"SiLUGrad: ":                 func() { SiLUGrad(0, x, x, y) },
		"GELU: ":                     func() { GELU(0, x, y) },
		"GELUGrad: ":                 func() { GELUGrad(0, x, x, y) },
		"Mul: slices":                func() { Mul(0, x, x, y) },
		"Mul: ":                      func() { Mul(0, x, y, x) },
		"ReLUGrad: slices":           func() { ReLUGrad(0, x, x, y) },
		"ReLUGrad: ":                 func() { ReLUGrad(0, y, x, x) },
		"TanhGrad: slices":           func() { TanhGrad(0, x, x, y) },
		"TanhGrad: ":                 func() { TanhGrad(0, x, y, x) },
		"SumRows: the":               func() { SumRows(0, x, y) },
		"SumRows: ":                  func() { SumRows(0, nil, x) },
		"SoftmaxCrossEntropy: ":      func() { SoftmaxCrossEntropy(x, y, []int{0}, 4) },
		"SoftmaxCrossEntropy: sl":    func() { SoftmaxCrossEntropy(y, y, []int{0, 0}, 4) },
		"SoftmaxCrossEntropyGrad: ":  func() { SoftmaxCrossEntropyGrad(x, y, []int{0}, 4, 1) },
		"SoftmaxCrossEntropyGrad: s": func() { SoftmaxCrossEntropyGrad(y, y, []int{0}, 3, 1) },
	} {
		t.Run(name, func(t *testing.T) { wantPanic(t, "vec: "+name, f) })
	}
}
