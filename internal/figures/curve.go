package figures

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// curve is a line through points; a y that is not a number interrupts it.
type curve struct {
	label  string // its name in the legend
	x, y   []float64
	line   draw.LineStyle
	marker vg.Length // radius of the mark on every point, 0 for none
	mark   mark      // its shape
}

// DataRange implements plot.DataRanger; it looks at the points that are drawn.
func (cv curve) DataRange() (xmin, xmax, ymin, ymax float64) {
	xmin, ymin = math.Inf(1), math.Inf(1)
	xmax, ymax = math.Inf(-1), math.Inf(-1)
	for i, y := range cv.y {
		if !math.IsNaN(y) {
			xmin, xmax = math.Min(xmin, cv.x[i]), math.Max(xmax, cv.x[i])
			ymin, ymax = math.Min(ymin, y), math.Max(ymax, y)
		}
	}
	return xmin, xmax, ymin, ymax
}

// Plot implements plot.Plotter.
func (cv curve) Plot(c draw.Canvas, p *plot.Plot) {
	for _, part := range cv.parts(c, p) {
		for _, inside := range within(c, part) {
			stroke(c, cv.line, inside)
		}
		radius := cv.marker
		if len(part) == 1 {
			radius = max(radius, markerRadius) // a lone point has no line to be seen by
		}
		for _, pt := range part {
			if radius > 0 && c.Contains(pt) {
				cv.mark.draw(&c, cv.line.Color, radius, pt)
			}
		}
	}
}

// within returns the parts of a line that are on the canvas: all of it, unless
// an axis ends below some of the values.
func within(c draw.Canvas, line []vg.Point) [][]vg.Point {
	if !slices.ContainsFunc(line, func(pt vg.Point) bool { return !c.Contains(pt) }) {
		return [][]vg.Point{line}
	}
	return c.ClipLinesXY(line)
}

// stroke draws a line, a jagged one in pieces: the time the rasterizer takes
// for a path grows with the square of how often it crosses a row of pixels.
// Each piece begins with the last step of the piece before, so that there is no
// gap at the joint.
func stroke(c draw.Canvas, style draw.LineStyle, line []vg.Point) {
	const crossings = 24
	start, climbed := 0, vg.Length(0)
	for i := 1; i < len(line); i++ {
		climbed += max(line[i].Y-line[i-1].Y, line[i-1].Y-line[i].Y)
		if i == len(line)-1 || climbed > crossings*(c.Max.Y-c.Min.Y) {
			c.StrokeLines(style, line[start:i+1])
			start, climbed = i-1, 0
		}
	}
}

// parts returns the uninterrupted stretches of the curve on the canvas, thinned
// to its pixels.
func (cv curve) parts(c draw.Canvas, p *plot.Plot) [][]vg.Point {
	var parts [][]vg.Point
	var part []vg.Point
	flush := func() {
		if len(part) > 0 {
			parts = append(parts, thin(part, pixel))
		}
		part = nil
	}
	for i, y := range cv.y {
		if math.IsNaN(y) {
			flush()
			continue
		}
		part = append(part, vg.Point{X: c.X(p.X.Norm(cv.x[i])), Y: c.Y(p.Y.Norm(y))})
	}
	flush()
	return parts
}

// thin drops the points of a line, ordered by x, that cannot be seen: of all
// points within a column of the given width it keeps the first, the lowest, the
// highest and the last. The line covers the same pixels and enters and leaves
// every column where it did.
func thin(line []vg.Point, column vg.Length) []vg.Point {
	if len(line) < 5 {
		return line
	}
	var kept []vg.Point
	for start := 0; start < len(line); {
		index := math.Floor(float64(line[start].X / column))
		low, high, end := start, start, start+1
		for ; end < len(line) && math.Floor(float64(line[end].X/column)) == index; end++ {
			if line[end].Y < line[low].Y {
				low = end
			}
			if line[end].Y > line[high].Y {
				high = end
			}
		}
		previous := -1
		for _, i := range [4]int{start, min(low, high), max(low, high), end - 1} {
			if i > previous {
				kept = append(kept, line[i])
				previous = i
			}
		}
		start = end
	}
	return kept
}

// indices returns n whole numbers from first on.
func indices(first, n int) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = float64(first + i)
	}
	return xs
}
