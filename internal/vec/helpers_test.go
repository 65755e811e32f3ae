package vec

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var (
	nan     = float32(math.NaN())
	inf     = float32(math.Inf(1))
	minus0  = float32(math.Copysign(0, -1))
	lengths = []int{0, 1, 3, 16, 17, 1000}
)

// normals returns n standard normal numbers.
func normals(n int, seed uint64) []float32 {
	rng := rand.New(rand.NewPCG(seed, uint64(n)))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	return x
}

// garbage returns n NaNs: what a kernel must overwrite.
func garbage(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = nan
	}
	return x
}

// same reports whether x and y are the same number, −0 and 0 apart, or both
// NaN.
func same(x, y float32) bool {
	return math.Float32bits(x) == math.Float32bits(y) || x != x && y != y
}

// wantSame checks the elements of got to be the numbers in want.
func wantSame(t rapid.TB, what string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d elements, want %d", what, len(got), len(want))
	}
	for i := range want {
		if !same(got[i], want[i]) {
			t.Fatalf("%s: element %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

// wantNear checks that every element of got is within the given error, relative
// to the one in want.
func wantNear(t rapid.TB, what string, got []float32, want []float64, relative float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d elements, want %d", what, len(got), len(want))
	}
	for i, w := range want {
		if d := math.Abs(float64(got[i]) - w); !(d <= relative*math.Abs(w)) {
			t.Fatalf("%s: element %d is %v, want %v: %.1e of it apart", what, i, got[i], w, d/math.Abs(w))
		}
	}
}

// wantPanic checks that f panics, with part of the message.
func wantPanic(t *testing.T, part string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := fmt.Sprint(recover()); !strings.Contains(got, part) {
			t.Errorf("panic %q, want one with %q", got, part)
		}
	}()
	f()
}

// anyFloats draws n numbers of any kind, special ones often.
func anyFloats(t *rapid.T, n int, name string) []float32 {
	special := rapid.SampledFrom([]float32{0, minus0, 1, -1, nan, inf, -inf,
		math.MaxFloat32, -math.MaxFloat32, math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32})
	return rapid.SliceOfN(rapid.OneOf(special, rapid.Float32()), n, n).Draw(t, name)
}

// finiteFloats draws n numbers of at most the given magnitude.
func finiteFloats(t *rapid.T, n int, top float32, name string) []float32 {
	return rapid.SliceOfN(rapid.Float32Range(-top, top), n, n).Draw(t, name)
}

// onEveryPath runs a test with the plain kernels and with each instruction
// set's that this CPU has.
func onEveryPath(t *testing.T, f func(t *testing.T)) {
	for _, path := range append(supported(), &plain) {
		t.Run(path.name, func(t *testing.T) {
			use(t, path)
			f(t)
		})
	}
}

// use makes the kernels those in use until the test or benchmark ends.
func use(t testing.TB, k *kernels) {
	before := active
	active = k
	t.Cleanup(func() { active = before })
}

// ulps returns how many float32 lie between x and y, plus one if they differ: 0
// for two NaNs, and for one of them more than any two numbers are apart.
func ulps(x, y float32) int64 {
	if x != x || y != y {
		if x != x && y != y {
			return 0
		}
		return 1 << 33
	}
	d := ordered(x) - ordered(y)
	return max(d, -d)
}

// ordered numbers the float32 in their order, the two zeros apart.
func ordered(x float32) int64 {
	b := int64(math.Float32bits(x))
	if b >= 1<<31 {
		return 1<<31 - 1 - b
	}
	return b
}
