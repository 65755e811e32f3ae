package blas

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
	"pgregory.net/rapid"
)

// use makes Sgemm use kern, or gonum's if that is nil, and returns what undoes
// it.
func use(kern *kernels) func() {
	before := active
	active = kern
	return func() { active = before }
}

// onEachPath runs a test with the kernels for each instruction set and with
// gonum.
func onEachPath(t *testing.T, test func(*testing.T)) {
	for _, kern := range append(assembly(), nil) {
		name := "gonum"
		if kern != nil {
			name = kern.name
		}
		t.Run(name, func(t *testing.T) {
			defer use(kern)()
			test(t)
		})
	}
}

// The tests of Gemm, which have seen only the best of the paths.
func TestEachPath(t *testing.T) {
	best := active
	onEachPath(t, func(t *testing.T) {
		if active == best || active == nil && testing.Short() {
			t.Skip("tested elsewhere")
		}
		t.Run("Shapes", TestShapes)
		t.Run("Row", TestRow)
		t.Run("RandomShapes", TestRandomShapes)
		t.Run("LongSlices", TestLongSlices)
		t.Run("Panics", TestPanics)
		t.Run("Specials", TestSpecials)
		t.Run("SameBits", TestSameBits)
	})
}

// sgemm is a call of Sgemm: a product with factors, and with padding in its
// rows.
type sgemm struct {
	product
	alpha, beta      float32
	padA, padB, padC int
}

func (s sgemm) String() string {
	return fmt.Sprintf("%v, alpha %v, beta %v, padding %d, %d, %d", s.product, s.alpha, s.beta, s.padA, s.padB, s.padC)
}

// padded is a matrix whose rows are ld apart. What is between and around them
// is NaN.
type padded struct {
	x, all         []float32
	rows, cols, ld int
}

func newPadded(trans bool, rows, cols, pad int, rng *rand.Rand) padded {
	if trans {
		rows, cols = cols, rows
	}
	p := padded{rows: rows, cols: cols, ld: max(1, cols) + pad}
	p.x, p.all = guarded((rows-1)*p.ld+cols, rng)
	for i := range p.x {
		if i%p.ld >= cols {
			p.x[i] = float32(math.NaN())
		}
	}
	return p
}

// damaged reports whether anything beside the matrix is no longer NaN.
func (p padded) damaged() bool {
	for i, v := range p.x {
		if i%p.ld >= p.cols && v == v {
			return true
		}
	}
	return damaged(p.all)
}

// dense returns the matrix without padding.
func (p padded) dense() (x []float32) {
	for i := range p.rows {
		x = append(x, p.x[i*p.ld:][:p.cols]...)
	}
	return x
}

func (s sgemm) operands(seed uint64) (a, b, c padded) {
	rng := rand.New(rand.NewPCG(seed, 1))
	a = newPadded(s.transA, s.m, s.k, s.padA, rng)
	b = newPadded(s.transB, s.k, s.n, s.padB, rng)
	return a, b, newPadded(false, s.m, s.n, s.padC, rng)
}

func (s sgemm) call(a, b, c padded) {
	Implementation{}.Sgemm(transpose(s.transA), transpose(s.transB), s.m, s.n, s.k,
		s.alpha, a.x, a.ld, b.x, b.ld, s.beta, c.x, c.ld)
}

// check compares a call with three loops in float64, and checks that nothing
// beside C has changed.
func (s sgemm) check(t rapid.TB, seed uint64) {
	t.Helper()
	a, b, c := s.operands(seed)
	before := c.dense()
	if s.beta == 0 {
		for i := range c.rows {
			for j := range c.cols {
				c.x[i*c.ld+j] = float32(math.NaN())
			}
		}
	}
	s.call(a, b, c)
	denseA, denseB, got := a.dense(), b.dense(), c.dense()
	for i := range s.m {
		for j := range s.n {
			sum, size := s.element(denseA, denseB, i, j)
			want := float64(s.alpha) * sum
			size *= math.Abs(float64(s.alpha))
			if s.beta != 0 {
				old := float64(s.beta) * float64(before[i*s.n+j])
				want, size = want+old, size+math.Abs(old)
			}
			bound := float64(s.k+4) / (1 << 24) * size
			if g := float64(got[i*s.n+j]); !(math.Abs(g-want) <= bound) {
				t.Fatalf("%v: element (%d, %d) is %v, want %v", s, i, j, g, want)
			}
		}
	}
	if a.damaged() || b.damaged() || c.damaged() {
		t.Fatalf("%v writes beside a matrix", s)
	}
	a2, b2, _ := s.operands(seed)
	if !slices.Equal(denseA, a2.dense()) || !slices.Equal(denseB, b2.dense()) {
		t.Fatalf("%v changes a factor", s)
	}
}

// Every size from 1 to 40 in each dimension: all heights of a kernel, all its
// edges of columns.
func TestEdges(t *testing.T) {
	step := 1
	if testing.Short() {
		step = 3
	}
	onEachPath(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(7, 7))
		for x := 1; x <= 40; x += step {
			for y := 1; y <= 40; y++ {
				z := 1 + rng.IntN(40)
				for i, size := range [][3]int{{x, y, z}, {z, x, y}} {
					s := sgemm{product: product{(x+y)&1 != 0, (x+y)&2 != 0, size[0], size[1], size[2]}, alpha: 1}
					s.beta, s.padA, s.padB, s.padC = float32((x+i)&1), x&3, y&3, z&3
					s.check(t, uint64(x*100+y))
				}
			}
		}
	})
}

// Sizes where another block, sliver or panel begins.
func TestBlocks(t *testing.T) {
	const wide = 800 // columns in a block of B of full depth
	sizes := [][3]int{
		{14, 32, maxDepth}, {15, 33, maxDepth + 1}, {29, 31, maxDepth - 1}, {13, 64, 2*maxDepth + 1},
		{43, wide + 1, maxDepth}, {3, wide + 17, maxDepth}, {16, maxFlipped, 20}, {16, maxFlipped + 3, 20},
		{64, 48, 256}, {30, 100, 256}, {256, 20, 65}, {40, 40, 512},
	}
	for _, kern := range assembly() {
		restore := use(kern)
		for i, size := range sizes {
			if testing.Short() && size[0]*size[1]*size[2] > 1e6 {
				continue
			}
			fourWays(size[0], size[1], size[2], func(p product) {
				sgemm{product: p, alpha: 1, beta: float32(i & 1)}.check(t, uint64(i))
			})
		}
		restore()
	}
}

func TestRandomCalls(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			size := rapid.OneOf(rapid.IntRange(1, 70), rapid.SampledFrom([]int{14, 28, 32, 64, 128, 150, 256}))
			factor := rapid.SampledFrom([]float32{1, 0, -1, 0.3, 2})
			pad := rapid.SampledFrom([]int{0, 0, 1, 5, 32})
			s := sgemm{
				product: product{
					rapid.Bool().Draw(t, "transA"), rapid.Bool().Draw(t, "transB"),
					size.Draw(t, "m"), size.Draw(t, "n"), size.Draw(t, "k"),
				},
				alpha: factor.Draw(t, "alpha"), beta: factor.Draw(t, "beta"),
				padA: pad.Draw(t, "padA"), padB: pad.Draw(t, "padB"), padC: pad.Draw(t, "padC"),
			}
			s.check(t, rapid.Uint64().Draw(t, "seed"))
		})
	})
}

// The instruction sets add up in the same order.
func TestSameBitsOnEachPath(t *testing.T) {
	sets := assembly()
	if len(sets) < 2 {
		t.Skip("only one set of kernels runs here")
	}
	for i, size := range [][3]int{{16, 128, 784}, {16, 10, 128}, {128, 784, 16}, {67, 129, 465}} {
		fourWays(size[0], size[1], size[2], func(p product) {
			s := sgemm{product: p, alpha: 0.7, beta: float32(i & 1)}
			var first []float32
			for _, kern := range sets {
				restore := use(kern)
				a, b, c := s.operands(3)
				s.call(a, b, c)
				restore()
				if got := c.dense(); first == nil {
					first = got
				} else if !slices.Equal(got, first) {
					t.Errorf("%v: %s gives other bits than %s", s, kern.name, sets[0].name)
				}
			}
		})
	}
}

// A zero does not hide an infinity, as it does in gonum's.
func TestZeroTimesInfinity(t *testing.T) {
	for _, kern := range assembly() {
		restore := use(kern)
		fourWays(17, 35, 9, func(p product) {
			o := p.operands(1)
			o.a[index(p.transA, 3, 4, p.m, p.k)] = 0
			o.b[index(p.transB, 4, 34, p.k, p.n)] = float32(math.Inf(1))
			p.run(o, 0)
			if got := o.c[3*p.n+34]; got == got {
				t.Errorf("%v with %s: 0·∞ is %v", p, kern.name, got)
			}
		})
		restore()
	}
}

// Products with nothing to add up or nothing to compute. The factors are not
// read; gonum's does read them for an alpha of 0.
func TestDegenerate(t *testing.T) {
	nan := float32(math.NaN())
	onEachPath(t, func(t *testing.T) {
		factor := slices.Repeat([]float32{nan}, 10)
		if active == nil {
			factor = make([]float32, 10)
		}
		for _, test := range []struct {
			m, n, k     int
			alpha, beta float32
			c, want     []float32
		}{
			{m: 1, n: 2, k: 0, alpha: 1, beta: 0, c: []float32{nan, 3}, want: []float32{0, 0}},
			{m: 1, n: 2, k: 0, alpha: 1, beta: 2, c: []float32{1, 3}, want: []float32{2, 6}},
			{m: 1, n: 2, k: 1, alpha: 0, beta: 0, c: []float32{nan, 3}, want: []float32{0, 0}},
			{m: 1, n: 2, k: 1, alpha: 0, beta: 1, c: []float32{2, 3}, want: []float32{2, 3}},
			{m: 2, n: 1, k: 1, alpha: 0, beta: 3, c: []float32{2, 3, 4, 5}, want: []float32{6, 3, 4, 15}},
			{m: 0, n: 2, k: 1, alpha: 1, beta: 0, c: []float32{5}, want: []float32{5}},
			{m: 1, n: 0, k: 1, alpha: 1, beta: 0, c: []float32{5}, want: []float32{5}},
		} {
			fourWays(test.m, test.n, test.k, func(p product) {
				c := slices.Clone(test.c)
				Implementation{}.Sgemm(transpose(p.transA), transpose(p.transB), test.m, test.n, test.k,
					test.alpha, factor, 3, factor, 3, test.beta, c, 3)
				if !slices.Equal(c, test.want) {
					t.Errorf("%v, alpha %v, beta %v: %v, want %v", p, test.alpha, test.beta, c, test.want)
				}
			})
		}
	})
}

// Wrong arguments cause the panics that they cause in gonum.
func TestPanicsAsGonum(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	seen := map[string]bool{}
	for range 5000 {
		ops := [...]blas.Transpose{blas.NoTrans, blas.Trans, blas.ConjTrans, blas.NoTrans, blas.Trans, 'x'}
		tA, tB := ops[rng.IntN(len(ops))], ops[rng.IntN(len(ops))]
		pick := func() int { return rng.IntN(6) - 1 }
		m, n, k, lda, ldb, ldc := pick(), pick(), pick(), pick()+2, pick()+2, pick()+2
		a, b, c := make([]float32, rng.IntN(25)), make([]float32, rng.IntN(25)), make([]float32, rng.IntN(25))
		message := func(f blas.Float32Level3) (text string) {
			defer func() { text = fmt.Sprint(recover()) }()
			f.Sgemm(tA, tB, m, n, k, 1, a, lda, b, ldb, 0, c, ldc)
			return ""
		}
		want := message(gonum.Implementation{})
		seen[want] = true
		for _, kern := range append(assembly(), nil) {
			restore := use(kern)
			if got := message(Implementation{}); got != want {
				t.Errorf("%v: %c%c %d×%d×%d, rows of %d, %d, %d, lengths %d, %d, %d: panic %q, want %q",
					kern, tA, tB, m, n, k, lda, ldb, ldc, len(a), len(b), len(c), got, want)
			}
			restore()
		}
	}
	if len(seen) != 11 {
		t.Errorf("only these panics were tried: %v", seen)
	}
}
