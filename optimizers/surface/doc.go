// Package surface has losses of two parameters w₁ and w₂ to watch an optimizer
// on: the lab's pathological curvature and other test functions.
//
// A [Surface] is one function that builds an expression graph from two nodes.
// The same function serves for both uses of a [Probe], the compiled surface:
//
//	two scalars → Loss → gorgonia.Grad → machine → a Solver's Step   Descend
//	two matrices → Loss → machine                                    Grid
//
// so that a path and the picture it is drawn in cannot disagree. All numbers
// are float64, since a descent at the lab's large learning rates amplifies
// rounding. Nothing is drawn here. What is compiled runs as often as needed,
// and any number of probes side by side.
//
// # Adding a surface
//
// Write a file like rosenbrock.go: a function that returns the Surface, with
// its formula, source, exact minima and learning rates, and a loss written with
// the operations of expression.go; they are the ones that hold for scalars and
// matrices alike. An operation that is missing there goes to pointwise.go if
// Gorgonia's own is not exact. Then add the function to the list in surface.go,
// and to the table in formulas_test.go the formula in plain Go and the
// optimizer that finds the minima; the tests fail while a surface is without
// its row.
//
// Start reading at [Surface], then [Compile] and [Probe.Descend].
package surface
