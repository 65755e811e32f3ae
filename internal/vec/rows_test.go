package vec

import (
	"fmt"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mathext/prng"
	"pgregory.net/rapid"
)

// The sums are added in the same order on every path.
func TestSumRowsTwins(t *testing.T) {
	sizes := []int{150, 256, 300, chunk + 3}
	for cols := 1; cols <= 70; cols++ {
		sizes = append(sizes, cols)
	}
	for _, cols := range sizes {
		for _, rows := range []int{0, 1, 2, 16, 200} {
			run := func(s [][]float32) { SumRows(0, s[0], s[1]) }
			compareTwins(t, run, 0, [][]float32{garbage(cols), normals(rows*cols, 1)}, cols%4)
		}
	}
}

// A float64 sum of other order and exponentials of other rounding.
func TestSoftmaxTwins(t *testing.T) {
	for classes := 1; classes <= 130; classes++ {
		for _, rows := range []int{1, 3} {
			labels := someLabels(rows, classes)
			var losses []float32
			run := func(s [][]float32) {
				losses = append(losses, SoftmaxCrossEntropy(s[0], s[1], labels, classes))
			}
			compareTwins(t, run, 3, [][]float32{garbage(rows * classes), normals(rows*classes, 1)}, classes%4)
			for _, loss := range losses {
				if ulps(loss, losses[0]) > 2 {
					t.Fatalf("%d classes: the loss is %v, want %v", classes, loss, losses[0])
				}
			}
			grad := func(s [][]float32) { SoftmaxCrossEntropyGrad(s[0], s[1], labels, classes, 0.7) }
			compareTwins(t, grad, 0, [][]float32{garbage(rows * classes), normals(rows*classes, 1)}, 0)
		}
	}
}

// A NaN or an infinity in any place has the effect that it has in the first.
func TestSoftmaxSpecialPlaces(t *testing.T) {
	for _, special := range specials {
		for i := range 35 {
			x := normals(35, 1)
			x[i] = special
			run := func(s [][]float32) { SoftmaxCrossEntropy(s[0], s[1], []int{3}, 35) }
			compareTwins(t, run, 3, [][]float32{garbage(35), x}, 0)
		}
	}
}

// Both normalizations of the lab, for every pixel, as their formulas round.
func TestPixels(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		src := make([]byte, 256)
		for i := range src {
			src[i] = byte(i)
		}
		unit, symmetric := garbage(256), garbage(256)
		Pixels(unit, src, 1, 0)
		Pixels(symmetric, src, 2, -1)
		for p := range 256 {
			want := float32(p) / 255
			if !same(unit[p], want) || !same(symmetric[p], (want-0.5)/0.5) {
				t.Fatalf("pixel %d is %v and %v, want %v and %v", p, unit[p], symmetric[p], want, (want-0.5)/0.5)
			}
		}
	})
}

func TestPixelsTwins(t *testing.T) {
	for _, n := range []int{0, 1, 7, 8, 15, 16, 17, 31, 33, 100, 784, chunk + 9} {
		src := make([]byte, n)
		for i := range src {
			src[i] = byte(i*i + i>>3)
		}
		run := func(s [][]float32) { Pixels(s[0], src, 1/0.3081, -0.1307/0.3081) }
		compareTwins(t, run, 0, [][]float32{garbage(n)}, n%3)
	}
}

// The words are those of another implementation, for several states.
func TestMersenne(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			seed := rapid.Uint32().Draw(t, "seed")
			var state [MersenneWords]uint32
			state[0] = seed
			for i := range state[1:] {
				state[i+1] = 1812433253*(state[i]^state[i]>>30) + uint32(i+1)
			}
			want := prng.NewMT19937()
			want.Seed(uint64(seed))
			words := make([]uint32, MersenneWords)
			for range 3 {
				MersenneTwist(&state)
				MersenneTemper(words, state[:])
				for i, word := range words {
					if w := want.Uint32(); word != w {
						t.Fatalf("word %d is %d, want %d", i, word, w)
					}
				}
			}
		})
	})
}

func TestMersenneTemperLengths(t *testing.T) {
	words := wordsOf(normals(131, 1))
	want := make([]uint32, len(words))
	temper(want, words)
	onEveryPath(t, func(t *testing.T) {
		for n := range words {
			dst := make([]uint32, len(words))
			MersenneTemper(dst[:n], words[:n])
			if !slices.Equal(dst[:n], want[:n]) || slices.ContainsFunc(dst[n:], func(w uint32) bool { return w != 0 }) {
				t.Fatal(fmt.Sprint("of ", n, " words: ", dst))
			}
		}
	})
}

// Prefetching reads no memory that a program can see: any slice will do.
func TestPrefetch(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		src := make([]byte, 200)
		for n := range src {
			Prefetch(src[:n])
			Prefetch(src[len(src)-n:])
		}
	})
}
