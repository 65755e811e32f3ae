package figures

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// bars draws a histogram in seaborn's colors: filled half as strongly as the
// curve over it.
type bars struct {
	edges   []float64 // one more than heights
	heights []float64
	small   bool // without lines between the bars
}

// Plot implements plot.Plotter. Bars wide enough for it are set apart by a fine
// light line, unless the panel is small.
func (b bars) Plot(c draw.Canvas, p *plot.Plot) {
	const narrow = 4 * pixel
	fill, edge := fade(palette[0], 0.55), fade(palette[0], 0.25)
	// Of the bars that begin at one pixel, a lower one after a higher one is
	// not seen.
	column, highest := c.Min.X-1, 0.0
	for i, height := range b.heights {
		x0, x1 := snap(c.X(p.X.Norm(b.edges[i]))), snap(c.X(p.X.Norm(b.edges[i+1])))
		if x0 == column && height <= highest {
			continue
		}
		column, highest = x0, height
		bar := vg.Rectangle{Min: vg.Point{X: x0, Y: snap(c.Min.Y)}, Max: vg.Point{X: max(x1, x0+pixel), Y: snap(c.Y(p.Y.Norm(height)))}}
		if bar.Max.Y == bar.Min.Y {
			if height == 0 {
				continue
			}
			bar.Max.Y += pixel // the few among many stay visible
		}
		c.FillPolygon(fill, corners(bar))
		if x1-x0 >= narrow && !b.small {
			bar.Max.X = x0 + pixel
			c.FillPolygon(edge, corners(bar))
		}
	}
}
