package main

import (
	"io"
	"path/filepath"
	"slices"
	"strings"

	"optlab/dataset"
	"optlab/experiment"
	"optlab/graph"
	"optlab/internal/cli"
	"optlab/mnist"
	"optlab/models"
)

// options are the flags of the command.
type options struct {
	experiment.Config // but for the scheme and the sizes: see config

	scheme  models.Scheme // or all
	depth   int           // 0: as sizes say
	samples int
	bins    int
	out     string // empty: named after the scheme
}

// all is the scheme that stands for every one.
const all models.Scheme = "all"

// maxDepth keeps a slip in -depth from taking all memory: 200 layers of 256 are
// 13 million weights.
const maxDepth = 200

// depthWidth is the width of the layer that -depth repeats, if -sizes has none.
const depthWidth = 256

const synopsis = `Show what an initialization does to every layer's weights, gradients and
activations: one batch through the lab's base network, forwards and backwards.`

// parseOptions parses the command line. Every error is a cli.UsageError, or
// cli.ErrHelp.
func parseOptions(args []string, stdout io.Writer) (*options, error) {
	f := cli.NewFlags("initexp", synopsis,
		"go run ./cmd/initexp -scheme equalvar",
		"go run ./cmd/initexp -scheme normal -std 0.1",
		"go run ./cmd/initexp -scheme xavier -activation tanh",
		"go run ./cmd/initexp -scheme all -activation relu -depth 30")
	o := &options{Config: experiment.Default(models.BaseNetwork), scheme: models.EqualVar, samples: 1024, bins: 50}
	o.Data, o.Model.Activation = "fashion", graph.Identity
	o.Batch = 1 // nothing is trained: a set of any size will do
	o.addFlags(f)
	if err := f.Parse(args, stdout); err != nil {
		return nil, err
	}
	for flag, users := range map[string][]models.Scheme{
		"c": {models.Constant, all}, "std": {models.Normal, all}, "gain": models.SchemesWithGain,
	} {
		if f.Given(flag) && !slices.Contains(users, o.scheme) {
			return nil, cli.Usagef("-%s has no effect on %s: it is for %s", flag, o.scheme, cli.Join(users, " and "))
		}
	}
	if o.depth > 0 && o.Model.Sizes != nil && len(o.Model.Sizes) != 3 {
		return nil, cli.Usagef("-depth repeats one hidden layer: want -sizes with exactly one, as 784,256,10")
	}
	if o.out == "" {
		o.out = filepath.Join("runs", "initexp-"+string(o.scheme))
	}
	return o, nil
}

// addFlags binds the flags to the options.
func (o *options) addFlags(f *cli.Flags) {
	f.Group("Initialization")
	cli.Bind(f, &o.scheme, "scheme", cli.OneOf(append(slices.Clip(models.Schemes), all)...), "`NAME`: "+cli.Join(models.Schemes, ", ")+", or all")
	cli.Bind(f, &o.Init.Constant, "c", cli.Finite, "`VALUE` of every parameter, for constant")
	cli.Bind(f, &o.Init.Std, "std", cli.Positive, "standard `DEVIATION` of every parameter, for normal")
	f.BindBool(&o.Init.Gain, "gain", "scale "+cli.Join(models.SchemesWithGain, " and ")+" by the activation's gain, as torch.nn.init does")

	f.Group("Network")
	cli.Bind(f, &o.Model.Activation, "activation", cli.OneOf(graph.Activations...), "`NAME` of the activation: "+cli.Join(graph.Activations, ", "))
	cli.Bind(f, &o.Model.Sizes, "sizes", cli.Sizes, "`N,…` units from input to output (default 784,512,256,256,128,10; with -depth 784,256,10)")
	cli.Bind(f, &o.depth, "depth", cli.IntBetween(1, maxDepth), "repeat the one hidden layer `N` times and draw variances against depth (default as sizes say)")

	f.Group("Data")
	cli.Bind(f, &o.Data, "data", cli.Text, "`SOURCE` of the images: "+strings.Join(mnist.Names(), ", ")+", or a folder with the four IDX files")
	cli.Bind(f, &o.samples, "samples", cli.IntFrom(1), "`N` images of the training split in the batch")
	cli.Bind(f, &o.Seed, "seed", cli.Seed, "`N` that decides every random draw")

	f.Group("Output")
	cli.Bind(f, &o.bins, "bins", cli.IntBetween(1, 1000), "`N` bins of a histogram")
	cli.Bind(f, &o.out, "out", cli.Path, "`DIR` for the files (default runs/initexp-<scheme>)")
}

// schemes returns the schemes to be tried.
func (o *options) schemes() []models.Scheme {
	if o.scheme == all {
		return models.Schemes
	}
	return []models.Scheme{o.scheme}
}

// config returns the experiment with a scheme on a set.
func (o *options) config(set *dataset.Set, scheme models.Scheme) experiment.Config {
	c := o.Config
	c.Init.Scheme = scheme
	if o.depth > 0 {
		ends, width := []int{set.Train.Features(), len(set.Classes)}, depthWidth
		if o.Model.Sizes != nil {
			ends, width = []int{o.Model.Sizes[0], o.Model.Sizes[2]}, o.Model.Sizes[1]
		}
		c.Model.Sizes = slices.Concat(ends[:1], slices.Repeat([]int{width}, o.depth), ends[1:])
	}
	return c
}
