package optimizers

import (
	"optlab/internal/parallel"
	"optlab/internal/vec"
)

// sgd is stochastic gradient descent,
//
//	w ← w − η·g
//
// with η the learning rate, w a parameter and g its gradient, after Robbins and
// Monro, A Stochastic Approximation Method (1951), doi:10.1214/aoms/1177729586.
// It keeps no moments. It is torch.optim.SGD without options.
var sgd = &Kind{
	Name:         "sgd",
	Title:        "SGD",
	LearningRate: 0.1,
	rule:         func(map[string]float64) rule { return new(sgdRule) },
}

type sgdRule struct{ rate float64 }

func (r *sgdRule) prepare(_ int, rate float64) { r.rate = rate }

func (r *sgdRule) update(threads parallel.Threads, p *parameter) {
	vec.SGD(threads, p.w.f32, p.g.f32, float32(r.rate))
	updateSGD(p.w.f64, p.g.f64, r.rate)
}

// updateSGD is one update, w ← w − η·g. For float32, vec.SGD does the same
// faster.
func updateSGD[T float](w, g []T, rate T) {
	g = g[:len(w)]
	for i := range w {
		w[i] -= rate * g[i]
	}
}
