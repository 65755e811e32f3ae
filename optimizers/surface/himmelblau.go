package surface

import "gorgonia.org/gorgonia"

// himmelblau has four minima, all 0, between which the start decides, and in
// the middle of them a maximum.
func himmelblau() *Surface {
	return &Surface{
		Name:    "himmelblau",
		Title:   "Himmelblau's function",
		Formula: "L = (w₁² + w₂ − 11)² + (w₁ + w₂² − 7)²",
		Source:  "Himmelblau, Applied Nonlinear Programming (1972)",
		Note:    "Four minima of equal depth: where a path ends depends on its start.",
		X:       Range{-5, 5},
		Y:       Range{-5, 5},
		Minima: []Point{
			{W1: 3, W2: 2, Loss: 0},
			{W1: -2.805118086952745, W2: 3.131312518250573, Loss: 0},
			{W1: -3.779310253377747, W2: -3.283185991286170, Loss: 0},
			{W1: 3.584428340330492, W2: -1.848126526964404, Loss: 0},
		},
		Start: [2]float64{0, 0},
		Rates: map[string]float64{"sgd": 0.01, "momentum": 0.01, "adam": 0.3},
		Loss: func(w1, w2 *gorgonia.Node) (*gorgonia.Node, error) {
			var e expression
			first := e.square(e.minus(e.add(e.square(w1), w2), 11))
			second := e.square(e.minus(e.add(w1, e.square(w2)), 7))
			return e.of(e.add(first, second))
		},
	}
}
