package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
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

	optimizers        cli.List      // several are compared
	rates             cli.Positives // a learning rate for all, or one each; empty: the defaults
	beta1, beta2, eps float64
	batch, epochs     int
	patience          int
	seed              uint64

	// Of the run with one of the optimizers: see runs.
	optimizer string
	lr        float64

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
		"go run ./cmd/train -data fashion -model base -optimizer sgd,momentum,adam -batch 256",
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
	load := cli.Define(f, "load", "", cli.Text, "start from the parameters in `FILE`: safetensors, or a state dict by torch.save")

	f.Group("Training")
	optimizer := cli.Define(f, "optimizer", cli.List{sgd}, cli.ListOf(sgd, momentum, adam), "`RULE` of the update: sgd, momentum, adam; several, with commas, are compared")
	lr := cli.Define(f, "lr", nil, cli.ParsePositives, "learning `RATE`, one for all or with commas one each (default 0.1; adam 0.001)")
	beta1 := cli.Define(f, "beta1", 0.9, cli.Fraction, "`DECAY` of the mean gradient, for momentum and adam")
	beta2 := cli.Define(f, "beta2", 0.999, cli.Fraction, "`DECAY` of the mean squared gradient, for adam")
	eps := cli.Define(f, "eps", 1e-8, cli.Positive, "`NUMBER` added to the root of the mean square, for adam")
	batch := cli.Define(f, "batch", 16, cli.IntFrom(1), "`N` samples per step")
	epochs := cli.Define(f, "epochs", 20, cli.IntFrom(0), "`N` passes over the training data; 0, with -load, only tests")
	patience := cli.Define(f, "patience", 0, cli.IntFrom(0), "stop when `N` epochs have not bettered the validation accuracy, 0 for never")
	seed := cli.Define(f, "seed", 42, cli.Seed, "`N` that decides every random draw")

	f.Group("Output")
	out := cli.Define(f, "out", "", cli.Text, "`DIR` for the files (default runs/<data>-<sizes>-<optimizer>)")
	overwrite := f.Bool("overwrite", "replace an earlier run in the folder")
	quiet := f.Bool("quiet", "print nothing but the result")
	verbose := f.Bool("verbose", "also print the first batch: shapes, logits, loss")

	return func() *options {
		return &options{
			data: *data, architecture: *architecture, sizes: *sizes, activation: *activation, dropout: *dropout, scheme: *scheme, load: *load,
			optimizers: *optimizer, rates: *lr, beta1: *beta1, beta2: *beta2, eps: *eps,
			batch: *batch, epochs: *epochs, patience: *patience, seed: *seed,
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
	if n := len(o.rates); n > 1 && n != len(o.optimizers) {
		return cli.Usagef("-lr gives %d rates for %d optimizers: want one for all or one each", n, len(o.optimizers))
	}
	if o.epochs == 0 && o.load == "" {
		return cli.Usagef("-epochs 0 trains nothing: want at least 1, or parameters to test by -load")
	}
	if o.quiet && o.verbose {
		return cli.Usagef("-quiet and -verbose exclude each other")
	}
	for flag, users := range map[string][]string{"beta1": {momentum, adam}, "beta2": {adam}, "eps": {adam}} {
		used := slices.ContainsFunc(users, func(user string) bool { return slices.Contains(o.optimizers, user) })
		if given(flag) && !used {
			return cli.Usagef("-%s has no effect on %s: it is for %s", flag, o.optimizers, strings.Join(users, " and "))
		}
	}
	for _, run := range o.runs("") {
		if _, err := run.newOptimizer(); err != nil {
			return cli.UsageError{Err: err}
		}
	}
	return nil
}

// runs returns the options of the run with each optimizer. A single run's files
// go to the folder out, those of several to a folder each within it.
func (o *options) runs(out string) []*options {
	runs := make([]*options, len(o.optimizers))
	for i, optimizer := range o.optimizers {
		run := *o
		run.optimizer, run.out = optimizer, out
		if len(o.optimizers) > 1 {
			run.out = filepath.Join(out, optimizer)
		}
		switch len(o.rates) {
		case 0:
			run.lr = defaultRate[optimizer]
		case 1:
			run.lr = o.rates[0]
		default:
			run.lr = o.rates[i]
		}
		runs[i] = &run
	}
	return runs
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
	c := optimizers.Config{Name: o.optimizer, LearningRate: o.lr}
	switch o.optimizer {
	case momentum:
		c.Settings = map[string]float64{"beta1": o.beta1}
	case adam:
		c.Settings = map[string]float64{"beta1": o.beta1, "beta2": o.beta2, "epsilon": o.eps}
	}
	return optimizers.New(c)
}

// folder returns the folder of the run, or of the runs to be compared.
func (o *options) folder(set *mnist.Dataset, config models.Config) string {
	if o.out != "" {
		return o.out
	}
	return filepath.Join("runs", fmt.Sprintf("%s-%s-%s", set.Name, cli.JoinInts(config.Sizes, "-"), strings.Join(o.optimizers, "+")))
}
