package vec

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// softmaxByLogSumExp is SoftmaxCrossEntropy in float64, row by row from the
// logarithm of the sum: pᵢ = exp(zᵢ − lse z), loss = lse z − z_label.
func softmaxByLogSumExp(logits []float32, labels []int, classes int) (probs []float64, loss float64) {
	for r, label := range labels {
		z := logits[r*classes : (r+1)*classes]
		lse := math.Inf(-1)
		for _, v := range z {
			a, b := max(lse, float64(v)), min(lse, float64(v))
			lse = a + math.Log1p(math.Exp(b-a))
		}
		for _, v := range z {
			probs = append(probs, math.Exp(float64(v)-lse))
		}
		loss += (lse - float64(z[label])) / float64(len(labels))
	}
	return probs, loss
}

func someLabels(n, classes int) []int {
	labels := make([]int, n)
	for i := range labels {
		labels[i] = (i*i + 1) % classes
	}
	return labels
}

func TestSoftmaxCrossEntropy(t *testing.T) { onEveryPath(t, testSoftmaxCrossEntropy) }

func testSoftmaxCrossEntropy(t *testing.T) {
	for _, rows := range []int{1, 3, 16, 256} {
		for _, classes := range []int{1, 2, 3, 10, 17, 1000} {
			t.Run(fmt.Sprintf("%dx%d", rows, classes), func(t *testing.T) {
				logits, labels := normals(rows*classes, 1), someLabels(rows, classes)
				probs := garbage(rows * classes)
				loss := SoftmaxCrossEntropy(probs, logits, labels, classes)
				want, wantLoss := softmaxByLogSumExp(logits, labels, classes)
				wantNear(t, "the probabilities", probs, want, 5e-7)
				if d := math.Abs(float64(loss) - wantLoss); !(d <= 1e-6*wantLoss) {
					t.Errorf("the loss is %v, want %v", loss, wantLoss)
				}
				wantSame(t, "the logits", logits, normals(rows*classes, 1))

				dst := garbage(rows * classes)
				SoftmaxCrossEntropyGrad(dst, probs, labels, classes, 3)
				for i, got := range dst {
					d := float64(probs[i])
					if labels[i/classes] == i%classes {
						d--
					}
					if d = float64(got) - 3*d/float64(rows); math.Abs(d) > 2e-7*3/float64(rows) {
						t.Fatalf("gradient %d is off by %v", i, d)
					}
				}
			})
		}
	}
}

// The probabilities of a row sum to 1 and its gradients to 0; adding a number
// to the logits of a row changes nothing but their rounding.
func TestSoftmaxProperties(t *testing.T) { onEveryPath(t, testSoftmaxProperties) }

func testSoftmaxProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, classes := rapid.IntRange(1, 6).Draw(t, "rows"), rapid.IntRange(1, 20).Draw(t, "classes")
		top := rapid.SampledFrom([]float32{1, 100, 1e4, math.MaxFloat32}).Draw(t, "top")
		logits := finiteFloats(t, rows*classes, top, "logits")
		labels := rapid.SliceOfN(rapid.IntRange(0, classes-1), rows, rows).Draw(t, "labels")
		probs, dst := garbage(rows*classes), garbage(rows*classes)
		if loss := SoftmaxCrossEntropy(probs, logits, labels, classes); !(loss >= 0) {
			t.Fatalf("the loss is %v", loss)
		}
		SoftmaxCrossEntropyGrad(dst, probs, labels, classes, 1)
		for r := range rows {
			p, d := 0.0, 0.0
			for i := r * classes; i < (r+1)*classes; i++ {
				if !(probs[i] >= 0 && probs[i] <= 1) {
					t.Fatalf("probability %d is %v", i, probs[i])
				}
				p += float64(probs[i])
				d += float64(dst[i])
			}
			if math.Abs(p-1) > 5e-7 || math.Abs(d) > 1e-6 {
				t.Fatalf("the probabilities of row %d sum to 1%+g, its gradients to %g", r, p-1, d)
			}
		}
	})
}

func TestSoftmaxShift(t *testing.T) { onEveryPath(t, testSoftmaxShift) }

func testSoftmaxShift(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Integers, so that a shift by an integer rounds nothing.
		logits, shifted := make([]float32, 12), make([]float32, 12)
		shift := rapid.IntRange(-100000, 100000).Draw(t, "shift")
		for i, v := range rapid.SliceOfN(rapid.IntRange(-50, 50), 12, 12).Draw(t, "logits") {
			logits[i], shifted[i] = float32(v), float32(v+shift)
		}
		labels := []int{0, 1, 2}
		p, q := garbage(12), garbage(12)
		a, b := SoftmaxCrossEntropy(p, logits, labels, 4), SoftmaxCrossEntropy(q, shifted, labels, 4)
		wantSame(t, "the shifted probabilities", q, p)
		if a != b {
			t.Fatalf("the loss is %v, shifted %v", a, b)
		}
	})
}

func TestSoftmaxSpecials(t *testing.T) { onEveryPath(t, testSoftmaxSpecials) }

func testSoftmaxSpecials(t *testing.T) {
	const huge = math.MaxFloat32
	for _, c := range []struct {
		name   string
		logits []float32
		label  int
		probs  []float32
		loss   float32
	}{
		{"large", []float32{1e4, -1e4}, 1, []float32{1, 0}, 2e4},
		{"largest", []float32{huge, huge}, 0, []float32{.5, .5}, math.Ln2},
		{"most negative", []float32{-huge, -huge}, 0, []float32{.5, .5}, math.Ln2},
		{"too far apart for a float32", []float32{huge, -huge}, 1, []float32{1, 0}, inf},
		{"too far apart, and right", []float32{huge, -huge}, 0, []float32{1, 0}, 0},
		{"ruled out", []float32{0, -inf}, 0, []float32{1, 0}, 0},
		{"ruled out, and asked for", []float32{0, -inf}, 1, []float32{1, 0}, inf},
		{"infinite", []float32{inf, 0}, 0, []float32{nan, nan}, nan},
		{"all ruled out", []float32{-inf, -inf}, 0, []float32{nan, nan}, nan},
		{"NaN first", []float32{nan, 0}, 1, []float32{nan, nan}, nan},
		{"NaN last", []float32{0, nan}, 0, []float32{nan, nan}, nan},
		{"all NaN", []float32{nan, nan}, 0, []float32{nan, nan}, nan},
	} {
		t.Run(c.name, func(t *testing.T) {
			// Another row must not be touched by the special one.
			logits, probs := append([]float32{0, 0}, c.logits...), garbage(4)
			loss := SoftmaxCrossEntropy(probs, logits, []int{0, c.label}, 2)
			wantSame(t, "the probabilities", probs, append([]float32{.5, .5}, c.probs...))
			if want := float32((math.Ln2 + float64(c.loss)) / 2); !same(loss, want) {
				t.Errorf("the loss is %v, want %v", loss, want)
			}
		})
	}
	if loss := SoftmaxCrossEntropy(nil, nil, nil, 3); loss == loss {
		t.Errorf("the mean loss of no samples is %v, want NaN as in PyTorch", loss)
	}
}
