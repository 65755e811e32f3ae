package bench_test

import (
	"testing"

	"optlab/graph"
	"optlab/internal/random"
	"optlab/mnist"
	"optlab/models"
	"optlab/models/training"
	"optlab/optimizers"
)

// BenchmarkStep measures one step of training: gathering a batch, the network
// forwards and backwards, the optimizer's update.
func BenchmarkStep(b *testing.B) {
	shallow := models.Hyperparameter([]int{784, 128, 10}, 0.2)
	deep := models.Hyperparameter([]int{784, 160, 80, 40, 20, 10}, 0.2)
	base := models.Base(graph.Tanh, 784, 10, []int{512, 256, 256, 128})
	for _, c := range []struct {
		name      string
		model     models.Config
		batch     int
		optimizer optimizers.Optimizer
	}{
		{"784-128-10/batch=16/sgd", shallow, 16, must(optimizers.NewSGD(optimizers.SGDConfig{LearningRate: 0.1}))},
		{"784-128-10/batch=16/momentum", shallow, 16, must(optimizers.NewMomentum(optimizers.MomentumConfig{LearningRate: 0.1, Beta1: 0.9}))},
		{"784-128-10/batch=16/adam", shallow, 16, newAdam()},
		{"784-160-80-40-20-10/batch=16/sgd", deep, 16, must(optimizers.NewSGD(optimizers.SGDConfig{LearningRate: 0.1}))},
		{"base-tanh/batch=256/sgd", base, 256, must(optimizers.NewSGD(optimizers.SGDConfig{LearningRate: 0.1}))},
		{"base-tanh/batch=256/adam", base, 256, newAdam()},
	} {
		b.Run(c.name, func(b *testing.B) { step(b, c.model, c.batch, c.optimizer) })
	}
}

func step(b *testing.B, config models.Config, batch int, optimizer optimizers.Optimizer) {
	set := must(mnist.MNIST())
	stream := random.New(42)
	loader := must(training.NewData(set, config.Architecture, batch, stream)).Train
	model := must(models.New(config))
	if err := model.Initialize(models.NewInitializer(models.Torch), stream); err != nil {
		b.Fatal(err)
	}
	pass := must(model.Compile(models.PassConfig{Batch: batch, Gradients: true, Masks: random.Derive(42, "dropout")}))
	b.ReportAllocs()
	for b.Loop() {
		if loader.NextSize() != batch {
			loader.Start(stream)
		}
		if err := loader.Next(pass.X, pass.Labels); err != nil {
			b.Fatal(err)
		}
		if err := pass.Run(); err != nil {
			b.Fatal(err)
		}
		if err := optimizer.Step(pass.Gradients()); err != nil {
			b.Fatal(err)
		}
	}
}

func newAdam() optimizers.Optimizer {
	return must(optimizers.NewAdam(optimizers.AdamConfig{
		LearningRate: 0.001, Beta1: optimizers.DefaultBeta1, Beta2: optimizers.DefaultBeta2, Epsilon: optimizers.DefaultEpsilon,
	}))
}

// must is for settings written above, which are right or a mistake in this file.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
