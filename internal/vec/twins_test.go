package vec

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// twins are the elementwise kernels, as functions of slices of one length, with how
// far the vector kernels may be from the plain ones.
var twins = []struct {
	name   string
	slices int
	run    func(s [][]float32)
	ulps   int64
}{
	{"SGD", 2, func(s [][]float32) { SGD(0, s[0], s[1], 0.1) }, 0},
	{"Momentum", 3, func(s [][]float32) { Momentum(0, s[0], s[1], s[2], 0.1, 0.9, 0.1) }, 0},
	{"Momentum without average", 3, func(s [][]float32) { Momentum(0, s[0], s[1], s[2], 3, 0, 1) }, 0},
	{"Nesterov", 3, func(s [][]float32) { Nesterov(0, s[0], s[1], s[2], 0.1, 0.9) }, 0},
	{"RMSprop", 3, func(s [][]float32) { RMSprop(0, s[0], s[1], s[2], usualRMSprop) }, 0},
	{"AdamW", 4, func(s [][]float32) { AdamW(0, s[0], s[1], s[2], s[3], 0.99, usualAdam) }, 0},
	{"Adam", 4, func(s [][]float32) { Adam(0, s[0], s[1], s[2], s[3], usualAdam) }, 0},
	{"ReLU", 2, func(s [][]float32) { ReLU(0, s[0], s[1]) }, 0},
	{"ReLU in place", 1, func(s [][]float32) { ReLU(0, s[0], s[0]) }, 0},
	{"ReLUGrad", 3, func(s [][]float32) { ReLUGrad(0, s[0], s[1], s[2]) }, 0},
	{"ReLUGrad over y", 2, func(s [][]float32) { ReLUGrad(0, s[0], s[0], s[1]) }, 0},
	{"ReLUGrad over dy", 2, func(s [][]float32) { ReLUGrad(0, s[0], s[1], s[0]) }, 0},
	{"Tanh", 2, func(s [][]float32) { Tanh(0, s[0], s[1]) }, tanhUlps},
	{"Tanh in place", 1, func(s [][]float32) { Tanh(0, s[0], s[0]) }, tanhUlps},
	{"TanhGrad", 3, func(s [][]float32) { TanhGrad(0, s[0], s[1], s[2]) }, 0},
	{"TanhGrad over dy", 2, func(s [][]float32) { TanhGrad(0, s[0], s[1], s[0]) }, 0},
	{"LeakyReLU", 2, func(s [][]float32) { LeakyReLU(0, s[0], s[1]) }, 0},
	{"LeakyReLUGrad", 3, func(s [][]float32) { LeakyReLUGrad(0, s[0], s[1], s[2]) }, 0},
	{"Sigmoid", 2, func(s [][]float32) { Sigmoid(0, s[0], s[1]) }, smoothUlps},
	{"SigmoidGrad", 3, func(s [][]float32) { SigmoidGrad(0, s[0], s[1], s[2]) }, 0},
	{"ELU", 2, func(s [][]float32) { ELU(0, s[0], s[1]) }, smoothUlps},
	{"ELUGrad", 3, func(s [][]float32) { ELUGrad(0, s[0], s[1], s[2]) }, smoothUlps},
	{"SiLU", 2, func(s [][]float32) { SiLU(0, s[0], s[1]) }, smoothUlps},
	{"GELU", 2, func(s [][]float32) { GELU(0, s[0], s[1]) }, smoothUlps},
	{"GELU in place", 1, func(s [][]float32) { GELU(0, s[0], s[0]) }, smoothUlps},
	{"Mul", 3, func(s [][]float32) { Mul(0, s[0], s[1], s[2]) }, 0},
	{"Mul in place", 2, func(s [][]float32) { Mul(0, s[0], s[0], s[1]) }, 0},
	{"scale", 2, func(s [][]float32) { scale(s[0], s[1], 0.3) }, 0},
	{"Dropout", 4, func(s [][]float32) { Dropout(0, s[0], s[1], s[2], wordsOf(s[3]), 3<<30, 4) }, 0},
	{"Dropout in place", 3, func(s [][]float32) { Dropout(0, s[0], s[1], s[0], wordsOf(s[2]), 1<<30, 4./3) }, 0},
}

// tanhUlps is how far the tanh of a vector kernel may be from the plain one, and
// smoothUlps the same for the other activations that take an exponential.
const (
	tanhUlps   = 3
	smoothUlps = 4
)

var usualRMSprop = RMSpropScalars{Alpha: 0.99, Share: 0.01, Rate: 0.01, Epsilon: 1e-8}

var usualAdam = AdamScalars{Beta1: 0.9, Share1: 0.1, Beta2: 0.999, Share2: 0.001, Rate: 0.01, Root: 1.5, Epsilon: 1e-8}

// wordsOf returns the bits of x, which make words of every size.
func wordsOf(x []float32) []uint32 {
	words := make([]uint32, len(x))
	for i, v := range x {
		words[i] = math.Float32bits(v)
	}
	return words
}

// guard is how many numbers around a slice do not belong to it.
const guard = 21

// guarded returns copies of the slices that lie, offset from an aligned address,
// between numbers that no kernel may change, and the function that checks them.
func guarded(s [][]float32, offset int) (copies [][]float32, check func(t rapid.TB)) {
	const mark = 12345
	var all [][]float32
	for _, x := range s {
		a := slices.Repeat([]float32{mark}, len(x)+2*guard+offset)
		c := a[guard+offset:][:len(x):len(x)]
		copy(c, x)
		copies, all = append(copies, c), append(all, a)
	}
	return copies, func(t rapid.TB) {
		t.Helper()
		for i, a := range all {
			for _, v := range append(slices.Clone(a[:guard+offset]), a[len(a)-guard:]...) {
				if v != mark {
					t.Fatalf("wrote beside slice %d of %d elements", i, len(s[i]))
				}
			}
		}
	}
}

// compareTwins checks a kernel on every path against the plain one.
func compareTwins(t *testing.T, run func([][]float32), allowed int64, inputs [][]float32, offset int) {
	t.Helper()
	want, _ := guarded(inputs, offset)
	plainly(func() { run(want) })
	for _, path := range supported() {
		active = path
		got, check := guarded(inputs, offset)
		run(got)
		check(t)
		for i := range want {
			for j, w := range want[i] {
				if ulps(got[i][j], w) > allowed {
					t.Fatalf("%s: slice %d, element %d of %d is %v, want %v", path.name, i, j, len(want[i]), got[i][j], w)
				}
			}
		}
	}
	active = best()
}

func plainly(f func()) {
	before := active
	active = &plain
	f()
	active = before
}

func someSlices(count, n int) (s [][]float32) {
	for i := range count {
		s = append(s, normals(n, uint64(i)))
	}
	return s
}

// Every length at which the kernels' loops change over, and the pieces of a long
// slice; aligned or not.
func TestTwins(t *testing.T) {
	sizes := []int{1000, chunk - 1, chunk, chunk + 1, 2*chunk + 37}
	for n := range 131 {
		sizes = append(sizes, n)
	}
	for _, k := range twins {
		t.Run(k.name, func(t *testing.T) {
			for _, n := range sizes {
				for offset := range 4 {
					compareTwins(t, k.run, k.ulps, someSlices(k.slices, n), offset)
				}
			}
		})
	}
}

var specials = []float32{0, minus0, 1, -1, nan, inf, -inf, math.MaxFloat32, -math.MaxFloat32,
	0x1p-126, -0x1p-126, 0x1.fffffcp-127, -0x1.fffffcp-127, math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32, 1e-20}

// Special values in every place of every slice, alone and together.
func TestTwinsOnSpecials(t *testing.T) {
	const n = 4*16 + 2*16 + 7
	for _, k := range twins {
		t.Run(k.name, func(t *testing.T) {
			for _, special := range specials {
				for i := range n {
					s := someSlices(k.slices, n)
					s[i%k.slices][i] = special
					compareTwins(t, k.run, k.ulps, s, 1)
				}
			}
			rng := rand.New(rand.NewPCG(1, 2))
			for range 300 {
				s := someSlices(k.slices, n)
				for _, x := range s {
					for i := range x {
						x[i] = specials[rng.IntN(len(specials))]
					}
				}
				compareTwins(t, k.run, k.ulps, s, 0)
			}
		})
	}
}

// Long slices, which several threads share, have the bits of one thread.
func TestThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	const n = 400_000
	kernels := twins
	for _, columns := range []int{10, 100, 2000} {
		k := kernels[0]
		k.name = fmt.Sprintf("SumRows of %d columns", columns)
		k.run = func(s [][]float32) { SumRows(0, s[0][:columns], s[1][:n/columns*columns]) }
		kernels = append(kernels, k)
	}
	for _, k := range kernels {
		runtime.GOMAXPROCS(1)
		want := someSlices(k.slices, n)
		k.run(want)
		for _, threads := range []int{2, 5} {
			runtime.GOMAXPROCS(threads)
			got, check := guarded(someSlices(k.slices, n), 0)
			k.run(got)
			check(t)
			for i := range want {
				wantSame(t, fmt.Sprintf("%s by %d threads", k.name, threads), got[i], want[i])
			}
		}
	}
}

// One instruction set has the same bits as another, also where both differ from the
// plain kernel.
func TestPathsAgree(t *testing.T) {
	all := supported()
	if len(all) < 2 {
		t.Skip("this CPU has one instruction set at most")
	}
	rapid.Check(t, func(t *rapid.T) {
		x := anyFloats(t, rapid.IntRange(0, 80).Draw(t, "n"), "x")
		a, b := garbage(len(x)), garbage(len(x))
		all[0].tanh.over(0, a, x, nil)
		all[1].tanh.over(0, b, x, nil)
		wantSame(t, fmt.Sprintf("tanh by %s and %s", all[0].name, all[1].name), a, b)
	})
}

// Where rate·m is denormal, the plain kernel rounds what Newton's division does not.
func TestAdamDenormalStep(t *testing.T) {
	for _, w := range []float32{0, 1e-20, 1} {
		for _, m := range []float32{0x1p-126, 0x1p-125, 1e-37, -1e-36} {
			s := [][]float32{{w}, {0}, {m}, {0}}
			want, _ := guarded(s, 0)
			plainly(func() { Adam(0, want[0], want[1], want[2], want[3], usualAdam) })
			onEveryPath(t, func(t *testing.T) {
				got, _ := guarded(s, 0)
				Adam(0, got[0], got[1], got[2], got[3], usualAdam)
				wantSame(t, "m", got[2], want[2])
				if d := math.Abs(float64(got[0][0] - want[0][0])); !(d <= 1e-36) || w != 0 && d != 0 {
					t.Errorf("w = %v, m = %v: stepped to %v, want %v", w, m, got[0][0], want[0][0])
				}
			})
		}
	}
}

func TestUpdateLengths(t *testing.T) {
	x, y := make([]float32, 3), make([]float32, 4)
	for name, f := range map[string]func(){
		"SGD: ":            func() { SGD(0, x, y, 1) },
		"Momentum: slices": func() { Momentum(0, x, x, y, 1, 0, 1) },
		"Momentum: ":       func() { Momentum(0, x, y, x, 1, 0, 1) },
		"Adam: ":           func() { Adam(0, x, x, x, y, usualAdam) },
		"Adam: slices":     func() { Adam(0, x, x, y, x, usualAdam) },
		"Dropout: ":        func() { Dropout(0, x, x, x, make([]uint32, 4), 1, 1) },
		"Pixels: ":         func() { Pixels(x, make([]byte, 4), 1, 0) },
		"MersenneTemper: ": func() { MersenneTemper(make([]uint32, 3), make([]uint32, 4)) },
	} {
		t.Run(name, func(t *testing.T) { wantPanic(t, "vec: "+name, f) })
	}
}
