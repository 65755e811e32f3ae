package surface

import "gorgonia.org/gorgonia"

// rosenbrock is the banana valley: its floor, the parabola w₂ = w₁², is found
// at once and followed slowly. The only minimum is 0 at (1, 1).
func rosenbrock() *Surface {
	return &Surface{
		Name:    "rosenbrock",
		Title:   "Rosenbrock's valley",
		Formula: "L = (1 − w₁)² + 100·(w₂ − w₁²)²",
		Source: "Rosenbrock, An Automatic Method for Finding the Greatest or Least Value of a Function (1960), " +
			"doi:10.1093/comjnl/3.3.175",
		Note:   "The walls of the valley are steep; along its curved, nearly flat floor it is a long way to the minimum.",
		X:      Range{-2, 2},
		Y:      Range{-1, 3},
		Minima: []Point{{W1: 1, W2: 1, Loss: 0}},
		Start:  [2]float64{-1.2, 1},
		Rates:  map[string]float64{"sgd": 0.003, "momentum": 0.03, "adam": 0.3},
		Loss: func(w1, w2 *gorgonia.Node) (*gorgonia.Node, error) {
			var e expression
			slope := e.square(e.minus(w1, 1))
			valley := e.square(e.sub(w2, e.square(w1)))
			return e.of(e.add(slope, e.times(100, valley)))
		},
	}
}
