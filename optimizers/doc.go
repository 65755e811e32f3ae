// Package optimizers updates the parameters of a model from their gradients:
// SGD, momentum and Adam, as the lab defines them, and others as PyTorch does,
// at a learning rate that may follow a [Schedule].
//
// A [Config] describes an optimizer as data, and [New] makes it: a
// gorgonia.Solver. A training step runs the graph, whose gradient nodes then
// hold the gradients, and hands the parameters to Step:
//
//	nodes with value and gradient → Step → the same tensors, updated in place
//
// Step first checks the whole model, in memory.go and parameter.go, and then
// calls the update, a short function on slices that stands in the optimizer's
// own file beneath its equation. Gradients are only read. They must be those of
// this step alone: do not use gorgonia.BindDualValues, with which they add up
// from run to run unless the solver clears them.
//
// State and SetState save an optimizer and restore it, bit for bit, under the
// parameters' names. The learning rate of a step follows from its number, and
// so goes on rightly.
//
// Start reading at sgd.go, then table.go and optimizer.go.
//
// # Adding an optimizer
//
// Write a file like momentum.go: the equation with its source, its row (name,
// title, usual rate, settings, the moments it keeps), and its rule, with the
// update as one short function. Add the row to the table in table.go. For the
// tests, add a row to table_test.go and cases to testdata/make_torch.py; they
// fail while one is missing. Commands take names, flags and titles from the
// table.
//
// # Adding a schedule
//
// Write a file like schedule_step.go, add its row to the table in schedule.go,
// and a case to testdata/make_torch.py.
package optimizers
