package main

import (
	"cmp"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"optlab/dataset"
	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/cli"
	"optlab/internal/show"
	"optlab/mnist"
	"optlab/models"
	"optlab/optimizers"
)

// options are the flags of the command.
type options struct {
	experiment.Config // but for what the lists have

	load     string
	schedule string
	lists    *cli.Lists
	decays   *cli.Settings // of the schedules

	out                       string // empty: named after the run
	overwrite, quiet, verbose bool

	check    string // a folder to check instead
	findRate bool   // test learning rates instead
}

const synopsis = `Train a network on images and test it. With no flags: MNIST, 784-128-10 with
dropout 0.2, SGD with learning rate 0.1, 20 epochs in batches of 16. Several
values with commas of -activation, -dropout, -init, -optimizer, -lr, -batch and
-seed are compared, each with each.`

// parseOptions parses the command line. Every error is a cli.UsageError, or
// cli.ErrHelp.
func parseOptions(args []string, stdout io.Writer) (*options, error) {
	f := cli.NewFlags("train", synopsis,
		"go run ./cmd/train",
		"go run ./cmd/train -lr 0.005 -out runs/slow",
		"go run ./cmd/train -data fashion -model base -activation tanh -optimizer adam -batch 256",
		"go run ./cmd/train -data fashion -model base -optimizer sgd,momentum,adam -batch 256",
		"go run ./cmd/train -optimizer adam -find-lr",
		"go run ./cmd/train -lr 0.01,0.1,1 -seed 1,2,3 -epochs 5",
		"go run ./cmd/train -schedule cosine -warmup 500 -out runs/cosine",
		"go run ./cmd/train -load runs/slow/model.safetensors -epochs 0 -out runs/tested")
	o := &options{Config: experiment.Default(models.HyperparameterModel)}
	o.lists = cli.NewLists(f, o.Config)
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
	o.lists.BindNetwork()
	cli.BindInitializer(f, &o.Init)
	cli.Bind(f, &o.load, "load", cli.Path, "start from the parameters in `FILE`: safetensors, or a state dict by torch.save")

	f.Group("Training")
	o.lists.BindTraining()
	cli.Bind(f, &o.Epochs, "epochs", cli.IntFrom(0), "`N` passes over the training data; 0, with -load, only tests")
	cli.Bind(f, &o.Patience, "patience", cli.IntFrom(0), "stop when `N` epochs have not bettered the validation accuracy, 0 for never")

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
	if o.load != "" {
		o.Start = &experiment.Start{Path: o.load}
	}
	usual := o.usual(given)
	for flag, take := range map[string]func(){
		"split":     func() { o.Preparation.Split = usual.Preparation.Split },
		"drop-last": func() { o.Preparation.DropLast = usual.Preparation.DropLast },
		"pixels":    func() { o.Preparation.Pixels = usual.Preparation.Pixels },
	} {
		if !given(flag) {
			take()
		}
	}
	o.Preparation.ShuffleValidation = usual.Preparation.ShuffleValidation
	o.Optimizer.Schedule.Name, o.Optimizer.Schedule.Settings = o.schedule, o.decays.Of(o.schedule)
	if o.Epochs == 0 && o.load == "" {
		return cli.Usagef("-epochs 0 trains nothing: want at least 1, or parameters to test by -load")
	}
	if lists := o.lists.Listed(); o.findRate && len(lists) > 0 {
		return cli.Usagef("-find-lr is for one run at a time, not for a list in -%s", lists[0])
	}
	if o.quiet && o.verbose {
		return cli.Usagef("-quiet and -verbose exclude each other")
	}
	if err := o.lists.Complete(usual); err != nil {
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

// usual returns the defaults for the architecture, or where no flag says
// anything of the network, for that of the file to load.
func (o *options) usual(given func(string) bool) experiment.Config {
	if o.load != "" && !slices.ContainsFunc([]string{"model", "sizes", "activation", "dropout"}, given) {
		start := experiment.Recall(o.Config, folder.Folder{Path: o.out}).Start
		// Else loading will say why. Of the base model a file does not say the
		// activation.
		if network, err := start.Network(); err == nil && network.Architecture == o.Model.Architecture {
			o.Model = network
			c := experiment.Default(network.Architecture)
			c.Model.Dropout = network.Dropout
			return c
		}
	}
	return experiment.Default(o.Model.Architecture)
}

// runs returns the configuration of every run.
func (o *options) runs() []experiment.Config { return o.lists.Product(o.Config) }

// base returns the folder for the files of the run, or of all runs.
func (o *options) base(set *dataset.Set, c experiment.Config) string {
	if o.out != "" {
		return o.out
	}
	return filepath.Join("runs", show.Folder(c, set, o.lists.Name(), o.findRate))
}
