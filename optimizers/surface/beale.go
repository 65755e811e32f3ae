package surface

import "gorgonia.org/gorgonia"

// beale is Beale's function: a plateau around the axes and walls, of the eighth
// degree, toward the corners. The only minimum is 0 at (3, ½).
func beale() *Surface {
	return &Surface{
		Name:    "beale",
		Title:   "Beale's function",
		Formula: "L = (1.5 − w₁ + w₁·w₂)² + (2.25 − w₁ + w₁·w₂²)² + (2.625 − w₁ + w₁·w₂³)²",
		Source: "Beale, On an Iterative Method for Finding a Local Minimum of a Function of More than One Variable (1958); " +
			"problem 5 of Moré, Garbow and Hillstrom, Testing Unconstrained Optimization Software (1981), " +
			"doi:10.1145/355934.355936",
		Note: "The gradient varies by orders of magnitude between the plateau and the corners: " +
			"a rate that suits the one is too small or too large for the other.",
		X:      Range{-4.5, 4.5},
		Y:      Range{-4.5, 4.5},
		Minima: []Point{{W1: 3, W2: 0.5, Loss: 0}},
		Start:  [2]float64{1, 1},
		Rates:  map[string]float64{"sgd": 0.03, "momentum": 0.1, "adam": 0.3},
		Loss: func(w1, w2 *gorgonia.Node) (*gorgonia.Node, error) {
			var e expression
			term := func(c float64, power *gorgonia.Node) *gorgonia.Node {
				return e.square(e.plus(e.sub(e.mul(w1, power), w1), c))
			}
			squared := e.square(w2)
			first, second, third := term(1.5, w2), term(2.25, squared), term(2.625, e.mul(squared, w2))
			return e.of(e.add(e.add(first, second), third))
		},
	}
}
