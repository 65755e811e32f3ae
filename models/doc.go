// Package models says what optlab's networks are: layers, sizes, parameters
// with PyTorch's names, initializers, and the files that hold them.
//
// A [Config] describes a network as data. [New] makes a [Model] of it, which
// owns the parameters; [Model.Initialize] draws their first values;
// [Model.Compile] builds the expression graph for one batch size, for training
// or for evaluation, as a [Pass]: all passes of a model share its parameters.
//
//	Config → New → Model.Initialize → Model.Compile → Pass: write X and Labels,
//	Run, read Loss, Logits and Gradients
//
// [Model.StateDict], [Model.LoadStateDict], [Model.Save] and [Model.Load] carry
// the parameters to safetensors files and back; PyTorch reads and writes the
// same files with the same names and shapes. Exercise 3 of the lab is the
// package's example.
//
// Start reading at [Config] and [Model.Compile].
package models
