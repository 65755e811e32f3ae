package optimizers

import (
	"optlab/internal/parallel"
	"optlab/internal/vec"
)

// adamw is Adam that also takes a share of every parameter away, apart from the
// gradient:
//
//	w ← w − η·λ·w
//	w ← w − η / (√v̂ + ε) · m̂
//
// with λ the setting weight_decay and the rest as at adam. It is algorithm 2 of
// Loshchilov and Hutter, Decoupled Weight Decay Regularization (2019),
// arXiv:1711.05101, and torch.optim.AdamW without options, whose defaults it
// has. Biases decay too, as there.
var adamw = &Kind{
	Name:         "adamw",
	Title:        "AdamW",
	LearningRate: 0.001,
	settings:     []*Setting{beta1, beta2, epsilon, weightDecay},
	moments:      []string{"m", "v"},
	rule: func(values map[string]float64) rule {
		return &adamwRule{adamRule: newAdamRule(values), decay: values[weightDecay.Name]}
	},
	rateLike: "adam",
	ratePart: 1,
}

var weightDecay = &Setting{
	Name: "weight_decay", Flag: "weight-decay", Symbol: "λ", Default: 0.01,
	Usage: "`SHARE` of a parameter that an update takes away, times the learning rate",
	Want:  wantNonnegative, allows: isNonnegative,
}

type adamwRule struct {
	*adamRule
	decay, keep float64
}

func (r *adamwRule) prepare(t int, rate float64) {
	r.adamRule.prepare(t, rate)
	r.keep = 1 - rate*r.decay
}

func (r *adamwRule) update(threads parallel.Threads, p *parameter) {
	m, v := p.moments[0], p.moments[1]
	vec.AdamW(threads, p.w.f32, p.g.f32, m.f32, v.f32, float32(r.keep), vec.AdamScalars(r.f32))
	updateAdamW(p.w.f64, p.g.f64, m.f64, v.f64, r.keep, r.f64)
}

// updateAdamW is one update, as documented at adamw. For float32, vec.AdamW
// does the same faster.
func updateAdamW[T float](w, g, m, v []T, keep T, s adamScalars[T]) {
	for i := range w {
		w[i] *= keep
	}
	updateAdam(w, g, m, v, s)
}
