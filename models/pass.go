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
	// Share, if it is not nil, is a pass of the model with gradients, whose
	// memory those of this one take: the run of either overwrites them.
	Share *Pass
	// Threads bounds the threads that share the work of one run: 0 is as many
	// as there are. The results do not depend on it.
	Threads int
}

// Pass is a model compiled for batches of one size: the network and its loss as
// a graph on a tape machine, bound to the model's parameters.
//
// Hooks ([graph.Machine.Value]) are the outputs of all layers under PyTorch's
// names ("net.0", "layers.1") and "loss".
type Pass struct {
	*graph.Machine
	X      []float32 // input, [batch, features] row-major: write before Run
	Labels []int     // class of every sample, [batch]: write before Run

	loss, logits *gorgonia.Node
	outputs      map[string]*gorgonia.Node // of the layers, by name
}

// OutputGradient returns the gradient of the loss for the output of a layer, by
// PyTorch's name of the layer, [batch, features], in the last run. It is an
// error if [PassConfig] did not ask for gradients.
func (p *Pass) OutputGradient(layer string) (gorgonia.Value, error) {
	n, ok := p.outputs[layer]
	if !ok {
		return nil, errors.Errorf("the gradient for the output of %q: there is no such layer", layer)
	}
	value, err := n.Grad()
	if err == nil && value == nil {
		err = errors.New("run the pass first")
	}
	return value, errors.Wrapf(err, "the gradient for the output of %s", layer)
}

// Compile builds the graph of m for the given purpose. Building takes about a
// millisecond: keep the pass and run it for every batch. A pass is not safe for
// concurrent use; passes of different models are, in building and in running.
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
	p.Machine, err = graph.Compile(func(g *gorgonia.ExprGraph) (graph.Program, error) { return m.build(g, config, p) })
	return p, err
}

// build adds the network and its loss to g, and binds p to their inputs and
// outputs.
func (m *Model) build(g *gorgonia.ExprGraph, config PassConfig, p *Pass) (program graph.Program, err error) {
	program.Hooks, program.Threads = make(map[string]*gorgonia.Node), config.Threads
	if config.Share != nil {
		program.Share = config.Share.Machine
	}
	x, data, err := graph.Input(g, "x", config.Batch, m.config.input())
	if err != nil {
		return program, err
	}
	labels, classes, err := graph.Labels(g, "labels", config.Batch)
	if err != nil {
		return program, err
	}
	p.X, p.Labels = data, classes
	b := building{nodes: make(map[*graph.Parameter]*gorgonia.Node), masks: config.Masks}
	for _, parameter := range m.parameters {
		n, err := parameter.Node(g)
		if err != nil {
			return program, err
		}
		b.nodes[parameter] = n
		if config.Gradients {
			program.Parameters = append(program.Parameters, n)
		}
	}
	p.outputs = make(map[string]*gorgonia.Node, len(m.layers))
	for _, l := range m.layers {
		if x, err = l.forward(x, b); err != nil {
			return program, errors.Wrap(err, l.name())
		}
		program.Hooks[l.name()] = x
		p.outputs[l.name()] = x
	}
	if program.Loss, err = graph.CrossEntropy(x, labels); err != nil {
		return program, err
	}
	program.Hooks["loss"] = program.Loss
	p.logits, p.loss = x, program.Loss
	return program, nil
}

// Loss returns the mean cross-entropy of the last run's batch, 0 before any
// run.
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
