package bench

import (
	"sort"
	"strings"

	"github.com/pkg/errors"

	"optlab/graph"
	"optlab/mnist"
	"optlab/models"
	"optlab/models/training"
	"optlab/optimizers"
	"optlab/random"
)

// Workload is a network to be trained on one of the data sets.
type Workload struct {
	Data      func() (*mnist.Dataset, error)
	Model     models.Config
	Optimizer string // sgd, momentum or adam, with the lab's settings
	Batch     int
}

// Networks are the lab's networks by name, with the data they are trained on.
var Networks = map[string]Workload{
	"784-128-10":          {Data: mnist.MNIST, Model: models.Hyperparameter([]int{784, 128, 10}, 0.2)},
	"784-160-80-40-20-10": {Data: mnist.MNIST, Model: models.Hyperparameter([]int{784, 160, 80, 40, 20, 10}, 0.2)},
	"base-tanh":           {Data: mnist.Fashion, Model: models.Base(graph.Tanh, 784, 10, []int{512, 256, 256, 128})},
	"base-relu":           {Data: mnist.Fashion, Model: models.Base(graph.ReLU, 784, 10, []int{512, 256, 256, 128})},
}

// Find returns the workload of a network's name with an optimizer and a batch
// size. An unknown network is an error that lists the names.
func Find(network, optimizer string, batch int) (Workload, error) {
	w, ok := Networks[network]
	if !ok {
		var names []string
		for name := range Networks {
			names = append(names, name)
		}
		sort.Strings(names)
		return Workload{}, errors.Errorf("unknown network %q: want one of %s", network, strings.Join(names, ", "))
	}
	w.Optimizer, w.Batch = optimizer, batch
	return w, nil
}

// Stepper makes training steps of a workload, one after the other, on real
// batches.
type Stepper struct {
	loader    *mnist.Loader
	stream    *random.Stream
	pass      *models.Pass
	optimizer optimizers.Optimizer
	batch     int
}

// NewStepper sets a workload up, from seed 42.
func NewStepper(w Workload) (*Stepper, error) {
	set, err := w.Data()
	if err != nil {
		return nil, err
	}
	s := &Stepper{stream: random.New(42), batch: w.Batch}
	data, err := training.NewData(set, w.Model.Architecture, w.Batch, s.stream)
	if err != nil {
		return nil, err
	}
	s.loader = data.Train
	model, err := models.New(w.Model)
	if err != nil {
		return nil, err
	}
	if err := model.Initialize(models.NewInitializer(models.Torch), s.stream); err != nil {
		return nil, err
	}
	if s.optimizer, err = newOptimizer(w.Optimizer); err != nil {
		return nil, err
	}
	s.pass, err = model.Compile(models.PassConfig{Batch: w.Batch, Gradients: true, Masks: random.Derive(42, "dropout")})
	return s, err
}

func newOptimizer(name string) (optimizers.Optimizer, error) {
	kind, err := optimizers.Lookup(name)
	if err != nil {
		return nil, err
	}
	return optimizers.New(optimizers.Config{Name: name, LearningRate: kind.LearningRate})
}

// Steps returns the number of full batches in an epoch.
func (s *Stepper) Steps() int { return s.loader.Len() / s.batch }

// Step gathers the next batch, runs the network forwards and backwards and
// updates the parameters. After the last full batch a new epoch begins.
func (s *Stepper) Step() error {
	if s.loader.NextSize() != s.batch {
		s.loader.Start(s.stream)
	}
	if err := s.loader.Next(s.pass.X, s.pass.Labels); err != nil {
		return err
	}
	if err := s.pass.Run(); err != nil {
		return err
	}
	return s.optimizer.Step(s.pass.Gradients())
}

// Loss returns the loss of the last step's batch.
func (s *Stepper) Loss() float32 { return s.pass.Loss() }
