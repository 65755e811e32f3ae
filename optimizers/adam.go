package optimizers

import (
	"math"

	"optlab/internal/parallel"
	"optlab/internal/vec"
)

// adam divides an average of the gradients by the root of an average of their
// squares, both corrected for having started from zero:
//
//	m ← β₁·m + (1−β₁)·g
//	v ← β₂·v + (1−β₂)·g²
//	m̂ = m / (1−β₁ᵗ)
//	v̂ = v / (1−β₂ᵗ)
//	w ← w − η / (√v̂ + ε) · m̂
//
// with η the learning rate, about the size of a step, β₁, β₂ and ε the settings
// beta1, beta2 and epsilon (outside the root), t the number of this step, from
// 1, w a parameter and g its gradient; m and v are zero at first. It is
// algorithm 1 of Kingma and Ba, Adam: A Method for Stochastic Optimization
// (2015), arXiv:1412.6980, whose defaults it has, and torch.optim.Adam without
// options.
var adam = &Kind{
	Name:         "adam",
	Title:        "Adam",
	LearningRate: 0.001,
	settings:     []*Setting{beta1, beta2, epsilon},
	moments:      []string{"m", "v"},
	rule:         func(values map[string]float64) rule { return newAdamRule(values) },
}

type adamRule struct {
	beta1, beta2, epsilon float64
	f32                   adamScalars[float32]
	f64                   adamScalars[float64]
}

func newAdamRule(values map[string]float64) *adamRule {
	return &adamRule{beta1: values[beta1.Name], beta2: values[beta2.Name], epsilon: values[epsilon.Name]}
}

func (r *adamRule) prepare(t int, rate float64) {
	r.f32 = adamScalarsOf[float32](r, t, rate)
	r.f64 = adamScalarsOf[float64](r, t, rate)
}

func (r *adamRule) update(threads parallel.Threads, p *parameter) {
	m, v := p.moments[0], p.moments[1]
	vec.Adam(threads, p.w.f32, p.g.f32, m.f32, v.f32, vec.AdamScalars(r.f32))
	updateAdam(p.w.f64, p.g.f64, m.f64, v.f64, r.f64)
}

// adamScalars is what step t has in common for all elements: β₁, 1−β₁, β₂,
// 1−β₂, and, so that an element costs one root and one division, the
// corrections as factors: η/(1−β₁ᵗ) of m and 1/√(1−β₂ᵗ) of √v. The fields are
// vec.AdamScalars'.
type adamScalars[T float] struct {
	Beta1, Share1, Beta2, Share2, Rate, Root, Epsilon T
}

// adamScalarsOf computes the scalars in float64 and then rounds, as PyTorch
// does.
func adamScalarsOf[T float](r *adamRule, t int, rate float64) adamScalars[T] {
	return adamScalars[T]{
		Beta1:   T(r.beta1),
		Share1:  T(1 - r.beta1),
		Beta2:   T(r.beta2),
		Share2:  T(1 - r.beta2),
		Rate:    T(rate / (1 - math.Pow(r.beta1, float64(t)))),
		Root:    T(1 / math.Sqrt(1-math.Pow(r.beta2, float64(t)))),
		Epsilon: T(r.epsilon),
	}
}

// updateAdam is one update, as documented at adam. For float32, vec.Adam does
// the same faster.
func updateAdam[T float](w, g, m, v []T, s adamScalars[T]) {
	smallest := smallestNormal[T]()
	g, m, v = g[:len(w)], m[:len(w)], v[:len(w)]
	for i, gradient := range g {
		mean := flush(s.Beta1*m[i]+s.Share1*gradient, smallest)
		square := flush(s.Beta2*v[i]+s.Share2*gradient*gradient, smallest)
		m[i], v[i] = mean, square
		w[i] -= s.Rate * mean / (T(math.Sqrt(float64(square)))*s.Root + s.Epsilon)
	}
}
