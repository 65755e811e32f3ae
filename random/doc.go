// Package random draws the random numbers that PyTorch and NumPy draw.
//
// A [Stream] is the 32-bit Mersenne Twister (MT19937) together with PyTorch's
// rules for turning its words into uniform and normal floats, integers and
// permutations on a CPU. From the same seed it yields the same numbers as
// torch.manual_seed, so a network of optlab starts from the weights, and sees
// the batches, that the PyTorch notebook does. [NumPyPermutation] does the same
// for NumPy's RandomState.
//
// There is no global generator: whoever draws is handed a *Stream. Draws that
// have no counterpart in PyTorch's order (dropout masks) come from a stream of
// their own, made by [Derive], so that they do not shift the others.
//
// Start reading at [Stream.Uniform].
package random
