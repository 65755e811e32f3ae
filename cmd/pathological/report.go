package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/pkg/errors"

	"optlab/experiment/folder"
	"optlab/internal/cli"
	"optlab/internal/figures"
	"optlab/optimizers/surface"
)

// The files of a descent.
const (
	surfaceFile = "surface.png"
	pathsFile   = "paths.png"
	gifFile     = "descent.gif"
	numbersFile = "descent.json"
)

var files = []string{surfaceFile, pathsFile, gifFile, numbersFile}

// gridPoints is the number of points along each axis of a drawn surface: four
// times as many as are to be seen, so that narrow valleys come out smooth.
const gridPoints = 401

// writeNumbers writes of every path the point before each of the updates, as
// the notebook's train_curve has them, and, unless all are as usual on the
// surface, the learning rates and settings.
func (o *options) writeNumbers(folder folder.Folder, paths []path) error {
	numbers := struct {
		Surface  string                        `json:"surface"`
		Settings map[string]map[string]float64 `json:"settings,omitempty"`
		Paths    map[string][][3]float64       `json:"paths"`
	}{Surface: o.surface.Name, Paths: make(map[string][][3]float64)}
	if len(o.unusual()) > 0 {
		numbers.Settings = o.calculation().Optimizers
	}
	for _, p := range paths {
		for _, q := range p.points[:min(o.updates, len(p.points))] {
			name := p.optimizer.Name
			numbers.Paths[name] = append(numbers.Paths[name], [3]float64{q.W1, q.W2, q.Loss})
		}
	}
	data, err := json.Marshal(numbers)
	if err != nil {
		return errors.Wrapf(err, "writing %s", numbersFile)
	}
	return folder.Write(numbersFile, append(data, '\n'))
}

// draw writes the three pictures.
func (o *options) draw(ctx context.Context, folder folder.Folder, probe *surface.Probe, paths []path) error {
	s := o.surface
	x, y := limits(s, paths)
	whole, err := sample(probe, widened(s.X, x), widened(s.Y, y))
	if err != nil {
		return err
	}
	around, err := sample(probe, x, y)
	if err != nil {
		return err
	}
	lines := lines(paths)
	var minima [][2]float64
	for _, m := range s.Minima {
		minima = append(minima, [2]float64{m.W1, m.W2})
	}
	for _, f := range []struct {
		file string
		draw func() ([]byte, error)
	}{
		{surfaceFile, func() ([]byte, error) { return figures.Surface(s.Title, whole, lines) }},
		{pathsFile, func() ([]byte, error) { return figures.Paths(s.Title, around, lines, minima) }},
		{gifFile, func() ([]byte, error) { return figures.Descent(s.Title, around, lines, minima) }},
	} {
		if err := ctx.Err(); err != nil {
			return errors.Wrapf(err, "before drawing %s", f.file)
		}
		var picture []byte
		err := cli.Await(ctx, func() (err error) {
			picture, err = f.draw()
			return err
		})
		if err != nil {
			return errors.WithMessagef(err, "drawing %s", f.file)
		}
		if err := folder.Write(f.file, picture); err != nil {
			return err
		}
	}
	return nil
}

// lines returns the paths as the figures take them, with all their points.
func lines(paths []path) []figures.Path {
	var list []figures.Path
	for _, p := range paths {
		line := figures.Path{Name: capitalize(p.optimizer.Title) + ", " + p.settings}
		for _, q := range p.points {
			line.X, line.Y = append(line.X, q.W1), append(line.Y, q.W2)
		}
		if p.diverged != nil {
			line.Note = "left the finite numbers after " + updates(p.diverged.Updates)
		}
		list = append(list, line)
	}
	return list
}

// limits returns the part of the plane that the notebook draws, and a margin,
// so that no point is cut off: w₁ symmetric about 0, w₂ from the lowest to the
// highest point reached. Of a path that diverged only the points within the
// surface's own ranges count, and no point beyond farthest: they would shrink
// all else to a dot.
func limits(s *surface.Surface, paths []path) (x, y surface.Range) {
	reach := 0.0
	y = surface.Range{Min: math.Inf(1), Max: math.Inf(-1)}
	for _, p := range paths {
		for i, q := range p.points {
			inside := q.W1 >= s.X.Min && q.W1 <= s.X.Max && q.W2 >= s.Y.Min && q.W2 <= s.Y.Max
			near := math.Max(math.Abs(q.W1), math.Abs(q.W2)) <= farthest
			if i > 0 && !inside && (p.diverged != nil || !near) {
				continue
			}
			reach = math.Max(reach, math.Abs(q.W1))
			y.Min, y.Max = math.Min(y.Min, q.W2), math.Max(y.Max, q.W2)
		}
	}
	// A path along one axis would leave no plane to draw.
	if small := (s.X.Max - s.X.Min) / 20; reach < small {
		reach = small
	}
	if small := (s.Y.Max - s.Y.Min) / 10; y.Max-y.Min < small {
		middle := (y.Min + y.Max) / 2
		y = surface.Range{Min: middle - small/2, Max: middle + small/2}
	}
	const margin = 0.05 // of what there is, on each side
	reach *= 1 + 2*margin
	room := margin * (y.Max - y.Min)
	return surface.Range{Min: -reach, Max: reach}, surface.Range{Min: y.Min - room, Max: y.Max + room}
}

// widened returns the range of a surface, with that of the paths as far as it
// is not so large that the surface itself would be a small part of it.
func widened(own, paths surface.Range) surface.Range {
	const most = 2 // times as long as its own
	both := surface.Range{Min: math.Min(own.Min, paths.Min), Max: math.Max(own.Max, paths.Max)}
	if both.Max-both.Min > most*(own.Max-own.Min) {
		return own
	}
	return both
}

// capitalize makes a title the first word of a line.
func capitalize(title string) string { return strings.ToUpper(title[:1]) + title[1:] }

// sample evaluates the surface on a grid over x and y.
func sample(probe *surface.Probe, x, y surface.Range) (figures.Grid, error) {
	g := figures.Grid{X: divide(x), Y: divide(y)}
	rows, err := probe.Grid(g.X, g.Y)
	for _, row := range rows {
		g.Z = append(g.Z, row...)
	}
	return g, err
}

// divide returns gridPoints evenly spaced values over r.
func divide(r surface.Range) []float64 {
	values := make([]float64, gridPoints)
	for i := range values {
		values[i] = r.Min + (r.Max-r.Min)*float64(i)/(gridPoints-1)
	}
	return values
}

// print prints a table of the paths, what they show, and where the files are.
func (o *options) print(w io.Writer, folder folder.Folder, paths []path) {
	s := o.surface
	cli.PrintWrapped(w, s.Title+", "+s.Formula)
	fmt.Fprintf(w, "from (%v, %v), %s\n\n", o.start[0], o.start[1], updates(o.updates))
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "optimizer\tlast point\tloss there\tlowest loss\tnear it after")
	for _, p := range paths {
		last := p.points[len(p.points)-1]
		fmt.Fprintf(table, "%s\t(%.4g, %.4g)\t%.4g\t%.4g\t%s\n", p.optimizer.Name, last.W1, last.W2, last.Loss, p.lowest(), updates(p.arrival()))
	}
	table.Flush()
	fmt.Fprintln(w)
	for _, p := range paths {
		advice := ""
		if p.diverged != nil {
			advice = fmt.Sprintf("; it diverged: try a smaller -%s", rateFlag(p.optimizer.Name))
		}
		cli.PrintWrapped(w, fmt.Sprintf("%s: %s%s", p.optimizer.Name, p.settings, advice))
	}
	fmt.Fprintln(w)
	cli.PrintWrapped(w, s.Note)
	for _, sentence := range s.Conclude(walked(paths)) {
		cli.PrintWrapped(w, sentence)
	}
	for _, file := range files {
		fmt.Fprintf(w, "  %s\n", filepath.ToSlash(folder.File(file)))
	}
}

// updates writes a number of them.
func updates(n int) string {
	if n == 1 {
		return "1 update"
	}
	return fmt.Sprintf("%d updates", n)
}

// width is the most that a line has, but for the names of files.
const width = 80

// walked returns the paths as package surface concludes from them.
func walked(paths []path) []surface.Path {
	list := make([]surface.Path, len(paths))
	for i, p := range paths {
		list[i] = surface.Path{Optimizer: p.optimizer.Title, Points: p.points, Diverged: p.diverged}
	}
	return list
}
