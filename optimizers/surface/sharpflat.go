package surface

import "gorgonia.org/gorgonia"

// sharpFlat has a sharp and a flat minimum of equal depth. Each of the terms s
// and f is a paraboloid about one of them, and 1/L = 1/s + 1/f: near its own
// minimum a term is far smaller than the other, and L differs from it only in
// the fourth order. So both minima are exactly 0, with the curvatures of the
// terms, 20 and 1 in every direction. The only other point without a gradient
// lies between them: a saddle at w₁ = 2 − 4/(1+∛20), w₂ = 0.
//
// SGD with a learning rate of η can stay at a minimum of curvature c only if
// η·c < 2. Above η = 0.1 it leaves the sharp one, at first to circle around it;
// from 0.3 to 1.9 it ends in the flat one.
func sharpFlat() *Surface {
	return &Surface{
		Name:    "sharpflat",
		Title:   "A sharp and a flat minimum",
		Formula: "L = s·f / (s + f), s = 10·((w₁ − 2)² + w₂²), f = ½·((w₁ + 2)² + w₂²)",
		Source: "made for this lab, after figure 1 of Keskar et al., On Large-Batch Training for Deep Learning: " +
			"Generalization Gap and Sharp Minima (2017), arXiv:1609.04836",
		Note: "Both minima are 0, with curvatures 20 at (2, 0) and 1 at (−2, 0): gradient descent can stay at the sharp " +
			"one only at learning rates below 2/20 = 0.1, and at the flat one below 2.",
		X:      Range{-4, 4},
		Y:      Range{-3, 3},
		Minima: []Point{{W1: 2, W2: 0, Loss: 0}, {W1: -2, W2: 0, Loss: 0}},
		Start:  [2]float64{2.5, 1},
		Rates:  map[string]float64{"sgd": 0.3, "momentum": 0.1, "adam": 0.1},
		Loss: func(w1, w2 *gorgonia.Node) (*gorgonia.Node, error) {
			var e expression
			w2Squared := e.square(w2)
			sharp := e.times(10, e.add(e.square(e.minus(w1, 2)), w2Squared))
			flat := e.times(0.5, e.add(e.square(e.plus(w1, 2)), w2Squared))
			return e.of(e.div(e.mul(sharp, flat), e.add(sharp, flat)))
		},
	}
}
