// Package graph is the layer between optlab's networks and Gorgonia: the
// operations a network is made of, and a [Machine] that runs the graph built
// from them.
//
// # Operations
//
// [Linear], [Activation.Apply], [Dropout] and [CrossEntropy] take nodes of a
// Gorgonia expression graph and return a new one. Each applies an Op of this
// package, a gorgonia.SDOp whose SymDiff adds the nodes of its gradient, so that
// gorgonia.Grad differentiates a network symbolically. An op is made for fixed
// shapes, owns the tensor it returns and returns the same one in every run:
// running a graph takes no memory. The arithmetic itself lives in
// optlab/internal/blas and optlab/internal/vec.
//
// # Data flow
//
//	Parameter.Node, x, labels → Linear → activation → … → CrossEntropy → loss
//	NewMachine(loss, parameters) → gorgonia.Grad → tape machine
//	write x and labels → Machine.Run → Machine.Gradients → a Solver's Step
//
// A [Parameter] owns its tensor; its node in any graph aliases that tensor, so a
// training graph, an evaluation graph and a graph for another batch size all see
// the step that a Solver makes. Graphs must be built one at a time (Gorgonia's
// type inference keeps global pools); machines of different graphs may run
// concurrently if nothing writes the parameters meanwhile.
//
// Start reading at [NewMachine], then [Linear] for an op and its gradient.
package graph
