package main

import (
	"io"
	"path/filepath"

	"optlab/graph"
	"optlab/internal/cli"
	"optlab/mnist"
	"optlab/models"
)

// options are the flags of the command, each valid by itself.
type options struct {
	scheme     models.Scheme // or all
	c, std     float64
	activation graph.Activation
	sizes      []int // nil: the lab's, or for a depth 784,256,10
	depth      int   // 0: as sizes say
	data       string
	samples    int
	bins       int
	seed       uint64
	out        string // empty: named after the scheme
}

// all is the scheme that stands for every one.
const all models.Scheme = "all"

// maxDepth keeps a slip in -depth from taking all memory: 200 layers of 256 are
// 13 million weights.
const maxDepth = 200

const synopsis = `Show what an initialisation does to every layer's weights, gradients and
activations: one batch through the lab's base network, forwards and backwards.`

// parseOptions parses the command line. Every error is a cli.UsageError, or
// cli.ErrHelp.
func parseOptions(args []string, stdout io.Writer) (*options, error) {
	f := cli.NewFlags("initexp", synopsis,
		"go run ./cmd/initexp -scheme equalvar",
		"go run ./cmd/initexp -scheme normal -std 0.1",
		"go run ./cmd/initexp -scheme xavier -activation tanh",
		"go run ./cmd/initexp -scheme all -activation relu -depth 30")
	f.Group("Initialisation")
	scheme := cli.Define(f, "scheme", models.EqualVar, cli.OneOf(append(models.Schemes[:len(models.Schemes):len(models.Schemes)], all)...),
		"`NAME`: "+cli.Join(models.Schemes, ", ")+", or all")
	c := cli.Define(f, "c", models.NewInitializer(models.Constant).Constant, cli.Finite, "`VALUE` of every parameter, for constant")
	std := cli.Define(f, "std", models.NewInitializer(models.Normal).Std, cli.Positive, "standard `DEVIATION` of every parameter, for normal")

	f.Group("Network")
	activation := cli.Define(f, "activation", graph.Identity, cli.OneOf(graph.Activations...), "`NAME` of the activation: "+cli.Join(graph.Activations, ", "))
	sizes := cli.Define(f, "sizes", nil, cli.Sizes, "`N,…` units from input to output (default 784,512,256,256,128,10; with -depth 784,256,10)")
	depth := cli.Define(f, "depth", 0, cli.IntBetween(1, maxDepth), "repeat the one hidden layer `N` times and draw variances against depth (default as sizes say)")

	f.Group("Data")
	data := cli.Define(f, "data", "fashion", cli.Text, "`SOURCE` of the images: mnist, fashion, or a folder with the four IDX files")
	samples := cli.Define(f, "samples", 1024, cli.IntFrom(1), "`N` images of the training split in the batch")
	seed := cli.Define(f, "seed", 42, cli.Seed, "`N` that decides every random draw")

	f.Group("Output")
	bins := cli.Define(f, "bins", 50, cli.IntBetween(1, 1000), "`N` bins of a histogram")
	out := cli.Define(f, "out", "", cli.Text, "`DIR` for the files (default runs/initexp-<scheme>)")

	if err := f.Parse(args, stdout); err != nil {
		return nil, err
	}
	o := &options{scheme: *scheme, c: *c, std: *std, activation: *activation, sizes: *sizes, depth: *depth,
		data: *data, samples: *samples, bins: *bins, seed: *seed, out: *out}
	for flag, user := range map[string]models.Scheme{"c": models.Constant, "std": models.Normal} {
		if f.Given(flag) && o.scheme != user && o.scheme != all {
			return nil, cli.Usagef("-%s has no effect on %s: it is for %s", flag, o.scheme, user)
		}
	}
	if o.depth > 0 && o.sizes != nil && len(o.sizes) != 3 {
		return nil, cli.Usagef("-depth repeats one hidden layer: want -sizes with exactly one, as 784,256,10")
	}
	if o.out == "" {
		o.out = filepath.Join("runs", "initexp-"+string(o.scheme))
	}
	return o, nil
}

// schemes returns the schemes to be tried.
func (o *options) schemes() []models.Scheme {
	if o.scheme == all {
		return models.Schemes
	}
	return []models.Scheme{o.scheme}
}

// initializer returns a scheme with its settings.
func (o *options) initializer(scheme models.Scheme) models.Initializer {
	return models.Initializer{Scheme: scheme, Constant: o.c, Std: o.std}
}

// model returns the description of the network for the data. Sizes that do not
// fit the data are a cli.UsageError.
func (o *options) model(set *mnist.Dataset) (models.Config, error) {
	features := set.Train.Features()
	sizes := o.sizes
	switch {
	case sizes == nil && o.depth > 0:
		sizes = []int{features, 256, mnist.Classes}
	case sizes == nil:
		sizes = []int{features, 512, 256, 256, 128, mnist.Classes}
	}
	if err := cli.FitSizes(sizes, set.Name, features, mnist.Classes); err != nil {
		return models.Config{}, err
	}
	hidden := sizes[1 : len(sizes)-1]
	if o.depth > 0 {
		width := hidden[0]
		hidden = make([]int, o.depth)
		for i := range hidden {
			hidden[i] = width
		}
	}
	config := models.Base(o.activation, features, mnist.Classes, hidden)
	if err := config.Validate(); err != nil {
		return models.Config{}, cli.UsageError{Err: err}
	}
	return config, nil
}
