// Package optimizers updates the parameters of a model from their gradients: [SGD],
// [Momentum] and [Adam], as the lab defines them.
//
// Each is a gorgonia.Solver. A training step runs the graph, whose gradient nodes
// then hold the gradients, and hands the parameters to Step:
//
//	nodes with value and gradient → Step → the same value tensors, updated in place
//
// Step first checks the whole model, in memory.go and parameter.go, and then calls
// the update, a short function on slices that stands in the optimizer's own file
// beneath its equation. Gradients are only read. They must be those of this step
// alone: do not use gorgonia.BindDualValues, with which they add up from run to run
// unless the solver clears them.
//
// State and SetState save an optimizer and restore it, bit for bit, under the
// parameters' names.
//
// Start reading at [SGD], then [Optimizer]. To add an optimizer, write a file like
// momentum.go: a configuration whose fields say what they allow, a constructor that
// checks it and names the moments kept ("m", "v"), Step, and the update; then add it
// to the tables of the tests, which run every optimizer.
package optimizers
