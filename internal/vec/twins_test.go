package vec

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"optlab/internal/parallel"
)

// twins are the elementwise kernels, as functions of slices of one length, with
// how far the vector kernels may be from the plain ones.
var twins = []struct {
	name   string
	slices int
	run    func(t parallel.Threads, s [][]float32)
	ulps   int64
}{
	{"SGD", 2, func(t parallel.Threads, s [][]float32) { SGD(t, s[0], s[1], 0.1) }, 0},
	{"Momentum", 3, func(t parallel.Threads, s [][]float32) { Momentum(t, s[0], s[1], s[2], 0.1, 0.9, 0.1) }, 0},
	{"Momentum without average", 3, func(t parallel.Threads, s [][]float32) { Momentum(t, s[0], s[1], s[2], 3, 0, 1) }, 0},
	{"Nesterov", 3, func(t parallel.Threads, s [][]float32) { Nesterov(t, s[0], s[1], s[2], 0.1, 0.9) }, 0},
	{"RMSprop", 3, func(t parallel.Threads, s [][]float32) { RMSprop(t, s[0], s[1], s[2], usualRMSprop) }, 0},
	{"AdamW", 4, func(t parallel.Threads, s [][]float32) { AdamW(t, s[0], s[1], s[2], s[3], 0.99, usualAdam) }, 0},
	{"Adam", 4, func(t parallel.Threads, s [][]float32) { Adam(t, s[0], s[1], s[2], s[3], usualAdam) }, 0},
	{"ReLU", 2, func(t parallel.Threads, s [][]float32) { ReLU(t, s[0], s[1]) }, 0},
	{"ReLU in place", 1, func(t parallel.Threads, s [][]float32) { ReLU(t, s[0], s[0]) }, 0},
	{"ReLUGrad", 3, func(t parallel.Threads, s [][]float32) { ReLUGrad(t, s[0], s[1], s[2]) }, 0},
	{"ReLUGrad over y", 2, func(t parallel.Threads, s [][]float32) { ReLUGrad(t, s[0], s[0], s[1]) }, 0},
	{"ReLUGrad over dy", 2, func(t parallel.Threads, s [][]float32) { ReLUGrad(t, s[0], s[1], s[0]) }, 0},
	{"Tanh", 2, func(t parallel.Threads, s [][]float32) { Tanh(t, s[0], s[1]) }, tanhUlps},
	{"Tanh in place", 1, func(t parallel.Threads, s [][]float32) { Tanh(t, s[0], s[0]) }, tanhUlps},
	{"TanhGrad", 3, func(t parallel.Threads, s [][]float32) { TanhGrad(t, s[0], s[1], s[2]) }, 0},
	{"TanhGrad over dy", 2, func(t parallel.Threads, s [][]float32) { TanhGrad(t, s[0], s[1], s[0]) }, 0},
	{"LeakyReLU", 2, func(t parallel.Threads, s [][]float32) { LeakyReLU(t, s[0], s[1]) }, 0},
	{"LeakyReLUGrad", 3, func(t parallel.Threads, s [][]float32) { LeakyReLUGrad(t, s[0], s[1], s[2]) }, 0},
	{"Sigmoid", 2, func(t parallel.Threads, s [][]float32) { Sigmoid(t, s[0], s[1]) }, smoothUlps},
	{"SigmoidGrad", 3, func(t parallel.Threads, s [][]float32) { SigmoidGrad(t, s[0], s[1], s[2]) }, 0},
	{"ELU", 2, func(t parallel.Threads, s [][]float32) { ELU(t, s[0], s[1]) }, smoothUlps},
	{"ELUGrad", 3, func(t parallel.Threads, s [][]float32) { ELUGrad(t, s[0], s[1], s[2]) }, smoothUlps},
	{"SiLU", 2, func(t parallel.Threads, s [][]float32) { SiLU(t, s[0], s[1]) }, smoothUlps},
	{"GELU", 2, func(t parallel.Threads, s [][]float32) { GELU(t, s[0], s[1]) }, smoothUlps},
	{"SiLUGrad", 3, func(t parallel.Threads, s [][]float32) { SiLUGrad(t, s[0], s[1], s[2]) }, slopeUlps},
	{"GELUGrad", 3, func(t parallel.Threads, s [][]float32) { GELUGrad(t, s[0], s[1], s[2]) }, slopeUlps},
	{"GELUGrad over dy", 2, func(t parallel.Threads, s [][]float32) { GELUGrad(t, s[0], s[1], s[0]) }, slopeUlps},
	{"GELU in place", 1, func(t parallel.Threads, s [][]float32) { GELU(t, s[0], s[0]) }, smoothUlps},
	{"Mul", 3, func(t parallel.Threads, s [][]float32) { Mul(t, s[0], s[1], s[2]) }, 0},
	{"Mul in place", 2, func(t parallel.Threads, s [][]float32) { Mul(t, s[0], s[0], s[1]) }, 0},
	{"scale", 2, func(_ parallel.Threads, s [][]float32) { scale(s[0], s[1], 0.3) }, 0},
	{"Dropout", 4, func(t parallel.Threads, s [][]float32) { Dropout(t, s[0], s[1], s[2], wordsOf(s[3]), 3<<30, 4) }, 0},
	{"Dropout in place", 3, func(t parallel.Threads, s [][]float32) { Dropout(t, s[0], s[1], s[0], wordsOf(s[2]), 1<<30, 4./3) }, 0},
}

// tanhUlps is how far the tanh of a vector kernel may be from the plain one,
// and smoothUlps the same for the other activations that take an exponential. A
// slope that is a difference may be near 0: TestAccuracy says how exact it is.
const (
	tanhUlps   = 3
	smoothUlps = 5
	slopeUlps  = 1 << 16
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

// guarded returns copies of the slices that lie, offset from an aligned
// address, between numbers that no kernel may change, and the function that
// checks them.
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

// Every length at which the kernels' loops change over, and the pieces of a
// long slice; aligned or not.
func TestTwins(t *testing.T) {
	sizes := []int{1000, chunk - 1, chunk, chunk + 1, 2*chunk + 37}
	for n := range 131 {
		sizes = append(sizes, n)
	}
	for _, k := range twins {
		run := func(s [][]float32) { k.run(0, s) }
		t.Run(k.name, func(t *testing.T) {
			for _, n := range sizes {
				for offset := range 4 {
					compareTwins(t, run, k.ulps, someSlices(k.slices, n), offset)
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
		run := func(s [][]float32) { k.run(0, s) }
		t.Run(k.name, func(t *testing.T) {
			for _, special := range specials {
				for i := range n {
					s := someSlices(k.slices, n)
					s[i%k.slices][i] = special
					compareTwins(t, run, k.ulps, s, 1)
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
				compareTwins(t, run, k.ulps, s, 0)
			}
		})
	}
}

// manyElements take so long that helpers are started for them.
const manyElements = 600_000

// manySlices returns copies of one set of slices, which takes its time to make.
func manySlices(count int) (s [][]float32) {
	for _, x := range manyNormals()[:count] {
		s = append(s, slices.Clone(x))
	}
	return s
}

var manyNormals = sync.OnceValue(func() [][]float32 { return someSlices(4, manyElements) })

// Long slices, which several threads share, have the bits of one thread.
func TestThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	kernels := twins
	for _, columns := range []int{10, 100, 2000} {
		k := kernels[0]
		k.name = fmt.Sprintf("SumRows of %d columns", columns)
		k.run = func(t parallel.Threads, s [][]float32) {
			SumRows(t, s[0][:columns], s[1][:manyElements/columns*columns])
		}
		kernels = append(kernels, k)
	}
	for _, k := range kernels {
		runtime.GOMAXPROCS(1)
		want := manySlices(k.slices)
		k.run(0, want)
		for _, threads := range []int{2, 5} {
			runtime.GOMAXPROCS(threads)
			got, check := guarded(manySlices(k.slices), 0)
			k.run(0, got)
			check(t)
			for i := range want {
				wantSame(t, fmt.Sprintf("%s by %d threads", k.name, threads), got[i], want[i])
			}
		}
	}
}

// A bound of one thread starts no helpers and changes no bit.
func TestOneThread(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	time.Sleep(10 * time.Millisecond) // until helpers of other tests have ended
	before := runtime.NumGoroutine()
	for _, k := range twins {
		got, want := manySlices(k.slices), manySlices(k.slices)
		k.run(1, got)
		if now := runtime.NumGoroutine(); now > before {
			t.Fatalf("%s by one thread: %d goroutines, %d before", k.name, now, before)
		}
		k.run(0, want)
		for i := range want {
			wantSame(t, k.name+" by one thread", got[i], want[i])
		}
		for runtime.NumGoroutine() > before {
			time.Sleep(time.Millisecond)
		}
	}
}

// One instruction set has the same bits as another, also where both differ from
// the plain kernel.
func TestPathsAgree(t *testing.T) {
	all := supported()
	if len(all) < 2 {
		t.Skip("this CPU has one instruction set at most")
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 80).Draw(t, "n")
		s := [][]float32{anyFloats(t, n, "x"), anyFloats(t, n, "dy")}
		for name, a := range activations {
			var got [2][2][]float32
			for i, path := range all[:2] {
				active = path
				y, dx := garbage(n), garbage(n)
				a.value(0, y, s[0])
				a.grad(0, dx, s[0], s[1])
				got[i] = [2][]float32{y, dx}
			}
			active = best()
			wantSame(t, name+" by two instruction sets", got[0][0], got[1][0])
			wantSame(t, "the gradient of "+name+" by two instruction sets", got[0][1], got[1][1])
		}
	})
}

// Where rate·m is denormal, the plain kernel rounds what Newton's division does
// not.
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
		"Nesterov: ":       func() { Nesterov(0, x, y, x, 1, 0) },
		"RMSprop: ":        func() { RMSprop(0, x, x, y, usualRMSprop) },
		"AdamW: ":          func() { AdamW(0, x, x, y, x, 1, usualAdam) },
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
