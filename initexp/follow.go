package initexp

import (
	"context"
	"math"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"optlab/models/training"
)

// Track is how training changes what flows through a network: the variances of
// every layer with a weight on one batch, in the course of the updates. A
// variance of values that are not finite is NaN.
type Track struct {
	Layers []string // their names, as [Layer] has them
	Steps  []int    // the updates before each measurement, from 0
	// Activations and Gradients are [layer][measurement]: of the layer's output,
	// and of the loss's gradient for its weight.
	Activations, Gradients [][]float64
	History                *training.History
	// Diverged says that the loss left the finite numbers, where History and
	// measurements end; nil if it did not.
	Diverged *training.DivergedError
}

// Follow trains a model and measures it about so many times, evenly over all
// updates and before the first, on a batch as [Probe.Measure] takes it. It sets
// the trainer's OnStep and runs it.
func Follow(ctx context.Context, t *training.Trainer, x []float32, labels []int, times int) (*Track, error) {
	probe, err := Compile(t.Model, len(labels))
	if err != nil {
		return nil, err
	}
	if err := probe.load(x, labels); err != nil {
		return nil, err
	}
	track := new(Track)
	if err := track.measure(probe, 0); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	every := max(1, t.Epochs*t.Data.Train.Batches()/max(times-1, 1))
	step := 0
	t.OnStep = func(training.Step) {
		if step++; step%every == 0 {
			if err := track.measure(probe, step); err != nil {
				stop(err)
			}
		}
	}
	track.History, err = t.Run(ctx)
	switch cause := context.Cause(ctx); {
	case errors.As(err, &track.Diverged):
		return track, nil
	case cause != nil:
		return nil, cause
	}
	return track, err
}

// load sets the batch that the probe runs.
func (p *Probe) load(x []float32, labels []int) error {
	if len(labels) != len(p.pass.Labels) || len(x) != len(p.pass.X) {
		return errors.Errorf("measuring an initialization: %d labels and %d pixels: want %d and %d", len(labels), len(x), len(p.pass.Labels), len(p.pass.X))
	}
	copy(p.pass.X, x)
	copy(p.pass.Labels, labels)
	return nil
}

// measure appends the variances after so many updates.
func (t *Track) measure(p *Probe, step int) error {
	if err := p.pass.Run(); err != nil {
		return errors.WithMessage(err, "measuring during the training")
	}
	layers, err := p.weighted()
	if err != nil {
		return err
	}
	if t.Layers == nil {
		t.Activations, t.Gradients = make([][]float64, len(layers)), make([][]float64, len(layers))
		for _, l := range layers {
			t.Layers = append(t.Layers, l.name)
		}
	}
	t.Steps = append(t.Steps, step)
	for i, l := range layers {
		t.Activations[i] = append(t.Activations[i], variance(l.activation))
		t.Gradients[i] = append(t.Gradients[i], variance(l.gradient))
	}
	return nil
}

// variance returns the population variance of a tensor's elements, NaN if one
// is not finite.
func variance(t *tensor.Dense) float64 {
	var d Distribution
	if err := d.moments(t.Float32s()); err != nil {
		return math.NaN()
	}
	return d.Variance
}
