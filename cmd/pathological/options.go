package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"optlab/internal/cli"
	"optlab/optimizers"
	"optlab/optimizers/surface"
)

// options are the flags of the command, each valid by itself.
type options struct {
	surface    *surface.Surface
	optimizers []optimizers.Config
	updates    int
	start      [2]float64

	out       string // empty: named after the configuration
	overwrite bool
}

// usualUpdates are the notebook's.
const usualUpdates = 100

// farthest is how far from 0 a start may be, and a point that is drawn.
const farthest = 1e6

// maxUpdates bounds the size of the files.
const maxUpdates = 100_000

const synopsis = `Descend a loss surface of two parameters with SGD, momentum and Adam, and draw
their paths. With no flags: the lab's pathological curvature from (5, 5).`

// parseOptions parses the command line. Every error is a cli.UsageError, or
// cli.ErrHelp.
func parseOptions(args []string, stdout io.Writer) (*options, error) {
	f := cli.NewFlags(command, synopsis,
		"go run ./cmd/pathological",
		"go run ./cmd/pathological -optimizers adam -adam-lr 0.3 -start 4,-2",
		"go run ./cmd/pathological -optimizers momentum,nesterov,rmsprop",
		"go run ./cmd/pathological -surface rosenbrock -updates 1000")
	all := surface.All()
	o := &options{surface: all[0], updates: usualUpdates}
	f.Group("Surface")
	name := o.surface.Name
	cli.Bind(f, &name, "surface", cli.OneOf(surface.Names()...), "`NAME`: "+strings.Join(surface.Names(), ", "))
	cli.Bind(f, &o.start, "start", cli.ParsePair, "`W1,W2` to start from (default 5,5; each surface has its own)")
	cli.Bind(f, &o.updates, "updates", cli.IntBetween(1, maxUpdates), "`N` updates")

	f.Group("Optimizers")
	names := cli.List(slices.Clone(usualOptimizers))
	cli.Bind(f, &names, "optimizers", cli.ListOf(optimizers.Names()...), "`NAMES` with commas, of "+strings.Join(optimizers.Names(), ", "))
	f.Alias("optimizer", "optimizers")
	rates := defineRates(f, all[0])
	settings := cli.DefineSettings(f, optimizers.Settings())

	f.Group("Output")
	cli.Bind(f, &o.out, "out", cli.Path, "`DIR` for the files (default runs/pathological, and what differs from the defaults)")
	f.BindBool(&o.overwrite, "overwrite", "replace what the folder holds of another configuration")

	if err := f.Parse(args, stdout); err != nil {
		return nil, err
	}
	var err error
	if o.surface, err = surface.Lookup(name); err != nil {
		return nil, cli.UsageError{Err: err}
	}
	if !f.Given("start") {
		o.start = o.surface.Start
	} else if math.Max(math.Abs(o.start[0]), math.Abs(o.start[1])) > farthest {
		return nil, cli.Usagef("-start %v,%v: want coordinates from %v to %v", o.start[0], o.start[1], -farthest, farthest)
	}
	if err := settings.Check(names...); err != nil {
		return nil, err
	}
	for _, kind := range optimizers.Kinds() {
		flag := rateFlag(kind.Name)
		if !slices.Contains(names, kind.Name) && f.Given(flag) {
			return nil, cli.Usagef("-%s has no effect: -optimizers does not list %s", flag, kind.Name)
		}
		if !f.Given(flag) {
			*rates[kind.Name] = kind.RateAmong(o.surface.Rates)
		}
	}
	for _, name := range names {
		o.optimizers = append(o.optimizers, optimizers.Config{Name: name, LearningRate: *rates[name], Settings: settings.Of(name)})
	}
	return o, nil
}

// defineRates defines a flag for the learning rate of every optimizer, whose
// default is that on the surface.
func defineRates(f *cli.Flags, s *surface.Surface) map[string]*float64 {
	rates := make(map[string]*float64)
	for _, k := range optimizers.Kinds() {
		rates[k.Name] = new(float64)
		usage := fmt.Sprintf("learning `RATE` of %s (default %v; other surfaces have their own)", k.Title, k.RateAmong(s.Rates))
		cli.Bind(f, rates[k.Name], rateFlag(k.Name), cli.Positive, usage)
	}
	return rates
}

// rateFlag returns the flag for the learning rate of the optimizer of that
// name.
func rateFlag(name string) string { return name + "-lr" }
