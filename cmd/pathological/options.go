package main

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
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
	out        string
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
	names := cli.Define(f, "optimizers", cli.List{"sgd", "momentum", "adam"}, cli.ListOf(optimizers.Names()...), "`NAMES` with commas, of "+strings.Join(optimizers.Names(), ", "))
	rates := defineRates(f)
	settings := cli.DefineSettings(f, optimizers.Settings())

	f.Group("Output")
	out := cli.Define(f, "out", filepath.Join("runs", "pathological"), cli.Text, "`DIR` for the files")

	if err := f.Parse(args, stdout); err != nil {
		return nil, err
	}
	s, err := surface.Lookup(*name)
	if err != nil {
		return nil, cli.UsageError{Err: err}
	}
	o := &options{surface: s, updates: *updates, start: s.Start, out: *out}
	if f.Given("start") {
		o.start = *start
		if math.Max(math.Abs(o.start[0]), math.Abs(o.start[1])) > farthest {
			return nil, cli.Usagef("-start %v,%v: want coordinates from %v to %v", o.start[0], o.start[1], -farthest, farthest)
		}
	}
	if err := settings.Check(*names...); err != nil {
		return nil, err
	}
	for name := range rates {
		if f.Given(rateFlag(name)) && !slices.Contains(*names, name) {
			return nil, cli.Usagef("-%s has no effect: -optimizers does not list %s", rateFlag(name), name)
		}
	}
	for _, name := range *names {
		kind, err := optimizers.Lookup(name)
		if err != nil {
			return nil, cli.UsageError{Err: err}
		}
		c := optimizers.Config{Name: name, LearningRate: kind.RateAmong(s.Rates), Settings: settings.Of(name)}
		if f.Given(rateFlag(name)) {
			c.LearningRate = *rates[name]
		}
		o.optimizers = append(o.optimizers, c)
	}
	return o, nil
}

// defineRates defines a flag for the learning rate of every optimizer.
func defineRates(f *cli.Flags) map[string]*float64 {
	rates := make(map[string]*float64)
	for _, k := range optimizers.Kinds() {
		usage := fmt.Sprintf("learning `RATE` of %s (default %v; other surfaces have their own)", k.Title, k.RateAmong(surface.All()[0].Rates))
		rates[k.Name] = cli.Define(f, rateFlag(k.Name), 0, cli.Positive, usage)
	}
	return rates
}

// rateFlag returns the flag for the learning rate of the optimizer of that name.
func rateFlag(name string) string { return name + "-lr" }
