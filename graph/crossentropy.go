package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"optlab/internal/vec"
)

// CrossEntropy adds the mean softmax cross-entropy of raw logits to their
// graph, as PyTorch's nn.CrossEntropyLoss:
//
//	loss = −(1/batch) Σᵣ log softmax(logitsᵣ)[labelᵣ]
//
// logits is a float32 matrix [batch, classes], labels an int vector [batch]
// with values in [0, classes), the result a float32 scalar. It is exact for
// logits of any finite size. A label out of range is an error of the run.
func CrossEntropy(logits, labels *gorgonia.Node) (*gorgonia.Node, error) {
	zs, err := nodeShape("CrossEntropy: logits", logits, tensor.Float32, 2)
	if err != nil {
		return nil, err
	}
	ls, err := nodeShape("CrossEntropy: labels", labels, tensor.Int, 1)
	if err != nil {
		return nil, err
	}
	if ls[0] != zs[0] {
		return nil, errors.Errorf("CrossEntropy: %d rows of logits but %d labels", zs[0], ls[0])
	}
	return apply(crossEntropy(zs[0], zs[1]), logits, labels)
}

// crossEntropy is the op of CrossEntropy. The gradient of the logits is
// (softmax(logits) − onehot(labels))·dloss/batch; labels have none.
func crossEntropy(batch, classes int) op {
	probs := make([]float32, batch*classes) // the softmax of the last run
	return op{
		name:   "CrossEntropy",
		output: floats(),
		check: func(d *data) error {
			for i, label := range d.labels {
				if label < 0 || label >= classes {
					return errors.Errorf("label %d of sample %d is not in [0, %d)", label, i, classes)
				}
			}
			return nil
		},
		kernel: func(d *data) {
			d.out[0] = vec.SoftmaxCrossEntropy(probs, d.in[0], d.labels, classes)
		},
		gradients: []gradient{
			{name: "CrossEntropyGrad", from: []int{1, output}, kernel: func(d *data) {
				vec.SoftmaxCrossEntropyGrad(d.out, probs, d.labels, classes, d.dy[0])
			}},
			{},
		},
	}
}
