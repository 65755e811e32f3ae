package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"optlab/internal/vec"
)

// CrossEntropy adds the mean softmax cross-entropy of raw logits to their graph,
// as PyTorch's nn.CrossEntropyLoss:
//
//	loss = −(1/batch) Σᵣ log softmax(logitsᵣ)[labelᵣ]
//
// logits is a float32 matrix [batch, classes], labels an int vector [batch] with
// values in [0, classes), the result a float32 scalar. It is exact for logits of
// any finite size. A label out of range is an error of the run.
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
	return apply(newCrossEntropy(zs[0], zs[1]), logits, labels)
}

// crossEntropy is the op of CrossEntropy.
type crossEntropy struct {
	op
	classes int
	probs   []float32 // the softmax of the last run: most of its gradient
	loss    *gorgonia.F32
}

var _ gorgonia.SDOp = (*crossEntropy)(nil)

func newCrossEntropy(batch, classes int) *crossEntropy {
	return &crossEntropy{
		op:      newOp("CrossEntropy", floats(), floats(batch, classes), ints(batch)),
		classes: classes,
		probs:   make([]float32, batch*classes),
		loss:    gorgonia.NewF32(0),
	}
}

// Do computes the loss from logits and labels.
func (c *crossEntropy) Do(inputs ...gorgonia.Value) (gorgonia.Value, error) {
	logits, err := c.float32s(inputs, 0)
	if err != nil {
		return nil, err
	}
	labels, err := c.ints(inputs, 1)
	if err != nil {
		return nil, err
	}
	for i, label := range labels {
		if label < 0 || label >= c.classes {
			return nil, errors.Errorf("CrossEntropy: label %d of sample %d is not in [0, %d)", label, i, c.classes)
		}
	}
	*c.loss = gorgonia.F32(vec.SoftmaxCrossEntropy(c.probs, logits, labels, c.classes))
	return c.loss, nil
}

// DiffWRT reports that logits have a gradient and labels have not.
func (c *crossEntropy) DiffWRT(int) []bool { return []bool{true, false} }

// SymDiff adds dlogits = (softmax(logits) − onehot(labels))·dloss/batch.
func (c *crossEntropy) SymDiff(inputs gorgonia.Nodes, loss, dloss *gorgonia.Node) (gorgonia.Nodes, error) {
	dlogits, err := apply(newCrossEntropyGrad(c), loss, inputs[1], dloss)
	return gorgonia.Nodes{dlogits, nil}, err
}

// crossEntropyGrad is the gradient of crossEntropy. It takes the loss as an
// input only so that it runs after the softmax is computed.
type crossEntropyGrad struct {
	op
	forward *crossEntropy
	dlogits *tensor.Dense
}

func newCrossEntropyGrad(c *crossEntropy) *crossEntropyGrad {
	logits, labels := c.inputs[0], c.inputs[1]
	g := &crossEntropyGrad{op: newOp("CrossEntropyGrad", logits, floats(), labels, floats()), forward: c}
	g.dlogits = newTensor(g.output)
	return g
}

// Do computes the gradient from labels and dloss.
func (g *crossEntropyGrad) Do(inputs ...gorgonia.Value) (gorgonia.Value, error) {
	labels, err := g.ints(inputs, 1)
	if err != nil {
		return nil, err
	}
	dloss, ok := inputs[2].(*gorgonia.F32)
	if !ok {
		return nil, errors.Errorf("%s: the gradient of the loss is %s, want a float32 scalar", g.name, describe(inputs[2]))
	}
	vec.SoftmaxCrossEntropyGrad(g.dlogits.Float32s(), g.forward.probs, labels, g.forward.classes, float32(*dloss))
	return g.dlogits, nil
}
