package blas

import (
	"fmt"
	"runtime"
	"testing"
)

// layers returns the products of a training step of a network: for each layer
// y = x·Wᵀ and dW = dyᵀ·x, and dx = dy·W except for the first.
func layers(batch int, sizes ...int) (all []product) {
	for i, out := range sizes[1:] {
		in := sizes[i]
		all = append(all, product{false, true, batch, out, in}, product{true, false, out, in, batch})
		if i > 0 {
			all = append(all, product{false, false, batch, in, out})
		}
	}
	return all
}

// steps are the training steps of the lab's networks.
var steps = []struct {
	name     string
	products []product
}{
	{"784-128-10/16", layers(16, 784, 128, 10)},
	{"784-160-80-40-20-10/16", layers(16, 784, 160, 80, 40, 20, 10)},
	{"784-512-256-256-128-10/256", layers(256, 784, 512, 256, 256, 128, 10)},
	{"784-512-256-256-128-10/1024", layers(1024, 784, 512, 256, 256, 128, 10)},
}

// flops is the number of floating-point operations.
func (p product) flops() float64 { return 2 * float64(p.m) * float64(p.n) * float64(p.k) }

// BenchmarkStep times all products of one training step, on one thread and on
// as many as there are, and with gonum.
func BenchmarkStep(b *testing.B) {
	for _, step := range steps {
		for _, threads := range []int{1, runtime.NumCPU()} {
			b.Run(fmt.Sprintf("%s/threads=%d", step.name, threads), func(b *testing.B) { benchmark(b, threads, step.products...) })
		}
		b.Run(step.name+"/gonum", func(b *testing.B) {
			defer use(nil)()
			benchmark(b, runtime.NumCPU(), step.products...)
		})
	}
}

// BenchmarkProduct times each of the products on one thread, with every set of
// kernels and with gonum.
func BenchmarkProduct(b *testing.B) {
	for _, step := range steps {
		for _, p := range step.products {
			for _, kern := range append(assembly(), nil) {
				name := "gonum"
				if kern != nil {
					name = kern.name
				}
				b.Run(fmt.Sprintf("%v/%s", p, name), func(b *testing.B) {
					defer use(kern)()
					benchmark(b, 1, p)
				})
			}
		}
	}
}

// benchmark times products. It sets the number of threads, since b.Run does so,
// too.
func benchmark(b *testing.B, threads int, products ...product) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
	var flops float64
	matrices := make([]operands, len(products))
	for i, p := range products {
		matrices[i] = p.operands(1)
		flops += p.flops()
	}
	for b.Loop() {
		for i, p := range products {
			p.run(matrices[i], 0)
		}
	}
	b.ReportMetric(flops*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
}

// BenchmarkTile times kernels on matrices in the L1 cache: what is left of the
// CPU's peak before memory comes in.
func BenchmarkTile(b *testing.B) {
	for _, kern := range assembly() {
		b.Run(kern.name, func(b *testing.B) {
			const k = 128
			rows, n := len(kern.tiles)-1, kern.panel()
			x := make([]float32, k*(rows+n)+rows*n)
			a, c, panel := x[:rows*k], x[rows*k:][:rows*n], x[rows*(k+n):]
			for b.Loop() {
				for range 100 {
					kern.tiles[rows](k, n, 1, &a[0], k, 1, &panel[0], n, 0, nil, 0, &c[0], n)
				}
			}
			flops := 100 * product{m: rows, n: n, k: k}.flops()
			b.ReportMetric(flops*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
		})
	}
}
