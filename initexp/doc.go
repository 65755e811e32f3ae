// Package initexp shows what an initialisation does to a network: the
// distributions of every layer's weights, gradients and activations on one batch
// (part 2 of the lab), and beside each activation's variance the one that the
// theory predicts.
//
//	model, batch → Measure → Layer: Distribution of weight, gradient, activation
//	values → Describe → Distribution: moments, histogram, density
//	Initializer, sizes, E[x²] → Predict → variances
//
// It draws and prints nothing. Start reading at [Measure].
package initexp
