package blas

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// product is a call of Gemm: the sizes, and whether the factors are transposed.
type product struct {
	transA, transB bool
	m, n, k        int
}

func (p product) String() string {
	letter := map[bool]string{true: "T", false: "N"}
	return fmt.Sprintf("%s%s/%dx%dx%d", letter[p.transA], letter[p.transB], p.m, p.n, p.k)
}

// guard is how many numbers around a matrix do not belong to it.
const guard = 40

// guarded returns n normal numbers, x, and the slice all in which they lie
// between NaNs: a kernel that reads those shows it in the product, one that
// writes them in damaged.
func guarded(n int, rng *rand.Rand) (x, all []float32) {
	all = slices.Repeat([]float32{float32(math.NaN())}, n+2*guard)
	x = all[guard : guard+n]
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	return x, all
}

// damaged reports whether a guard is no longer all NaN.
func damaged(all []float32) bool {
	number := func(v float32) bool { return v == v }
	return slices.ContainsFunc(all[:guard], number) || slices.ContainsFunc(all[len(all)-guard:], number)
}

// operands are matrices for a product.
type operands struct{ a, b, c, allA, allB, allC []float32 }

func (p product) operands(seed uint64) (o operands) {
	rng := rand.New(rand.NewPCG(seed, 0))
	o.a, o.allA = guarded(p.m*p.k, rng)
	o.b, o.allB = guarded(p.k*p.n, rng)
	o.c, o.allC = guarded(p.m*p.n, rng)
	return o
}

func (p product) run(o operands, beta float32) {
	if beta == 0 {
		Gemm(0, p.transA, p.transB, p.m, p.n, p.k, o.a, o.b, nil, o.c)
		return
	}
	lda, ldb := p.k, p.n
	if p.transA {
		lda = p.m
	}
	if p.transB {
		ldb = p.k
	}
	Implementation{}.Sgemm(transpose(p.transA), transpose(p.transB), p.m, p.n, p.k, 1, o.a, lda, o.b, ldb, beta, o.c, p.n)
}

// element returns element (i, j) of op(A)·op(B) in float64, and the same of the
// absolute values, to which its rounding error is proportional.
func (p product) element(a, b []float32, i, j int) (sum, size float64) {
	for l := range p.k {
		x, y := i*p.k+l, l*p.n+j
		if p.transA {
			x = l*p.m + i
		}
		if p.transB {
			y = j*p.k + l
		}
		v := float64(a[x]) * float64(b[y])
		sum += v
		size += math.Abs(v)
	}
	return sum, size
}

// compare checks one product against three loops, and that nothing beside C has
// changed.
func (p product) compare(t rapid.TB, seed uint64, beta float32) {
	t.Helper()
	o, before := p.operands(seed), p.operands(seed)
	if beta == 0 {
		for i := range o.c {
			o.c[i] = float32(math.NaN()) // to be overwritten
			before.c[i] = 0
		}
	}
	p.run(o, beta)
	for i := range p.m {
		for j := range p.n {
			sum, size := p.element(o.a, o.b, i, j)
			old := float64(beta) * float64(before.c[i*p.n+j])
			// Each of the k products and sums rounds once, by at most 2⁻²⁴.
			bound := float64(p.k+2) / (1 << 24) * (size + math.Abs(old))
			if got := float64(o.c[i*p.n+j]); !(math.Abs(got-sum-old) <= bound) {
				t.Fatalf("%v, beta %v: element (%d, %d) is %v, want %v", p, beta, i, j, got, sum+old)
			}
		}
	}
	if damaged(o.allA) || damaged(o.allB) || damaged(o.allC) {
		t.Fatalf("%v writes beside a matrix", p)
	}
	if !slices.Equal(o.a, before.a) || !slices.Equal(o.b, before.b) {
		t.Fatalf("%v changes a factor", p)
	}
}

// fourWays calls f with all cases of transposition.
func fourWays(m, n, k int, f func(product)) {
	for i := range 4 {
		f(product{i&1 != 0, i&2 != 0, m, n, k})
	}
}

// The edges of what a kernel may work on at a time, and beyond the size from
// which the work is shared between cores.
func TestShapes(t *testing.T) {
	sizes := []int{1, 2, 7, 16, 17, 33}
	for _, m := range sizes {
		for _, n := range sizes {
			for _, k := range sizes {
				fourWays(m, n, k, func(p product) {
					for _, beta := range []float32{0, 1, -0.5} {
						p.compare(t, 1, beta)
					}
				})
			}
		}
	}
	for _, s := range [][3]int{{129, 65, 64}, {64, 128, 200}, {1, 300, 500}, {300, 1, 500}, {150, 150, 1}, {16, 128, 784}} {
		fourWays(s[0], s[1], s[2], func(p product) {
			t.Run(p.String(), func(t *testing.T) { p.compare(t, 2, 0); p.compare(t, 3, 1) })
		})
	}
}

func TestRandomShapes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 90)
		p := product{
			transA: rapid.Bool().Draw(t, "transA"), transB: rapid.Bool().Draw(t, "transB"),
			m: size.Draw(t, "m"), n: size.Draw(t, "n"), k: size.Draw(t, "k"),
		}
		beta := rapid.SampledFrom([]float32{0, 1, 2, -0.25}).Draw(t, "beta")
		p.compare(t, rapid.Uint64().Draw(t, "seed"), beta)
	})
}

// A row that is added is the same as rows that are there, bit for bit.
func TestRow(t *testing.T) {
	for _, s := range [][3]int{{1, 1, 1}, {3, 40, 20}, {16, 128, 784}, {16, 10, 128}, {100, 75, 350}, {300, 10, 50}, {40, 1100, 40}, {200, 310, 330}} {
		fourWays(s[0], s[1], s[2], func(p product) {
			want, got := p.operands(5), p.operands(5)
			row, all := guarded(p.n, rand.New(rand.NewPCG(6, 0)))
			for i := range p.m {
				copy(want.c[i*p.n:], row)
			}
			p.run(want, 1)
			Gemm(0, p.transA, p.transB, p.m, p.n, p.k, got.a, got.b, row, got.c)
			if !slices.Equal(got.c, want.c) {
				t.Errorf("%v plus a row differs from the product plus a matrix", p)
			}
			if damaged(got.allC) || damaged(all) {
				t.Errorf("%v plus a row writes beside a matrix", p)
			}
		})
	}
	wantPanic(t, "a short row", "blas: insufficient length of the row", func() {
		Gemm(0, false, false, 2, 3, 1, make([]float32, 2), make([]float32, 3), make([]float32, 2)[:2:2], make([]float32, 6))
	})
}

// Slices longer than their matrices are allowed; what follows C stays as it is.
func TestLongSlices(t *testing.T) {
	fourWays(5, 6, 7, func(p product) {
		long, exact := p.operands(4), p.operands(4)
		long.a, long.b = long.allA[guard:], long.allB[guard:]
		long.c = long.allC[guard:]
		p.run(long, 1)
		p.run(exact, 1)
		if !slices.Equal(long.c[:len(exact.c)], exact.c) || damaged(long.allC) {
			t.Errorf("%v: the product depends on what follows the matrices", p)
		}
	})
}

func TestPanics(t *testing.T) {
	fourWays(4, 5, 6, func(p product) {
		for name, shorten := range map[string]func(*operands){
			"A": func(o *operands) { o.a = o.a[:len(o.a)-1] },
			"B": func(o *operands) { o.b = o.b[:len(o.b)-1] },
			"C": func(o *operands) { o.c = o.c[:len(o.c)-1] },
		} {
			o := p.operands(1)
			shorten(&o)
			wantPanic(t, fmt.Sprint(p, " with a short ", name), "blas: ", func() { p.run(o, 0) })
		}
	})
	for _, s := range [][3]int{{0, 2, 2}, {2, 0, 2}, {2, 2, 0}, {-1, 2, 2}, {2, -1, 2}, {2, 2, -1}} {
		fourWays(s[0], s[1], s[2], func(p product) {
			x := make([]float32, 4)
			wantPanic(t, p.String(), "blas: a size of a product is not positive", func() { Gemm(0, p.transA, p.transB, p.m, p.n, p.k, x, x, nil, x) })
		})
	}
}

func wantPanic(t *testing.T, what, part string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := fmt.Sprint(recover()); !strings.Contains(got, part) {
			t.Errorf("%s: panic %q, want one with %q", what, got, part)
		}
	}()
	f()
}

// A NaN or an infinity in a factor reaches the row or column of C that it
// belongs to, and no other element.
func TestSpecials(t *testing.T) {
	for _, special := range []float64{math.NaN(), math.Inf(1)} {
		fourWays(20, 18, 33, func(p product) {
			const i, l, j = 17, 31, 16 // in a kernel's remainder
			rowOfC, o := i, p.operands(5)
			o.a[index(p.transA, i, l, p.m, p.k)] = float32(special)
			p.run(o, 0)
			p.wantFinite(t, o.c, func(r, _ int) bool { return r != rowOfC })

			o = p.operands(5)
			o.b[index(p.transB, l, j, p.k, p.n)] = float32(special)
			p.run(o, 0)
			p.wantFinite(t, o.c, func(_, c int) bool { return c != j })
		})
	}
}

// index returns where element (i, j) of op(X), [rows, cols], is in X.
func index(trans bool, i, j, rows, cols int) int {
	if trans {
		return j*rows + i
	}
	return i*cols + j
}

// wantFinite checks that the elements of c that are finite are those asked for.
func (p product) wantFinite(t *testing.T, c []float32, finite func(i, j int) bool) {
	t.Helper()
	for i, v := range c {
		if got := !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0); got != finite(i/p.n, i%p.n) {
			t.Errorf("%v: element (%d, %d) is %v", p, i/p.n, i%p.n, v)
			return
		}
	}
}

// The bits are the same in every run, however many cores there are, and with
// other callers at the same time.
func TestSameBits(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, s := range [][3]int{{16, 128, 784}, {200, 150, 300}, {67, 129, 65}} {
		fourWays(s[0], s[1], s[2], func(p product) {
			t.Run(p.String(), func(t *testing.T) {
				first := p.operands(6)
				p.run(first, 1)
				for _, cores := range []int{1, 2, 4} {
					runtime.GOMAXPROCS(cores)
					for range 3 {
						o := p.operands(6)
						p.run(o, 1)
						if !slices.Equal(o.c, first.c) {
							t.Fatalf("with %d cores the bits are others", cores)
						}
					}
				}
				p.concurrently(t, first)
			})
		})
	}
}

// concurrently repeats a product that gave first.c with callers who share A and
// B.
func (p product) concurrently(t *testing.T, first operands) {
	var wg sync.WaitGroup
	results := make([]operands, 4)
	for i := range results {
		results[i] = p.operands(6)
		results[i].a, results[i].b = first.a, first.b
		wg.Go(func() { p.run(results[i], 1) })
	}
	wg.Wait()
	for i, o := range results {
		if !slices.Equal(o.c, first.c) || damaged(o.allC) {
			t.Errorf("caller %d of several gets other bits", i)
		}
	}
}
