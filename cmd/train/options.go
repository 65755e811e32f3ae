package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"optlab/graph"
	"optlab/internal/cli"
	"optlab/mnist"
	"optlab/models"
	"optlab/optimizers"
)

// options are the flags of the command, each valid by itself.
type options struct {
	data         string
	architecture models.Architecture
	sizes        []int // nil: the architecture's default
	activation   graph.Activation
	dropout      float64
	scheme       models.Scheme
	load         string

	optimizer             string
	lr, beta1, beta2, eps float64
	batch, epochs         int
	seed                  uint64

	out                       string // empty: named after the run
	overwrite, quiet, verbose bool
}

// The optimizers by name, and their learning rates where -lr is not given.
const (
	sgd      = "sgd"
	momentum = "momentum"
	adam     = "adam"
)

var defaultRate = map[string]float64{sgd: 0.1, momentum: 0.1, adam: 0.001}

const synopsis = `Train a network on images and test it. With no flags: MNIST, 784-128-10 with
dropout 0.2, SGD with learning rate 0.1, 20 epochs in batches of 16.`

// parseOptions parses the command line. Every error is a cli.UsageError, or
// cli.ErrHelp.
func parseOptions(args []string, stdout io.Writer) (*options, error) {
	f := cli.NewFlags("train", synopsis,
		"go run ./cmd/train",
		"go run ./cmd/train -lr 0.005 -out runs/slow",
		"go run ./cmd/train -data fashion -model base -activation tanh -optimizer adam -batch 256",
		"go run ./cmd/train -load runs/slow/model.safetensors -epochs 0 -out runs/tested")
	flags := defineFlags(f)
	if err := f.Parse(args, stdout); err != nil {
		return nil, err
	}
	o := flags()
	if err := o.fill(f.Given); err != nil {
		return nil, err
	}
	return o, nil
}

// defineFlags defines the flags and returns what collects their values.
func defineFlags(f *cli.Flags) func() *options {
	f.Group("Data")
	data := cli.Define(f, "data", "mnist", cli.Text, "`SOURCE` of the images: mnist, fashion, or a folder with the four IDX files")

	f.Group("Network")
	architecture := cli.Define(f, "model", models.HyperparameterModel, cli.OneOf(models.HyperparameterModel, models.BaseNetwork),
		"`NAME` of the architecture: hyperparameter (ReLU, dropout) or base")
	sizes := cli.Define(f, "sizes", nil, cli.Sizes, "`N,…` units from input to output (default 784,128,10; base 784,512,256,256,128,10)")
	activation := cli.Define(f, "activation", "", cli.OneOf(graph.Activations...), "`NAME` of the base model's activation: "+cli.Join(graph.Activations, ", ")+" (default tanh)")
	dropout := cli.Define(f, "dropout", 0.2, cli.Fraction, "`P`robability to drop a hidden unit in training, 0 for none; the base model has none")
	scheme := cli.Define(f, "init", models.Torch, cli.OneOf(models.Schemes...), "`SCHEME` of the first values: "+cli.Join(models.Schemes, ", "))
	load := cli.Define(f, "load", "", cli.Text, "start from the parameters in `FILE`, safetensors")

	f.Group("Training")
	optimizer := cli.Define(f, "optimizer", sgd, cli.OneOf(sgd, momentum, adam), "`RULE` of the update: sgd, momentum, adam")
	lr := cli.Define(f, "lr", 0, cli.Positive, "learning `RATE` (default 0.1; adam 0.001)")
	beta1 := cli.Define(f, "beta1", optimizers.DefaultBeta1, cli.Fraction, "`DECAY` of the mean gradient, for momentum and adam")
	beta2 := cli.Define(f, "beta2", optimizers.DefaultBeta2, cli.Fraction, "`DECAY` of the mean squared gradient, for adam")
	eps := cli.Define(f, "eps", optimizers.DefaultEpsilon, cli.Positive, "`NUMBER` added to the root of the mean square, for adam")
	batch := cli.Define(f, "batch", 16, cli.IntFrom(1), "`N` samples per step")
	epochs := cli.Define(f, "epochs", 20, cli.IntFrom(0), "`N` passes over the training data; 0, with -load, only tests")
	seed := cli.Define(f, "seed", 42, cli.Seed, "`N` that decides every random draw")

	f.Group("Output")
	out := cli.Define(f, "out", "", cli.Text, "`DIR` for the files (default runs/<data>-<sizes>-<optimizer>)")
	overwrite := f.Bool("overwrite", "replace an earlier run in the folder")
	quiet := f.Bool("quiet", "print nothing but the result")
	verbose := f.Bool("verbose", "also print the first batch: shapes, logits, loss")

	return func() *options {
		return &options{
			data: *data, architecture: *architecture, sizes: *sizes, activation: *activation, dropout: *dropout, scheme: *scheme, load: *load,
			optimizer: *optimizer, lr: *lr, beta1: *beta1, beta2: *beta2, eps: *eps, batch: *batch, epochs: *epochs, seed: *seed,
			out: *out, overwrite: *overwrite, quiet: *quiet, verbose: *verbose,
		}
	}
}

// fill sets the defaults that depend on other flags and refuses flags that would
// have no effect: a student who sets one expects it to.
func (o *options) fill(given func(string) bool) error {
	if o.architecture == models.BaseNetwork {
		if !given("dropout") {
			o.dropout = 0
		}
		if o.activation == "" {
			o.activation = graph.Tanh
		}
	} else if o.activation == "" {
		o.activation = graph.ReLU
	}
	if o.lr == 0 {
		o.lr = defaultRate[o.optimizer]
	}
	if o.epochs == 0 && o.load == "" {
		return cli.Usagef("-epochs 0 trains nothing: want at least 1, or parameters to test by -load")
	}
	if o.quiet && o.verbose {
		return cli.Usagef("-quiet and -verbose exclude each other")
	}
	if _, err := o.newOptimizer(); err != nil {
		return cli.UsageError{Err: err}
	}
	for flag, users := range map[string]string{"beta1": momentum + " " + adam, "beta2": adam, "eps": adam} {
		if given(flag) && !strings.Contains(users, o.optimizer) {
			return cli.Usagef("-%s has no effect on %s: it is for %s", flag, o.optimizer, strings.ReplaceAll(users, " ", " and "))
		}
	}
	return nil
}

// model returns the description of the network for the data. Sizes that do not
// fit the data are a cli.UsageError.
func (o *options) model(set *mnist.Dataset) (models.Config, error) {
	features := set.Train.Features()
	sizes := o.sizes
	if sizes == nil {
		sizes = []int{features, 128, mnist.Classes}
		if o.architecture == models.BaseNetwork {
			sizes = []int{features, 512, 256, 256, 128, mnist.Classes}
		}
	}
	if err := cli.FitSizes(sizes, set.Name, features, mnist.Classes); err != nil {
		return models.Config{}, err
	}
	config := models.Config{Architecture: o.architecture, Sizes: sizes, Activation: o.activation, Dropout: o.dropout}
	if err := config.Validate(); err != nil {
		return models.Config{}, cli.UsageError{Err: err}
	}
	return config, nil
}

// newOptimizer returns the optimizer that the flags describe.
func (o *options) newOptimizer() (optimizers.Optimizer, error) {
	switch o.optimizer {
	case momentum:
		return optimizers.NewMomentum(optimizers.MomentumConfig{LearningRate: o.lr, Beta1: o.beta1})
	case adam:
		return optimizers.NewAdam(optimizers.AdamConfig{LearningRate: o.lr, Beta1: o.beta1, Beta2: o.beta2, Epsilon: o.eps})
	default:
		return optimizers.NewSGD(optimizers.SGDConfig{LearningRate: o.lr})
	}
}

// folder returns the folder of the run.
func (o *options) folder(set *mnist.Dataset, config models.Config) string {
	if o.out != "" {
		return o.out
	}
	return filepath.Join("runs", fmt.Sprintf("%s-%s-%s", set.Name, cli.JoinInts(config.Sizes, "-"), o.optimizer))
}
