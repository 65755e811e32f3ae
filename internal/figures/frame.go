package figures

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// snap moves a coordinate to the nearest boundary between two pixels.
func snap(l vg.Length) vg.Length { return vg.Length(math.Round(float64(l/pixel))) * pixel }

// crisp returns a line style and the place nearest to l where a line of that
// style covers whole pixels.
func crisp(style draw.LineStyle, l vg.Length) (draw.LineStyle, vg.Length) {
	dots := math.Max(1, math.Round(float64(style.Width/pixel)))
	style.Width = vg.Length(dots) * pixel
	if int(dots)%2 == 0 {
		return style, snap(l)
	}
	return style, vg.Length(math.Floor(float64(l/pixel)))*pixel + pixel/2
}

// hline and vline draw crisp lines along the axes.
func hline(c *draw.Canvas, style draw.LineStyle, x0, x1, y vg.Length) {
	style, y = crisp(style, y)
	c.StrokeLine2(style, snap(x0), y, snap(x1), y)
}

func vline(c *draw.Canvas, style draw.LineStyle, x, y0, y1 vg.Length) {
	style, x = crisp(style, x)
	c.StrokeLine2(style, x, snap(y0), x, snap(y1))
}

// grid draws a light line at every labeled tick, below the data.
type grid struct{}

// Plot implements plot.Plotter.
func (grid) Plot(c draw.Canvas, p *plot.Plot) {
	style := draw.LineStyle{Color: gridInk, Width: gridLine}
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		if !t.IsMinor() {
			vline(&c, style, c.X(p.X.Norm(t.Value)), c.Min.Y, c.Max.Y)
		}
	}
	for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		if !t.IsMinor() {
			hline(&c, style, c.Min.X, c.Max.X, c.Y(p.Y.Norm(t.Value)))
		}
	}
}

// frame draws the box around the data and the tick marks, above the data.
type frame struct{}

// Plot implements plot.Plotter.
func (frame) Plot(c draw.Canvas, p *plot.Plot) {
	style := draw.LineStyle{Color: ink, Width: frameLine}
	length := func(t plot.Tick) vg.Length {
		if t.IsMinor() {
			return tickLength / 2
		}
		return tickLength
	}
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		vline(&c, style, c.X(p.X.Norm(t.Value)), c.Min.Y-length(t), c.Min.Y)
	}
	for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		hline(&c, style, c.Min.X-length(t), c.Min.X, c.Y(p.Y.Norm(t.Value)))
	}
	box(&c, style)
}

// box outlines a canvas. The horizontal lines reach over the corners.
func box(c *draw.Canvas, style draw.LineStyle) {
	half := style.Width / 2
	vline(c, style, c.Min.X, c.Min.Y, c.Max.Y)
	vline(c, style, c.Max.X, c.Min.Y, c.Max.Y)
	hline(c, style, c.Min.X-half, c.Max.X+half, c.Min.Y)
	hline(c, style, c.Min.X-half, c.Max.X+half, c.Max.Y)
}
