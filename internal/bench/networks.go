package bench

import (
	"maps"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"optlab/experiment"
	"optlab/graph"
	"optlab/mnist"
	"optlab/models"
	"optlab/optimizers"
)

// networks are the lab's networks by name, with the data they are trained on.
var networks = map[string]experiment.Config{
	"784-128-10":          part1([]int{784, 128, 10}),
	"784-160-80-40-20-10": part1([]int{784, 160, 80, 40, 20, 10}),
	"base-tanh":           part4(graph.Tanh),
	"base-relu":           part4(graph.ReLU),
}

func part1(sizes []int) experiment.Config {
	c := experiment.Default(models.HyperparameterModel)
	c.Model.Sizes = sizes
	return c
}

func part4(activation graph.Activation) experiment.Config {
	c := experiment.Default(models.BaseNetwork)
	c.Data, c.Model.Activation = "fashion", activation
	return c
}

// Find returns the experiment with a network of that name, an optimizer at its
// usual learning rate and a batch size. Unknown names are errors that list the
// names.
func Find(network, optimizer string, batch int) (experiment.Config, error) {
	c, ok := networks[network]
	if !ok {
		names := strings.Join(slices.Sorted(maps.Keys(networks)), ", ")
		return c, errors.Errorf("unknown network %q: want one of %s", network, names)
	}
	kind, err := optimizers.Lookup(optimizer)
	if err != nil {
		return c, err
	}
	c.Optimizer = optimizers.Config{Name: optimizer, LearningRate: kind.LearningRate}
	c.Batch = batch
	return c, nil
}

// Stepper makes training steps of an experiment, one after the other, on real
// batches, with nothing around them.
type Stepper struct {
	experiment *experiment.Experiment
	pass       *models.Pass
}

// NewStepper sets an experiment up.
func NewStepper(c experiment.Config) (*Stepper, error) {
	set, err := mnist.Open(c.Data)
	if err != nil {
		return nil, err
	}
	e, err := experiment.New(c, set)
	if err != nil {
		return nil, err
	}
	pass, err := e.Model.Compile(models.PassConfig{Batch: c.Batch, Gradients: true, Masks: e.Masks, Threads: c.Threads})
	return &Stepper{e, pass}, err
}

// Steps returns the number of full batches in an epoch.
func (s *Stepper) Steps() int { return s.experiment.Data.Train.Len() / len(s.pass.Labels) }

// Step gathers the next batch, runs the network forwards and backwards and
// updates the parameters. After the last full batch a new epoch begins.
func (s *Stepper) Step() error {
	loader := s.experiment.Data.Train
	if loader.NextSize() != len(s.pass.Labels) {
		loader.Start(s.experiment.Stream)
	}
	if err := loader.Next(s.pass.X, s.pass.Labels); err != nil {
		return err
	}
	if err := s.pass.Run(); err != nil {
		return err
	}
	return s.experiment.Optimizer.Step(s.pass.Gradients())
}

// Loss returns the loss of the last step's batch.
func (s *Stepper) Loss() float32 { return s.pass.Loss() }
