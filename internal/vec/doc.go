// Package vec holds the elementwise kernels of training on []float32: lookup of
// pixels, bias, activations, softmax cross-entropy, and their gradients.
//
// A kernel works on plain slices, allocates nothing and checks its lengths once,
// by panicking: its callers are the operations of package graph and the loader
// of package mnist, which hand over slices whose lengths they made themselves.
// Matrices are row-major. Whoever makes a kernel faster does it here, and no
// caller changes.
package vec
