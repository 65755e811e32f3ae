package optimizers

import (
	"optlab/internal/parallel"
	"optlab/internal/vec"
)

// nesterov is gradient descent with momentum that looks a step ahead,
//
//	m ← μ·m + g
//	w ← w − η·(g + μ·m)
//
// with η the learning rate, μ the setting momentum, w a parameter and g its
// gradient; m is zero at first. After Nesterov, A method of solving a convex
// programming problem with convergence rate O(1/k²) (1983), in the form of
// Sutskever, Martens, Dahl and Hinton, On the importance of initialization and
// momentum in deep learning (2013), with the parameters taken where they look.
// It is torch.optim.SGD with momentum and nesterov, and without dampening.
//
// As m is a sum and not an average, steps are longer than those of momentum at
// the same rate, 1/(1−μ) times as long where the gradient stays.
var nesterov = &Kind{
	Name:         "nesterov",
	Title:        "Nesterov",
	LearningRate: 0.01,
	settings:     []*Setting{lookahead},
	moments:      []string{"m"},
	rule: func(values map[string]float64) rule {
		return &nesterovRule{beta: values[lookahead.Name]}
	},
	rateLike: "momentum",
	ratePart: 10,
}

var lookahead = &Setting{
	Name: "momentum", Flag: "momentum", Symbol: "μ", Default: 0.9,
	Usage: "`DECAY` of the sum of gradients", Want: wantFraction, allows: isFraction,
}

type nesterovRule struct{ beta, rate float64 }

func (r *nesterovRule) prepare(_ int, rate float64) { r.rate = rate }

func (r *nesterovRule) update(threads parallel.Threads, p *parameter) {
	m := p.moments[0]
	vec.Nesterov(threads, p.w.f32, p.g.f32, m.f32, float32(r.rate), float32(r.beta))
	updateNesterov(p.w.f64, p.g.f64, m.f64, r.rate, r.beta)
}

// updateNesterov is one update, m ← μ·m + g and w ← w − η·(g + μ·m). For
// float32, vec.Nesterov does the same faster.
func updateNesterov[T float](w, g, m []T, rate, beta T) {
	smallest := smallestNormal[T]()
	g, m = g[:len(w)], m[:len(w)]
	for i, gradient := range g {
		sum := flush(beta*m[i]+gradient, smallest)
		m[i] = sum
		w[i] -= rate * (gradient + beta*sum)
	}
}
