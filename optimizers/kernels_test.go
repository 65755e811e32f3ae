package optimizers

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// In float32, an update is the function that stands beneath the equation: the
// numbers agree to the rounding of the operands, which leaves room for a
// compiler that fuses a product with a sum. The first elements have a gradient
// of zero, so that moments are flushed too.
func TestKernelsAreTheUpdates(t *testing.T) {
	for _, k := range table {
		t.Run(k.Name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 2))
			random := func() numbers {
				x := numbers{f32: make([]float32, 1000)}
				for i := range x.f32 {
					x.f32[i] = float32(rng.NormFloat64())
				}
				return x
			}
			p := &parameter{w: random(), g: random()}
			clear(p.g.f32[:100])
			got := [][]float32{p.w.f32, p.g.f32}
			for range k.moments {
				x := random()
				for i := range x.f32 { // as a mean square is never negative
					x.f32[i] *= x.f32[i]
				}
				for i := range 50 {
					x.f32[i] = 0x1p-126
				}
				p.moments, got = append(p.moments, x), append(got, x.f32)
			}
			want := make([][]float32, len(got))
			for i := range want {
				want[i] = slices.Clone(got[i])
			}
			values, err := effective(k.settings, nil)
			noError(t, err)
			rule, rate := k.rule(values), rows[k.Name].rate
			rule.prepare(3, rate)
			rule.update(0, p)
			rows[k.Name].twin(want[0], want[1], want[2:], rate)
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
