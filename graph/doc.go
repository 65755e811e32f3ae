// Package graph is the layer between optlab's networks and Gorgonia: the
// operations a network is made of, and a [Machine] that runs the graph built
// from them.
//
// # Operations
//
// [Linear], [Activation.Apply], [Dropout] and [CrossEntropy] take nodes of a
// Gorgonia expression graph and return a new one, the output of an op, which
// gorgonia.Grad can differentiate. All are of one type, op: a kernel on slices,
// and for every input the kernel of its gradient. An op is made for fixed
// shapes, owns the tensor it returns and returns the same one in every run:
// running a graph takes no memory. The arithmetic itself lives in
// optlab/internal/blas and optlab/internal/vec.
//
// # Data flow
//
//	Compile: Parameter.Node, x, labels → Linear → activation → … → CrossEntropy → loss
//	         loss, parameters → gorgonia.Grad → tape machine
//	write x and labels → Machine.Run → Machine.Gradients → a Solver's Step
//
// A [Parameter] owns its tensor; its node in any graph aliases that tensor, so
// a training graph, an evaluation graph and a graph for another batch size all
// see the step that a Solver makes. Any number of goroutines may compile
// graphs, which [Compile] does one at a time, and run them, which they do side
// by side; graphs that share parameters may as long as nothing writes these
// meanwhile.
//
// # Adding an activation
//
// Its function and its gradient, which may take x or y, are two kernels of
// package vec; it is one entry of the table in activation.go. The tests go over
// the table and fail without PyTorch's values, which
// testdata/make_activations.py writes.
//
// # Adding an op
//
// Write a file like linear.go: a function that checks its nodes and applies an
// op with its kernel and its gradients, and add it to the experiments in
// gradient_test.go, which fails while one is without a gradient check.
//
// Start reading at [Compile], then [Linear] for an op and its gradients, then
// op.go.
package graph
