package figures

import (
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	finePath   = 300 // steps of a line along a side of the box, at most
	mostSteps  = 600 // of one update, which may go far beyond the box
	hiddenPath = 0.9 // width of a line behind the surface
)

// path draws a path on the surface of a grid, whose heights are given from 0 to
// 1, and reports whether some of it is outside.
func (s scene) path(land *relief, g Grid, heights []float64, path Path, l look) (outside bool) {
	var hidden, visible [][]vec
	var marks []vec
	for k := range path.X {
		at, ok := g.raise(heights, path.X[k], path.Y[k])
		outside = outside || !ok
		if ok {
			marks = append(marks, at)
		}
		if k > 0 {
			for _, part := range parts(land, g, heights, [2]float64{path.X[k-1], path.Y[k-1]}, [2]float64{path.X[k], path.Y[k]}) {
				if part.seen {
					visible = append(visible, part.points)
				} else {
					hidden = append(hidden, part.points)
				}
			}
		}
	}
	line := l.line()
	dotted := draw.LineStyle{Color: l.color, Width: hiddenPath, Dashes: []vg.Length{1.5, 2}}
	s.polylines(land, hidden, dotted)
	s.polylines(land, visible, draw.LineStyle{Color: paper, Width: line.Width + 2*halo})
	for _, at := range marks {
		if land.sees(at) {
			l.mark.draw(&s.c, paper, markerRadius+halo-0.4, land.at(at))
		}
	}
	s.polylines(land, visible, line)
	for _, at := range marks {
		if land.sees(at) {
			l.mark.draw(&s.c, l.color, markerRadius-0.4, land.at(at))
		}
	}
	s.ends(land, g, heights, path, l)
	return outside
}

// ends marks where a path starts and ends, also where that is hidden.
func (s scene) ends(land *relief, g Grid, heights []float64, path Path, l look) {
	last := len(path.X) - 1
	if last < 0 {
		return
	}
	if at, ok := g.raise(heights, path.X[last], path.Y[last]); ok && last > 0 {
		l.mark.draw(&s.c, paper, headRadius+halo, land.at(at))
		l.mark.draw(&s.c, l.color, headRadius, land.at(at))
	}
	if at, ok := g.raise(heights, path.X[0], path.Y[0]); ok {
		startMark(&s.c, land.at(at))
	}
}

// polylines draws lines.
func (s scene) polylines(land *relief, lines [][]vec, style draw.LineStyle) {
	for _, line := range lines {
		points := make([]vg.Point, len(line))
		for i, p := range line {
			points[i] = land.at(p)
		}
		s.c.StrokeLines(style, points)
	}
}

// part is a piece of a line on the surface that is seen, or hidden, as a whole.
type part struct {
	points []vec
	seen   bool
}

// parts divides the line between two points of the plane, laid on the surface,
// into what is seen and what is hidden; what is outside, or in a gap, is left
// out.
func parts(land *relief, g Grid, heights []float64, from, to [2]float64) []part {
	width, depth := g.X[len(g.X)-1]-g.X[0], g.Y[len(g.Y)-1]-g.Y[0]
	a, b, ok := clip(spot{(from[0] - g.X[0]) / width, (from[1] - g.Y[0]) / depth}, spot{(to[0] - g.X[0]) / width, (to[1] - g.Y[0]) / depth})
	if !ok {
		return nil
	}
	steps := min(int(math.Ceil(finePath*math.Hypot(b.x-a.x, b.y-a.y))), mostSteps)
	var list []part
	var last vec
	joined := false
	for i := range steps + 1 {
		t := float64(i) / float64(max(steps, 1))
		inside := func(v float64) float64 { return min(max(v, 0), 1) }
		at, ok := g.raise(heights, mix(g.X[0], g.X[len(g.X)-1], inside(mix(a.x, b.x, t))), mix(g.Y[0], g.Y[len(g.Y)-1], inside(mix(a.y, b.y, t))))
		if !ok {
			joined = false
			continue
		}
		seen := land.sees(at)
		if n := len(list); !joined || list[n-1].seen != seen {
			next := part{seen: seen}
			if joined {
				next.points = []vec{last}
			}
			list = append(list, next)
		}
		list[len(list)-1].points = append(list[len(list)-1].points, at)
		last, joined = at, true
	}
	return list
}
