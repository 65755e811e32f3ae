package experiment

import (
	"optlab/dataset"
	"optlab/experiment/folder"
	"optlab/internal/memory"
	"optlab/models"
	"optlab/models/training"
	"optlab/optimizers"
	"optlab/random"
)

// Experiment is an experiment that is ready to run. It embeds its trainer:
// Model, Data, Optimizer and the streams are those of the run, and Pause,
// Continue and Snapshot work on it from other goroutines.
type Experiment struct {
	*training.Trainer

	config Config
	inputs map[string]folder.Input // files that the run needs in its folder
}

// New sets an experiment up on a set: from the seed it draws, in the notebook's
// order, the split, if it is random, and the first parameters of all layers.
// The set is shared. A wrong configuration, or one that takes more memory than
// there is, is a *ConfigError; other errors are
// those of a set that is too small for it and of reading c.Start.
func New(c Config, set *dataset.Set) (*Experiment, error) {
	c, err := c.Complete(set)
	if err != nil {
		return nil, err
	}
	if err := c.fits(memory.Available()); err != nil {
		return nil, err
	}
	stream := random.New(c.Seed)
	data, err := dataset.Prepare(set, c.Preparation, c.Batch, c.Limit, stream, c.Threads)
	if err != nil {
		return nil, err
	}
	model, err := models.New(c.Model)
	if err != nil {
		return nil, &ConfigError{Err: err}
	}
	if err := model.Initialize(c.Init, stream); err != nil {
		return nil, &ConfigError{Err: err}
	}
	e := &Experiment{}
	if c.Start != nil {
		if c.Start, e.inputs, err = c.Start.load(model); err != nil {
			return nil, err
		}
	}
	optimizer, err := optimizers.New(c.optimizer(data))
	if err != nil {
		return nil, &ConfigError{Err: err}
	}
	binding, err := c.binding()
	if err != nil {
		return nil, err
	}
	e.config = c
	e.Trainer = &training.Trainer{
		Model:     model,
		Optimizer: optimizer,
		Data:      data,
		Epochs:    c.Epochs,
		Patience:  c.Patience,
		Stream:    stream,
		Masks:     random.Derive(c.Seed, "dropout"),
		Threads:   c.Threads,
		Binding:   binding,
	}
	return e, nil
}

// optimizer returns the optimizer's configuration with a schedule in updates.
func (c Config) optimizer(data *dataset.Loaders) optimizers.Config {
	o := c.Optimizer
	updates := data.Train.Batches()
	o.Schedule = o.Schedule.Resolve(updates, c.Epochs*updates)
	o.Threads = c.Threads
	return o
}

// Config returns the configuration, complete with the sizes and the digest that
// New filled in.
func (e *Experiment) Config() Config { return e.config }

// Rates returns the learning rate of each of the first n updates.
func (e *Experiment) Rates(n int) []float64 {
	o := e.config.optimizer(e.Data)
	rates := make([]float64, n)
	for i := range rates {
		rates[i] = o.Rate(i)
	}
	return rates
}
