// Package initexp shows what an initialization does to a network: the
// distributions of every layer's weights, gradients and activations on one
// batch (part 2 of the lab), and beside each variance of activations and
// gradients the one that the theory predicts.
//
//	model → Compile → Probe
//	Probe, batch → Probe.Measure → Layer: weight, gradient, activation
//	values → Distribution: moments, histogram, density
//
// A probe is compiled once and measures as often as wanted, also after the
// model has been initialized anew. Probes of different models may be made and
// used side by side.
//
// It draws and prints nothing. Start reading at [Probe.Measure].
package initexp
