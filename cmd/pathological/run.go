package main

import (
	"context"
	"fmt"
	"io"
	"math"

	"github.com/pkg/errors"

	"optlab/internal/cli"
	"optlab/optimizers"
	"optlab/optimizers/surface"
)

// run is the command: it returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseOptions(args, stdout)
	if err == nil {
		err = descend(ctx, o, stdout)
	}
	return cli.Report(stderr, command, err)
}

// path is the way of one optimizer.
type path struct {
	optimizer optimizers.Kind
	settings  string
	points    []surface.Point
	// diverged is not nil if the path left the finite numbers after the points.
	diverged *surface.DivergedError
}

// descend lets every optimizer descend, then writes files and prints.
func descend(ctx context.Context, o *options, stdout io.Writer) error {
	dir := o.folder()
	if err := dir.Takes(command, o.calculation()); err != nil {
		return err
	}
	probe, err := surface.Compile(o.surface)
	if err != nil {
		return err
	}
	paths, err := o.walkAll(ctx, probe)
	if err != nil {
		return err
	}
	hold, err := dir.TakeFor(command, o.calculation())
	if err != nil {
		return err
	}
	defer hold.Release()
	if err := o.writeNumbers(hold.Folder, paths); err != nil {
		return err
	}
	if err := o.draw(ctx, hold.Folder, probe, paths); err != nil {
		return err
	}
	o.print(stdout, dir, paths)
	return nil
}

// walkAll returns the paths of all optimizers.
func (o *options) walkAll(ctx context.Context, probe *surface.Probe) ([]path, error) {
	var paths []path
	for _, c := range o.optimizers {
		if err := ctx.Err(); err != nil {
			return nil, errors.Wrapf(err, "before %s", c.Name)
		}
		p, err := o.walk(ctx, probe, c)
		if err != nil {
			return nil, errors.WithMessage(err, c.Name)
		}
		paths = append(paths, p)
	}
	return paths, nil
}

// walk returns the path of an optimizer.
func (o *options) walk(ctx context.Context, probe *surface.Probe, c optimizers.Config) (path, error) {
	kind, err := optimizers.Lookup(c.Name)
	if err != nil {
		return path{}, err
	}
	optimizer, err := optimizers.New(c)
	if err != nil {
		return path{}, err
	}
	p := path{optimizer: kind, settings: describe(kind, c)}
	p.points, err = probe.Descend(ctx, optimizer, o.start, o.updates)
	if errors.As(err, &p.diverged) && len(p.points) > 0 {
		return p, nil
	}
	return p, err
}

// describe returns the learning rate and the settings: the one that matters
// most, and what is not as usual.
func describe(kind optimizers.Kind, c optimizers.Config) string {
	text := fmt.Sprintf("lr %v", c.LearningRate)
	values := settings(c)
	for i, s := range kind.Settings() {
		x := values[s.Name]
		if i == 0 || x != s.Default {
			text += fmt.Sprintf(", %s %v", s.Symbol, x)
		}
	}
	return text
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
