package main

import (
	"io"
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
	experiment.Config // but for the scheme, its gain and the sizes: see config

	listed  cli.Values[models.Scheme]
	scheme  models.Scheme // the one listed, or a name for all of them: see name
	depth   int           // 0: as sizes say
	samples int
	bins    int

	training training

	out       string // empty: named after the configuration
	overwrite bool
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
	f := cli.NewFlags(command, synopsis,
		"go run ./cmd/initexp -scheme equalvar",
		"go run ./cmd/initexp -scheme normal -std 0.1",
		"go run ./cmd/initexp -scheme xavier -activation tanh",
		"go run ./cmd/initexp -scheme all -activation relu -depth 30",
		"go run ./cmd/initexp -scheme normal,xavier,kaiming,constant -std 0.1 -activation relu -depth 20 -train 5")
	o := defaults()
	o.addFlags(f)
	if err := f.Parse(args, stdout); err != nil {
		return nil, err
	}
	o.name()
	if err := o.training.check(f.Given); err != nil {
		return nil, err
	}
	if err := cli.CheckInitializer(f.Given, o.schemes()...); err != nil {
		return nil, err
	}
	if o.depth > 0 && o.Model.Sizes != nil && len(o.Model.Sizes) != 3 {
		return nil, cli.Usagef("-depth repeats one hidden layer: want -sizes with exactly one, as 784,256,10")
	}
	return o, nil
}

// addFlags binds the flags to the options.
func (o *options) addFlags(f *cli.Flags) {
	f.Group("Initialization")
	cli.Bind(f, &o.listed, "scheme", cli.Several(cli.OneOf(append(slices.Clip(models.Schemes), all)...)), "`NAME`: "+cli.Join(models.Schemes, ", ")+", or all; several, with commas, are compared")
	cli.BindInitializer(f, &o.Init)

	f.Group("Network")
	cli.Bind(f, &o.Model.Activation, "activation", cli.OneOf(graph.Activations...), "`NAME` of the activation: "+cli.Join(graph.Activations, ", "))
	cli.Bind(f, &o.Model.Sizes, "sizes", cli.Sizes, "`N,…` units from input to output (default 784,512,256,256,128,10; with -depth 784,256,10)")
	cli.Bind(f, &o.depth, "depth", cli.IntBetween(1, maxDepth), "repeat the one hidden layer `N` times and draw variances against depth (default as sizes say)")

	f.Group("Data")
	cli.Bind(f, &o.Data, "data", cli.Text, "`SOURCE` of the images: "+strings.Join(mnist.Names(), ", ")+", or a folder with the four IDX files")
	cli.Bind(f, &o.samples, "samples", cli.IntFrom(1), "`N` images of the training split in the batch")
	cli.Bind(f, &o.Seed, "seed", cli.Seed, "`N` that decides every random draw")

	o.training.addFlags(f)

	f.Group("Output")
	cli.Bind(f, &o.bins, "bins", cli.IntBetween(1, 1000), "`N` bins of a histogram")
	cli.Bind(f, &o.out, "out", cli.Path, "`DIR` for the files (default runs/initexp-<scheme>, and what differs from the defaults)")
	f.BindBool(&o.overwrite, "overwrite", "replace what the folder holds of another configuration")
}

// schemes returns the schemes to be tried.
func (o *options) schemes() []models.Scheme {
	if o.scheme == all {
		return models.Schemes
	}
	return o.listed
}

// name sets the scheme to that which is listed, or a name for several.
func (o *options) name() {
	o.scheme = models.Scheme(cli.Join(o.listed, "+"))
	if slices.Contains(o.listed, all) {
		o.scheme = all
	}
}

// several reports whether schemes are compared.
func (o *options) several() bool { return len(o.schemes()) > 1 }

// config returns the experiment with a scheme on a set.
func (o *options) config(set *dataset.Set, scheme models.Scheme) experiment.Config {
	c := o.Config
	c.Init.Scheme, c.Init.Gain = scheme, c.Init.Gain && withGain(scheme)
	if o.depth > 0 {
		ends, width := []int{set.Train.Features(), len(set.Classes)}, depthWidth
		if o.Model.Sizes != nil {
			ends, width = []int{o.Model.Sizes[0], o.Model.Sizes[2]}, o.Model.Sizes[1]
		}
		c.Model.Sizes = slices.Concat(ends[:1], slices.Repeat([]int{width}, o.depth), ends[1:])
	}
	return c
}
