package optimizers

import (
	"optlab/internal/parallel"
	"optlab/internal/vec"
)

// momentum is gradient descent along an exponential average of the gradients,
//
//	m ← β₁·m + (1−β₁)·g
//	w ← w − η·m
//
// with η the learning rate, β₁ the setting beta1, w a parameter and g its
// gradient; m is zero at first. With β₁ = 0 it is SGD. The idea is Polyak's,
// Some methods of speeding up the convergence of iteration methods (1964),
// doi:10.1016/0041-5553(64)90137-5.
//
// The factor 1−β₁ makes m an average: torch.optim.SGD leaves it out, and so
// takes the same steps at a learning rate of (1−β₁)·η.
var momentum = &Kind{
	Name:         "momentum",
	Title:        "momentum",
	LearningRate: 0.1,
	settings:     []*Setting{beta1},
	moments:      []string{"m"},
	rule: func(values map[string]float64) rule {
		return &momentumRule{beta: values[beta1.Name]}
	},
	rateLike: "sgd",
	ratePart: 1,
}

type momentumRule struct{ beta, rate float64 }

func (r *momentumRule) prepare(_ int, rate float64) { r.rate = rate }

func (r *momentumRule) update(threads parallel.Threads, p *parameter) {
	m := p.moments[0]
	vec.Momentum(threads, p.w.f32, p.g.f32, m.f32, float32(r.rate), float32(r.beta), float32(1-r.beta))
	updateMomentum(p.w.f64, p.g.f64, m.f64, r.rate, r.beta, 1-r.beta)
}

// updateMomentum is one update, m ← β₁·m + (1−β₁)·g and w ← w − η·m. The share
// 1−β₁ is passed because it is rounded to T only after the subtraction, as in
// PyTorch. For float32, vec.Momentum does the same faster.
func updateMomentum[T float](w, g, m []T, rate, beta, share T) {
	smallest := smallestNormal[T]()
	g, m = g[:len(w)], m[:len(w)]
	for i := range w {
		mean := flush(beta*m[i]+share*g[i], smallest)
		m[i] = mean
		w[i] -= rate * mean
	}
}
