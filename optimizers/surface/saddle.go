package surface

import "gorgonia.org/gorgonia"

// saddle is the simplest saddle point, at (0, 0). The start is almost on the
// line w₂ = 0 that leads into it.
//
// There is no minimum: L → −∞ as |w₂| → ∞.
func saddle() *Surface {
	return &Surface{
		Name:    "saddle",
		Title:   "Saddle point",
		Formula: "L = w₁² − w₂²",
		Source: "the hyperbolic paraboloid; see Dauphin et al., Identifying and Attacking the Saddle Point Problem in " +
			"High-Dimensional Non-Convex Optimization (2014), arXiv:1406.2572",
		Note: "Near the axis w₂ = 0 the gradient leads to the saddle point (0, 0), where it vanishes. " +
			"No minimum: L → −∞ as |w₂| → ∞.",
		X:     Range{-3, 3},
		Y:     Range{-3, 3},
		Start: [2]float64{-2.5, 0.001},
		Rates: map[string]float64{"sgd": 0.03, "momentum": 0.03, "adam": 0.03},
		Loss: func(w1, w2 *gorgonia.Node) (*gorgonia.Node, error) {
			var e expression
			return e.of(e.sub(e.square(w1), e.square(w2)))
		},
	}
}
