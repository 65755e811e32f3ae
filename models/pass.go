package models

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"optlab/graph"
	"optlab/random"
)

// PassConfig says what a pass through a model is for.
type PassConfig struct {
	// Batch is the number of samples, at least 1.
	Batch int
	// Gradients asks for the gradient of the loss for every parameter.
	Gradients bool
	// Masks is the stream that dropout masks are drawn from: the model is in
	// training mode. Without it, the model is in evaluation mode: no dropout.
	Masks *random.Stream
}

// Pass is a model compiled for batches of one size: the network and its loss as
// a graph on a tape machine, bound to the model's parameters.
//
// Hooks ([graph.Machine.Value]) are the outputs of all modules under PyTorch's
// names ("net.0", "layers.1") and "loss".
type Pass struct {
	*graph.Machine
	X      []float32 // input, [batch, features] row-major: write before Run
	Labels []int     // class of every sample, [batch]: write before Run

	loss, logits *gorgonia.Node
}

// Compile builds the graph of m for the given purpose. Building takes about a
// millisecond: keep the pass and run it for every batch.
func (m *Model) Compile(config PassConfig) (*Pass, error) {
	p, err := m.compile(config)
	return p, errors.Wrapf(err, "compiling the model for batches of %d", config.Batch)
}

func (m *Model) compile(config PassConfig) (*Pass, error) {
	if config.Batch < 1 {
		return nil, errors.New("a batch has at least one sample")
	}
	p := new(Pass)
	var err error
	p.Machine, err = graph.Compile(func(g *gorgonia.ExprGraph) (graph.Program, error) {
		return m.build(g, config, p)
	})
	return p, err
}

// build adds the network and its loss to g and sets the rest of p.
func (m *Model) build(g *gorgonia.ExprGraph, config PassConfig, p *Pass) (graph.Program, error) {
	x, data, err := graph.Input(g, "x", config.Batch, m.config.Input())
	if err != nil {
		return graph.Program{}, err
	}
	labels, classes, err := graph.Labels(g, "labels", config.Batch)
	if err != nil {
		return graph.Program{}, err
	}
	p.X, p.Labels = data, classes
	nodes, err := m.nodes(g)
	if err != nil {
		return graph.Program{}, err
	}
	hooks := make(map[string]*gorgonia.Node)
	if p.logits, err = m.forward(x, nodes, config.Masks, hooks); err != nil {
		return graph.Program{}, err
	}
	if p.loss, err = graph.CrossEntropy(p.logits, labels); err != nil {
		return graph.Program{}, err
	}
	hooks["loss"] = p.loss
	program := graph.Program{Loss: p.loss, Hooks: hooks}
	if config.Gradients {
		program.Parameters = nodes
	}
	return program, nil
}

// nodes adds the parameters to g.
func (m *Model) nodes(g *gorgonia.ExprGraph) (gorgonia.Nodes, error) {
	nodes := make(gorgonia.Nodes, len(m.parameters))
	for i, p := range m.parameters {
		var err error
		if nodes[i], err = p.Node(g); err != nil {
			return nil, err
		}
	}
	return nodes, nil
}

// forward adds the modules of the network to the graph of x, records their
// outputs in hooks and returns the last, the logits.
func (m *Model) forward(x *gorgonia.Node, parameters gorgonia.Nodes, masks *random.Stream, hooks map[string]*gorgonia.Node) (*gorgonia.Node, error) {
	var err error
	for _, mod := range m.modules {
		switch mod.kind {
		case linearModule:
			x, err = graph.Linear(x, parameters[0], parameters[1])
			parameters = parameters[2:]
		case activationModule:
			x, err = m.config.Activation.Apply(x)
		case dropoutModule:
			if masks != nil {
				x, err = graph.Dropout(x, m.config.Dropout, masks)
			}
		}
		if err != nil {
			return nil, errors.Wrap(err, mod.name)
		}
		hooks[mod.name] = x
	}
	return x, nil
}

// Loss returns the mean cross-entropy of the last run's batch, 0 before any run.
func (p *Pass) Loss() float32 {
	if v, ok := p.loss.Value().(*gorgonia.F32); ok {
		return float32(*v)
	}
	return 0
}

// Logits returns the outputs of the last run, [batch, classes] row-major, nil
// before any run. The next run overwrites them.
func (p *Pass) Logits() []float32 {
	if v, ok := p.logits.Value().(interface{ Float32s() []float32 }); ok {
		return v.Float32s()
	}
	return nil
}
