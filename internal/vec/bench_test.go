package vec

import (
	"fmt"
	"testing"
)

// measure runs a kernel on two sizes, a layer's and one beyond the inner caches,
// and reports the time per element. The bytes are those read and written.
func measure(b *testing.B, bytesPerElement int, kernel func(dst, x, y []float32)) {
	for _, n := range []int{2048, 131072} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dst, x, y := make([]float32, n), normals(n, 1), normals(n, 2)
			b.SetBytes(int64(n * bytesPerElement))
			b.ReportAllocs()
			for b.Loop() {
				kernel(dst, x, y)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/element")
		})
	}
}

const columns = 128 // of the matrices: the lab's hidden layer

func BenchmarkReLU(b *testing.B)     { measure(b, 8, func(dst, x, _ []float32) { ReLU(dst, x) }) }
func BenchmarkReLUGrad(b *testing.B) { measure(b, 12, ReLUGrad) }
func BenchmarkTanh(b *testing.B)     { measure(b, 8, func(dst, x, _ []float32) { Tanh(dst, x) }) }
func BenchmarkTanhGrad(b *testing.B) { measure(b, 12, TanhGrad) }
func BenchmarkMul(b *testing.B)      { measure(b, 12, Mul) }

func BenchmarkRepeatRow(b *testing.B) {
	measure(b, 4, func(dst, x, _ []float32) { RepeatRow(dst, x[:columns]) })
}

func BenchmarkSumRows(b *testing.B) {
	measure(b, 4, func(dst, x, _ []float32) { SumRows(dst[:columns], x) })
}

func BenchmarkLookup(b *testing.B) {
	var table [256]float32
	src := make([]byte, 131072)
	for i := range src {
		src[i] = byte(i * i >> 3)
	}
	measure(b, 5, func(dst, _, _ []float32) { Lookup(dst, src[:len(dst)], &table) })
}

func BenchmarkArgMax(b *testing.B) { measure(b, 4, func(_, x, _ []float32) { sink += ArgMax(x) }) }

var sink int

// Sixteen classes, for a whole number of rows.
func BenchmarkSoftmaxCrossEntropy(b *testing.B) {
	labels := someLabels(131072/16, 16)
	measure(b, 8, func(dst, x, _ []float32) { SoftmaxCrossEntropy(dst, x, labels[:len(x)/16], 16) })
}

func BenchmarkSoftmaxCrossEntropyGrad(b *testing.B) {
	labels := someLabels(131072/16, 16)
	measure(b, 8, func(dst, x, _ []float32) { SoftmaxCrossEntropyGrad(dst, x, labels[:len(x)/16], 16, 1) })
}
