package main

import (
	"cmp"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"optlab/dataset"
	"optlab/experiment"
	"optlab/graph"
	"optlab/internal/cli"
	"optlab/internal/show"
	"optlab/mnist"
	"optlab/models"
	"optlab/optimizers"
)

// options are the flags of the command.
type options struct {
	experiment.Config // but for the optimizer: see runs

	load       string
	optimizers cli.List      // several are compared
	rates      cli.Positives // a learning rate for all, or one each; empty: the defaults
	schedule   string
	settings   *cli.Settings // of the optimizers
	decays     *cli.Settings // of the schedules

	out                       string // empty: named after the run
	overwrite, quiet, verbose bool

	check    string // a folder to check instead
	findRate bool   // test learning rates instead
}

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
		"go run ./cmd/train -optimizer adam -find-lr",
		"go run ./cmd/train -schedule cosine -warmup 500 -out runs/cosine",
		"go run ./cmd/train -load runs/slow/model.safetensors -epochs 0 -out runs/tested")
	o := &options{Config: experiment.Default(models.HyperparameterModel), optimizers: cli.List{optimizers.Names()[0]}}
	o.addFlags(f)
	if err := f.Parse(args, stdout); err != nil {
		return nil, err
	}
	if o.check != "" {
		return o, f.Alone("check")
	}
	useless := f.Useless("find-lr", "lr", "schedule", "warmup", "epochs", "patience", "allow-other-cpu", "verbose")
	return o, cmp.Or(useless, o.complete(f.Given))
}

// addFlags binds the flags to the options.
func (o *options) addFlags(f *cli.Flags) {
	f.Group("Data")
	cli.Bind(f, &o.Data, "data", cli.Text, "`SOURCE` of the images: "+strings.Join(mnist.Names(), ", ")+", or a folder with the four IDX files")
	cli.Bind(f, &o.Preparation.Split, "split", cli.OneOf(dataset.Splits()...), "`NAME` of the split into training and validation: "+cli.Join(dataset.Splits(), ", ")+cli.ByArchitecture(func(c experiment.Config) any { return c.Preparation.Split }))
	cli.Bind(f, &o.Preparation.Pixels, "pixels", cli.OneOf(dataset.PixelRanges()...), "`RANGE` of the pixels: "+cli.Join(dataset.PixelRanges(), ", ")+cli.ByArchitecture(func(c experiment.Config) any { return c.Preparation.Pixels }))
	f.BindBool(&o.Preparation.DropLast, "drop-last", "leave out a last training batch that is not full"+cli.ByArchitecture(func(c experiment.Config) any { return c.Preparation.DropLast }))
	cli.Bind(f, &o.Limit, "limit", cli.IntFrom(1), "only the first `N` samples of each part, for a quick try (default all)")

	f.Group("Network")
	cli.Bind(f, &o.Model.Architecture, "model", cli.OneOf(models.Architectures()...), "`NAME` of the architecture: hyperparameter (ReLU, dropout) or base")
	cli.Bind(f, &o.Model.Sizes, "sizes", cli.Sizes, "`N,…` units from input to output"+cli.ByArchitecture(cli.LabSizes))
	cli.Bind(f, &o.Model.Activation, "activation", cli.OneOf(graph.Activations...), "`NAME` of the base model's activation: "+cli.Join(graph.Activations, ", ")+" (default tanh)")
	cli.Bind(f, &o.Model.Dropout, "dropout", cli.Fraction, "`P`robability to drop a hidden unit in training, 0 for none; the base model has none")
	cli.Bind(f, &o.Init.Scheme, "init", cli.OneOf(models.Schemes...), "`SCHEME` of the first values: "+cli.Join(models.Schemes, ", "))
	f.BindBool(&o.Init.Gain, "gain", "scale "+cli.Join(models.SchemesWithGain, " and ")+" by the activation's gain, as torch.nn.init does")
	cli.Bind(f, &o.load, "load", cli.Path, "start from the parameters in `FILE`: safetensors, or a state dict by torch.save")

	f.Group("Training")
	cli.Bind(f, &o.optimizers, "optimizer", cli.ListOf(optimizers.Names()...), "`RULE` of the update: "+strings.Join(optimizers.Names(), ", ")+"; several, with commas, are compared")
	cli.Bind(f, &o.rates, "lr", cli.ParsePositives, "learning `RATE`, one for all or with commas one each "+cli.UsualRates())
	o.settings = cli.DefineSettings(f, optimizers.Settings())
	cli.Bind(f, &o.Batch, "batch", cli.IntFrom(1), "`N` samples per step")
	cli.Bind(f, &o.Epochs, "epochs", cli.IntFrom(0), "`N` passes over the training data; 0, with -load, only tests")
	cli.Bind(f, &o.Patience, "patience", cli.IntFrom(0), "stop when `N` epochs have not bettered the validation accuracy, 0 for never")
	cli.Bind(f, &o.Seed, "seed", cli.Seed, "`N` that decides every random draw")

	f.Group("Learning rate")
	o.schedule = optimizers.ScheduleNames()[0]
	cli.Bind(f, &o.schedule, "schedule", cli.OneOf(optimizers.ScheduleNames()...), "`NAME` of how the rate goes on: "+strings.Join(optimizers.ScheduleNames(), ", "))
	cli.Bind(f, &o.Optimizer.Schedule.Warmup, "warmup", cli.IntFrom(0), "first raise the rate over `N` batches")
	o.decays = cli.DefineSettings(f, optimizers.ScheduleSettings())
	f.BindBool(&o.findRate, "find-lr", "only test rates from 1e-7 to 10, a batch each, and suggest one")

	f.Group("Output")
	cli.Bind(f, &o.out, "out", cli.Path, "`DIR` for the files (default runs/<data>-<sizes>-<optimizer>)")
	f.BindBool(&o.OtherKernels, "allow-other-cpu", "go on with a run that a processor with other kernels began: the bits are then neither's")
	f.BindBool(&o.overwrite, "overwrite", "replace an earlier run in the folder")
	cli.Bind(f, &o.check, "check", cli.Path, "only say whether the files of the run, or comparison, in `DIR` are whole; a damaged model.safetensors is made again from the checkpoint")
	f.BindBool(&o.quiet, "quiet", "print nothing but the result")
	f.BindBool(&o.verbose, "verbose", "also print the first batch: shapes, logits, loss")
}

// complete sets the defaults that depend on other flags and refuses flags that
// would have no effect: a student who sets one expects it to.
func (o *options) complete(given func(string) bool) error {
	usual := experiment.Default(o.Model.Architecture)
	for flag, take := range map[string]func(){
		"activation": func() { o.Model.Activation = usual.Model.Activation },
		"dropout":    func() { o.Model.Dropout = usual.Model.Dropout },
		"split":      func() { o.Preparation.Split = usual.Preparation.Split },
		"drop-last":  func() { o.Preparation.DropLast = usual.Preparation.DropLast },
		"pixels":     func() { o.Preparation.Pixels = usual.Preparation.Pixels },
	} {
		if !given(flag) {
			take()
		}
	}
	o.Preparation.ShuffleValidation = usual.Preparation.ShuffleValidation
	if o.load != "" {
		o.Start = &experiment.Start{Path: o.load}
	}
	o.Optimizer.Schedule.Name, o.Optimizer.Schedule.Settings = o.schedule, o.decays.Of(o.schedule)
	if n := len(o.rates); n > 1 && n != len(o.optimizers) {
		return cli.Usagef("-lr gives %d rates for %d optimizers: want one for all or one each", n, len(o.optimizers))
	}
	if o.Epochs == 0 && o.load == "" {
		return cli.Usagef("-epochs 0 trains nothing: want at least 1, or parameters to test by -load")
	}
	if o.findRate && len(o.optimizers) > 1 {
		return cli.Usagef("-find-lr is for one optimizer at a time, not %s", o.optimizers)
	}
	if o.quiet && o.verbose {
		return cli.Usagef("-quiet and -verbose exclude each other")
	}
	if err := o.settings.Check(o.optimizers...); err != nil {
		return err
	}
	if err := o.decays.Check(o.schedule); err != nil {
		return err
	}
	for _, run := range o.runs() {
		if err := run.Optimizer.Validate(); err != nil {
			return cli.UsageError{Err: err}
		}
	}
	return nil
}

// runs returns the configuration of the run with each optimizer.
func (o *options) runs() []experiment.Config {
	runs := slices.Repeat([]experiment.Config{o.Config}, len(o.optimizers))
	for i, name := range o.optimizers {
		optimizer := &runs[i].Optimizer
		optimizer.Name, optimizer.Settings = name, o.settings.Of(name)
		switch kind, err := optimizers.Lookup(name); {
		case len(o.rates) > 0:
			optimizer.LearningRate = o.rates[i%len(o.rates)]
		case err == nil:
			optimizer.LearningRate = kind.LearningRate
		}
	}
	return runs
}

// base returns the folder for the files of the run, or of all runs.
func (o *options) base(set *dataset.Set, c experiment.Config) string {
	if o.out != "" {
		return o.out
	}
	name := show.Folder(c, set, o.optimizers)
	if o.findRate {
		name += "-find-lr"
	}
	return filepath.Join("runs", name)
}
