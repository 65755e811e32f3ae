package optimizers

import (
	"math"

	"optlab/internal/parallel"
	"optlab/internal/vec"
)

// rmsprop divides the gradient by the root of an average of its squares,
//
//	v ← α·v + (1−α)·g²
//	w ← w − η / (√v + ε) · g
//
// with η the learning rate, α and ε the settings alpha and epsilon (outside the
// root), w a parameter and g its gradient; v is zero at first, which makes the
// first steps 1/√(1−α) times as long. After Tieleman and Hinton, Neural
// Networks for Machine Learning, lecture 6.5 (2012). It is torch.optim.RMSprop
// without momentum and not centered.
var rmsprop = &Kind{
	Name:         "rmsprop",
	Title:        "RMSprop",
	LearningRate: 0.001,
	settings:     []*Setting{alpha, epsilon},
	moments:      []string{"v"},
	rule: func(values map[string]float64) rule {
		return &rmspropRule{alpha: values[alpha.Name], epsilon: values[epsilon.Name]}
	},
	rateLike: "adam",
	ratePart: 10, // as the first steps are so many times as long
}

var alpha = &Setting{
	Name: "alpha", Flag: "alpha", Symbol: "α", Default: 0.99,
	Usage: "`DECAY` of the mean squared gradient", Want: wantFraction, allows: isFraction,
}

type rmspropRule struct{ alpha, epsilon, rate float64 }

func (r *rmspropRule) prepare(_ int, rate float64) { r.rate = rate }

func (r *rmspropRule) update(threads parallel.Threads, p *parameter) {
	v := p.moments[0]
	vec.RMSprop(threads, p.w.f32, p.g.f32, v.f32, vec.RMSpropScalars(rmspropScalarsOf[float32](r)))
	updateRMSprop(p.w.f64, p.g.f64, v.f64, rmspropScalarsOf[float64](r))
}

// rmspropScalars is what an update has in common for all elements: α, 1−α, η
// and ε. The fields are vec.RMSpropScalars'.
type rmspropScalars[T float] struct{ Alpha, Share, Rate, Epsilon T }

func rmspropScalarsOf[T float](r *rmspropRule) rmspropScalars[T] {
	return rmspropScalars[T]{Alpha: T(r.alpha), Share: T(1 - r.alpha), Rate: T(r.rate), Epsilon: T(r.epsilon)}
}

// updateRMSprop is one update, as documented at rmsprop. For float32,
// vec.RMSprop does the same faster.
func updateRMSprop[T float](w, g, v []T, s rmspropScalars[T]) {
	smallest := smallestNormal[T]()
	g, v = g[:len(w)], v[:len(w)]
	for i, gradient := range g {
		square := flush(s.Alpha*v[i]+s.Share*gradient*gradient, smallest)
		v[i] = square
		w[i] -= s.Rate * gradient / (T(math.Sqrt(float64(square))) + s.Epsilon)
	}
}
