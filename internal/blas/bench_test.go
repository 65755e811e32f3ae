package blas

import "testing"

// BenchmarkGemm has the products of the lab: a layer's y = x·Wᵀ with its
// gradients dW = dyᵀ·x and dx = dy·W, for the small and for the large network.
func BenchmarkGemm(b *testing.B) {
	for _, c := range []struct {
		name string
		product
	}{
		{"small/y", product{false, true, 16, 128, 784}},
		{"small/dW", product{true, false, 128, 784, 16}},
		{"small/dx", product{false, false, 16, 784, 128}},
		{"last/y", product{false, true, 16, 10, 128}},
		{"large/y", product{false, true, 256, 512, 784}},
		{"large/dW", product{true, false, 512, 784, 256}},
		{"large/dx", product{false, false, 256, 784, 512}},
	} {
		b.Run(c.name+"/"+c.String(), func(b *testing.B) {
			o := c.operands(1)
			b.ReportAllocs()
			for b.Loop() {
				c.run(o, 0)
			}
			flops := 2 * float64(c.m) * float64(c.n) * float64(c.k)
			b.ReportMetric(flops*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
		})
	}
}
