package main

import (
	"context"
	"fmt"
	"io"
	"math"

	"github.com/pkg/errors"

	"optlab/experiment/folder"
	"optlab/internal/cli"
	"optlab/optimizers/surface"
)

// run is the command: it returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseOptions(args, stdout)
	if err == nil {
		err = descend(ctx, o, stdout)
	}
	return cli.Report(stderr, "pathological", err)
}

// path is the way of one optimizer.
type path struct {
	optimizer, settings string
	points              []surface.Point
	// diverged is not nil if the path left the finite numbers after the points.
	diverged *surface.DivergenceError
}

// descend lets every optimizer descend, then writes files and prints.
func descend(ctx context.Context, o *options, stdout io.Writer) error {
	var paths []path
	for _, name := range o.optimizers {
		if err := ctx.Err(); err != nil {
			return errors.Wrapf(err, "before %s", name)
		}
		p, err := o.walk(name)
		if err != nil {
			return errors.WithMessage(err, name)
		}
		paths = append(paths, p)
	}
	folder := folder.Folder{Path: o.out}
	if err := folder.Make(); err != nil {
		return err
	}
	if err := writeNumbers(folder, o.surface, paths); err != nil {
		return err
	}
	if err := o.draw(ctx, folder, paths); err != nil {
		return err
	}
	o.print(stdout, folder, paths)
	return nil
}

// walk returns the path of the optimizer of the given name.
func (o *options) walk(name string) (path, error) {
	optimizer, err := o.newOptimizer(name)
	if err != nil {
		return path{}, err
	}
	p := path{optimizer: name, settings: fmt.Sprintf("lr %v", o.rates[name])}
	if name != sgd {
		p.settings += fmt.Sprintf(", β₁ %v", o.beta1)
	}
	p.points, err = surface.Descend(optimizer, o.surface, o.start, o.updates)
	if errors.As(err, &p.diverged) && len(p.points) > 0 {
		return p, nil
	}
	return p, err
}

// lowest returns the lowest loss of the path.
func (p path) lowest() float64 {
	low := math.Inf(1)
	for _, q := range p.points {
		low = min(low, q.Loss)
	}
	return low
}

// arrival returns the number of updates after which the path is, for the first
// time, down to the lowest loss that it reaches but for 1 % of the way from the
// start.
func (p path) arrival() int {
	low := p.lowest()
	for i, q := range p.points {
		if q.Loss-low <= 0.01*(p.points[0].Loss-low) {
			return i
		}
	}
	return len(p.points) - 1
}
