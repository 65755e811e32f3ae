package main

import (
	"io"
	"math"
	"path/filepath"
	"strings"

	"optlab/internal/cli"
	"optlab/optimizers"
	"optlab/optimizers/surface"
)

// options are the flags of the command, each valid by itself.
type options struct {
	surface    *surface.Surface
	optimizers []string
	rates      map[string]float64
	beta1      float64
	updates    int
	start      [2]float64
	out        string
}

// The optimizers by name.
const (
	sgd      = "sgd"
	momentum = "momentum"
	adam     = "adam"
)

var optimizerNames = []string{sgd, momentum, adam}

// defaultRates are the learning rates on each surface where none are given. The
// lab's for its ravine are high, as there are only two parameters and its slopes
// are gentle; those for the other surfaces show in 100 updates what they are for.
var defaultRates = map[string]map[string]float64{
	"pathological": {sgd: 10, momentum: 10, adam: 1},
	"rosenbrock":   {sgd: 0.003, momentum: 0.03, adam: 0.3},
	"beale":        {sgd: 0.03, momentum: 0.1, adam: 0.3},
	"himmelblau":   {sgd: 0.01, momentum: 0.01, adam: 0.3},
	"saddle":       {sgd: 0.03, momentum: 0.03, adam: 0.03},
	"sharpflat":    {sgd: 0.3, momentum: 0.1, adam: 0.1},
}

// farthest is how far from 0 a start may be, and a point that is drawn.
const farthest = 1e6

// maxUpdates bounds the size of the files.
const maxUpdates = 100_000

const synopsis = `Descend a loss surface of two parameters with SGD, momentum and Adam, and draw
their paths. With no flags: the lab's pathological curvature from (5, 5).`

// parseOptions parses the command line. Every error is a cli.UsageError, or
// cli.ErrHelp.
func parseOptions(args []string, stdout io.Writer) (*options, error) {
	f := cli.NewFlags("pathological", synopsis,
		"go run ./cmd/pathological",
		"go run ./cmd/pathological -optimizers adam -adam-lr 0.3 -start 4,-2",
		"go run ./cmd/pathological -surface rosenbrock -updates 1000")
	f.Group("Surface")
	name := cli.Define(f, "surface", "pathological", cli.OneOf(surface.Names()...), "`NAME`: "+strings.Join(surface.Names(), ", "))
	start := cli.Define(f, "start", cli.Pair{}, cli.ParsePair, "`W1,W2` to start from (default 5,5; each surface has its own)")
	updates := cli.Define(f, "updates", 100, cli.IntBetween(1, maxUpdates), "`N` updates")

	f.Group("Optimizers")
	names := cli.Define(f, "optimizers", cli.List{sgd, momentum, adam}, cli.ListOf(optimizerNames...), "`NAMES` with commas, of "+strings.Join(optimizerNames, ", "))
	sgdRate := cli.Define(f, "sgd-lr", 0, cli.Positive, "learning `RATE` of SGD (default 10; other surfaces have their own)")
	momentumRate := cli.Define(f, "momentum-lr", 0, cli.Positive, "learning `RATE` of momentum (default 10; other surfaces have their own)")
	beta1 := cli.Define(f, "beta1", 0.9, cli.Fraction, "`DECAY` of the mean gradient, for momentum and adam")
	adamRate := cli.Define(f, "adam-lr", 0, cli.Positive, "learning `RATE` of Adam (default 1; other surfaces have their own)")

	f.Group("Output")
	out := cli.Define(f, "out", filepath.Join("runs", "pathological"), cli.Text, "`DIR` for the files")

	if err := f.Parse(args, stdout); err != nil {
		return nil, err
	}
	s, err := surface.Lookup(*name)
	if err != nil {
		return nil, cli.UsageError{Err: err}
	}
	o := &options{surface: s, optimizers: *names, beta1: *beta1, updates: *updates, start: s.Start, out: *out}
	if f.Given("start") {
		o.start = *start
		if math.Max(math.Abs(o.start[0]), math.Abs(o.start[1])) > farthest {
			return nil, cli.Usagef("-start %v,%v: want coordinates from %v to %v", o.start[0], o.start[1], -farthest, farthest)
		}
	}
	o.rates = make(map[string]float64)
	for name, rate := range map[string]float64{sgd: *sgdRate, momentum: *momentumRate, adam: *adamRate} {
		o.rates[name] = rate
		if rate == 0 {
			o.rates[name] = defaultRates[s.Name][name]
		}
		if f.Given(name+"-lr") && !o.uses(name) {
			return nil, cli.Usagef("-%s-lr has no effect: -optimizers does not list %s", name, name)
		}
	}
	if f.Given("beta1") && !o.uses(momentum) && !o.uses(adam) {
		return nil, cli.Usagef("-beta1 has no effect on %s: it is for %s and %s", sgd, momentum, adam)
	}
	return o, nil
}

func (o *options) uses(name string) bool {
	for _, n := range o.optimizers {
		if n == name {
			return true
		}
	}
	return false
}

// newOptimizer returns a new optimizer of the given name.
func (o *options) newOptimizer(name string) (optimizers.Optimizer, error) {
	c := optimizers.Config{Name: name, LearningRate: o.rates[name]}
	if name != sgd {
		c.Settings = map[string]float64{"beta1": o.beta1}
	}
	return optimizers.New(c)
}
