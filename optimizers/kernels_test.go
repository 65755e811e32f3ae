package optimizers

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"optlab/internal/vec"
)

// The float32 kernels are the functions that stand beneath the equations: the
// numbers agree to the rounding of the operands, which leaves room for a compiler
// that fuses a product with a sum. The first elements have a gradient of zero, so
// that moments are flushed too.
func TestKernelsAreTheUpdates(t *testing.T) {
	cfg := usualAdam(0.01)
	s := adamScalarsOf[float32](cfg, 3)
	for _, c := range []struct {
		name         string
		kernel, want func(w, g, m, v []float32)
	}{
		{"SGD",
			func(w, g, _, _ []float32) { vec.SGD(0, w, g, 0.1) },
			func(w, g, _, _ []float32) { sgd(w, g, 0.1) }},
		{"Momentum",
			func(w, g, m, _ []float32) { vec.Momentum(0, w, g, m, 0.1, 0.9, 0.1) },
			func(w, g, m, _ []float32) { momentum(w, g, m, 0.1, 0.9, 0.1) }},
		{"Adam",
			func(w, g, m, v []float32) { vec.Adam(0, w, g, m, v, vec.AdamScalars(s)) },
			func(w, g, m, v []float32) { adam(w, g, m, v, s) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 2))
			var got, want [4][]float32 // w, g, m, v
			for i := range got {
				for range 1000 {
					got[i] = append(got[i], float32(rng.NormFloat64()))
				}
			}
			for i := range got[3] {
				got[3][i] *= got[3][i]
			}
			clear(got[1][:100])
			for i := range 50 {
				got[2][i], got[3][i] = 0x1p-126, 0x1p-126
			}
			for i := range want {
				want[i] = slices.Clone(got[i])
			}
			c.kernel(got[0], got[1], got[2], got[3])
			c.want(want[0], want[1], want[2], want[3])
			for i := range want {
				for j, w := range want[i] {
					if d := math.Abs(float64(got[i][j] - w)); d > 0x1p-22*max(1, math.Abs(float64(w))) || (w == 0) != (got[i][j] == 0) {
						t.Fatalf("slice %d, element %d is %v, want %v", i, j, got[i][j], w)
					}
				}
			}
		})
	}
}
