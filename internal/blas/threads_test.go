package blas

import (
	"bytes"
	"runtime"
	"slices"
	"testing"
	"time"

	"optlab/internal/parallel"
)

// A product large enough for helpers has the same bits with them.
func TestThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, p := range []product{{true, false, 200, 310, 330}, {false, true, 310, 200, 330}} {
		want := p.operands(1)
		runtime.GOMAXPROCS(1)
		p.run(want, 0)
		for _, threads := range []int{2, 3, 7} {
			runtime.GOMAXPROCS(threads)
			o := p.operands(1)
			p.run(o, 0)
			if !slices.Equal(o.c, want.c) || damaged(o.allC) {
				t.Errorf("%v: %d threads differ from one", p, threads)
			}
		}
	}
}

// A product for one thread starts no helper, and gives the same bits; the same
// product for all does start one.
func TestOneThread(t *testing.T) {
	if active == nil {
		t.Skip("gonum starts goroutines as it likes")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	p := product{true, false, 200, 310, 330}
	gemm := func(threads parallel.Threads) []float32 {
		o := p.operands(1)
		Gemm(threads, p.transA, p.transB, p.m, p.n, p.k, o.a, o.b, nil, o.c)
		return o.c
	}
	for end := time.Now().Add(10 * time.Second); helpers() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("a helper never ends")
		}
	}
	var want []float32
	for range 20 {
		want = gemm(1)
		if n := helpers(); n > 0 {
			t.Fatalf("a product for one thread has started %d helpers", n)
		}
	}
	seen := runtime.NumCPU() == 1
	for range 1000 {
		if !slices.Equal(gemm(0), want) {
			t.Fatal("all threads differ from one")
		}
		if seen = seen || helpers() > 0; seen {
			return
		}
	}
	t.Error("a product for all threads has started no helper")
}

// helpers returns how many helpers of package parallel there are.
func helpers() int {
	stacks := make([]byte, 1<<20)
	return bytes.Count(stacks[:runtime.Stack(stacks, true)], []byte("parallel.(*team).help("))
}
