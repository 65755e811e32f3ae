package models

import (
	"gorgonia.org/gorgonia"

	"optlab/graph"
	"optlab/random"
)

// linear is PyTorch's nn.Linear: y = x·Wᵀ + b.
type linear struct {
	label        string
	fan          fan
	weight, bias *graph.Parameter // [out, in] and [out]
}

var _ layer = (*linear)(nil)

func newLinear(name string, in, out int, first bool) *linear {
	return &linear{
		label:  name,
		fan:    fan{in: float64(in), out: float64(out), first: first},
		weight: graph.NewParameter(name+".weight", out, in),
		bias:   graph.NewParameter(name+".bias", out),
	}
}

func (l *linear) name() string { return l.label }

func (l *linear) parameters() []*graph.Parameter {
	return []*graph.Parameter{l.weight, l.bias}
}

func (l *linear) initialize(r recipe, s *random.Stream) {
	r.draw(r, l.fan, l.weight.Data(), l.bias.Data(), s)
}

func (l *linear) forward(x *gorgonia.Node, b building) (*gorgonia.Node, error) {
	return graph.Linear(x, b.nodes[l.weight], b.nodes[l.bias])
}

// moment returns in·Var(w)·E[x²]: y is a sum of products w·x, all independent,
// with weights of mean 0, and the bias is 0.
func (l *linear) moment(r recipe, x float64) (float64, bool) {
	return l.fan.in * r.variance(r, l.fan) * x, true
}

// back returns out·Var(w)·E[δy²]: δx is a sum of products w·δy, as y is of w·x.
func (l *linear) back(r recipe, dy float64) (float64, bool) {
	return l.fan.out * r.variance(r, l.fan) * dy, true
}

func (l *linear) summary() Layer {
	return Layer{Kind: "Linear", Features: int(l.fan.out)}
}
