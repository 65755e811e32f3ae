package training

import (
	"gorgonia.org/tensor"

	"optlab/models"
)

// historyPrefix is that of the one tensor of the history.
const historyPrefix = "history."

// Part is a part of the tensors of a checkpoint.
type Part struct {
	Prefix  string // that their names have there
	Content string // what they are, in a few words
	Tensors map[string]*tensor.Dense
}

// Parts returns the parts of a checkpoint, their tensors by the names without
// the prefix: that of the parameters first, then all others that it has. It
// reports false for a file that is no checkpoint.
func Parts(f models.TensorFile) (parts []Part, ok bool) {
	left := len(f.Tensors)
	for _, p := range []Part{
		{Prefix: modelPrefix, Content: "the parameters after the last epoch"},
		{Prefix: bestPrefix, Content: "the best parameters on validation"},
		{Prefix: optimizerPrefix, Content: "the optimizer's state"},
		{Prefix: historyPrefix, Content: "the loss of every batch"},
	} {
		if p.Tensors = withPrefix(f, p.Prefix); len(p.Tensors) > 0 {
			parts = append(parts, p)
			left -= len(p.Tensors)
		}
	}
	_, losses := f.Tensors[lossesTensor]
	return parts, left == 0 && losses && parts[0].Prefix == modelPrefix
}
