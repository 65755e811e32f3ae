package surface

import "gorgonia.org/gorgonia"

// pathological is the curvature of the lab's notebook: a ravine along w₁ = 0
// whose walls are steep and whose floor descends gently. With the derivative of
// |w₁| at 0 taken as 0, as in PyTorch.
//
// The learning rates are the lab's: high, as there are only two parameters and
// the slopes are gentle.
//
// There is no minimum: the infimum, 0, is the limit at w₁ = 0, w₂ → −∞.
func pathological() *Surface {
	return &Surface{
		Name:    "pathological",
		Title:   "Pathological curvature",
		Formula: "L = tanh²(w₁) + 0.01·|w₁| + σ(w₂)",
		Source:  "UvA Deep Learning Tutorial 4, Optimization and Initialization",
		Note: "A ravine: its walls are steep, and its floor descends gently. " +
			"No minimum: the infimum 0 is approached at w₁ = 0 as w₂ → −∞.",
		X:     Range{-5, 5},
		Y:     Range{-5, 5},
		Start: [2]float64{5, 5},
		Rates: map[string]float64{"sgd": 10, "momentum": 10, "adam": 1},
		Loss: func(w1, w2 *gorgonia.Node) (*gorgonia.Node, error) {
			var e expression
			walls := e.add(e.square(e.tanh(w1)), e.times(0.01, e.abs(w1)))
			return e.of(e.add(walls, e.sigmoid(w2)))
		},
	}
}
