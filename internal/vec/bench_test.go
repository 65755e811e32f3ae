package vec

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

// measure runs a kernel on every path and on two sizes, a layer's of a small
// batch and the weights of the small network, and reports the time per element.
func measure(b *testing.B, slices int, kernel func(s [][]float32)) {
	for _, n := range []int{2048, 102400} {
		for _, path := range append(supported(), &plain) {
			b.Run(fmt.Sprint(n, "/", path.name), func(b *testing.B) {
				use(b, path)
				s := someSlices(slices, n)
				Mul(0, s[slices-1], s[slices-1], s[slices-1]) // v of Adam and RMSprop is not negative
				b.ReportAllocs()
				for b.Loop() {
					kernel(s)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/element")
			})
		}
	}
}

// The updates run with a rate of zero, so that nothing diverges.
func BenchmarkSGD(b *testing.B) {
	measure(b, 2, func(s [][]float32) { SGD(0, s[0], s[1], 0) })
}

func BenchmarkMomentum(b *testing.B) {
	measure(b, 3, func(s [][]float32) { Momentum(0, s[0], s[1], s[2], 0, 0.9, 0.1) })
}

func BenchmarkAdam(b *testing.B) {
	still := usualAdam
	still.Rate = 0
	measure(b, 4, func(s [][]float32) { Adam(0, s[0], s[1], s[2], s[3], still) })
}

func BenchmarkNesterov(b *testing.B) {
	measure(b, 3, func(s [][]float32) { Nesterov(0, s[0], s[1], s[2], 0, 0.9) })
}

func BenchmarkRMSprop(b *testing.B) {
	still := usualRMSprop
	still.Rate = 0
	measure(b, 3, func(s [][]float32) { RMSprop(0, s[0], s[1], s[2], still) })
}

// One slice more than used, since the last has no negative numbers.
func BenchmarkActivation(b *testing.B) {
	for _, name := range slices.Sorted(maps.Keys(activations)) {
		a := activations[name]
		b.Run(name, func(b *testing.B) {
			measure(b, 3, func(s [][]float32) { a.value(0, s[0], s[1]) })
		})
		b.Run(name+"Grad", func(b *testing.B) {
			measure(b, 4, func(s [][]float32) { a.grad(0, s[0], s[1], s[2]) })
		})
	}
}

func BenchmarkMul(b *testing.B) {
	measure(b, 3, func(s [][]float32) { Mul(0, s[0], s[1], s[2]) })
}

const columns = 128 // of the matrices: the lab's hidden layer

func BenchmarkSumRows(b *testing.B) {
	measure(b, 2, func(s [][]float32) { SumRows(0, s[0][:columns], s[1]) })
}

func BenchmarkDropout(b *testing.B) {
	words := wordsOf(normals(102400, 5))
	measure(b, 3, func(s [][]float32) { Dropout(0, s[0], s[1], s[2], words[:len(s[0])], 1<<30, 4./3) })
}

func somePixels(n int) []byte {
	src := make([]byte, n)
	for i := range src {
		src[i] = byte(i * i >> 3)
	}
	return src
}

func BenchmarkPixels(b *testing.B) {
	src := somePixels(102400)
	measure(b, 1, func(s [][]float32) { Pixels(s[0], src[:len(s[0])], 2, -1) })
}

// A word of a Mersenne Twister, as a batch of 16 takes them for its dropout.
func BenchmarkMersenne(b *testing.B) {
	state := [MersenneWords]uint32{1}
	words := make([]uint32, MersenneWords)
	for _, path := range append(supported(), &plain) {
		b.Run(path.name, func(b *testing.B) {
			use(b, path)
			for b.Loop() {
				MersenneTwist(&state)
				MersenneTemper(words, state[:])
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*MersenneWords), "ns/element")
		})
	}
}

func BenchmarkArgMax(b *testing.B) {
	measure(b, 1, func(s [][]float32) {
		for i := 0; i+10 <= len(s[0]); i += 10 {
			sink += ArgMax(s[0][i : i+10])
		}
	})
}

var sink int

// Ten classes and as many rows as fit.
func BenchmarkSoftmaxCrossEntropy(b *testing.B) {
	labels := someLabels(102400/10, 10)
	measure(b, 2, func(s [][]float32) {
		rows := len(s[0]) / 10
		SoftmaxCrossEntropy(s[0][:rows*10], s[1][:rows*10], labels[:rows], 10)
	})
}

func BenchmarkSoftmaxCrossEntropyGrad(b *testing.B) {
	labels := someLabels(102400/10, 10)
	measure(b, 2, func(s [][]float32) {
		rows := len(s[0]) / 10
		SoftmaxCrossEntropyGrad(s[0][:rows*10], s[1][:rows*10], labels[:rows], 10, 1)
	})
}
