package main

import (
	"io"

	"optlab/internal/cli"
)

const synopsis = `Say what is in FILE: a safetensors file, a state dict by torch.save, or the
folder of a run, which stands for its model.safetensors. Of every tensor there
is the shape, the mean and the standard deviation of its finite values, and the
first ones; then the flags with which cmd/train loads the file.

With FILE2: whether the two have the same tensors, bit for bit, or how far they
differ and where. The exit status is 0 either way, and 1 if one cannot be read.
Files of 32-bit floats are read, as by -load. Nothing is written.`

// parseOptions returns the files. Every error is a cli.UsageError, or
// cli.ErrHelp.
func parseOptions(args []string, stdout io.Writer) ([]string, error) {
	f := cli.NewFlags("inspect", synopsis,
		"go run ./cmd/inspect runs/mnist-784-128-10-sgd",
		"go run ./cmd/inspect runs/mnist-784-128-10-sgd/checkpoint.safetensors",
		"go run ./cmd/inspect our_model.tar runs/tested")
	f.Operands("FILE [FILE2]", 1, 2)
	if err := f.Parse(args, stdout); err != nil {
		return nil, err
	}
	for _, name := range f.Args() {
		if _, err := cli.Path(name); err != nil {
			return nil, cli.Usagef("FILE %q: %v", name, err)
		}
	}
	return f.Args(), nil
}
