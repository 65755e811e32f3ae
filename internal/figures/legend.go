package figures

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// legend names the curves in the corner of the plot where it hides the least of
// them.
type legend []curve

const (
	legendPad    = 5  // between its border and its text, and outside its border
	legendSample = 20 // length of the piece of line before a name
	legendRow    = 14
)

// size returns the width and height of the legend's box.
func (l legend) size() vg.Point {
	style := textStyle(tickSize, ink)
	var widest vg.Length
	for _, cv := range l {
		widest = max(widest, style.Width(cv.label))
	}
	return vg.Point{X: widest + legendSample + 3*legendPad, Y: vg.Length(len(l))*legendRow + legendPad}
}

// place returns the best corner for the box and the length of line it hides
// there.
func (l legend) place(c draw.Canvas, p *plot.Plot) (best vg.Rectangle, hidden vg.Length) {
	size := l.size()
	left, bottom := c.Min.X+legendPad, c.Min.Y+legendPad
	right, top := c.Max.X-legendPad-size.X, c.Max.Y-legendPad-size.Y
	for i, corner := range []vg.Point{{X: right, Y: top}, {X: left, Y: top}, {X: left, Y: bottom}, {X: right, Y: bottom}} {
		corner.X, corner.Y = snap(corner.X), snap(corner.Y)
		rect := vg.Rectangle{Min: corner, Max: corner.Add(size)}
		if covered := l.covered(c, p, rect); i == 0 || covered < hidden {
			best, hidden = rect, covered
		}
	}
	return best, hidden
}

// covered returns the length of all curves within a rectangle and a little
// around it; a point counts as a pixel.
func (l legend) covered(c draw.Canvas, p *plot.Plot, rect vg.Rectangle) (sum vg.Length) {
	near := draw.Crop(draw.Canvas{Canvas: c, Rectangle: rect}, -legendPad, legendPad, -legendPad, legendPad)
	for _, cv := range l {
		for _, part := range cv.parts(c, p) {
			for _, pt := range part {
				if near.Contains(pt) {
					sum += pixel
				}
			}
			for _, inside := range near.ClipLinesXY(part) {
				for i := range inside[1:] {
					step := inside[i+1].Sub(inside[i])
					sum += max(step.X, -step.X) + max(step.Y, -step.Y)
				}
			}
		}
	}
	return sum
}

// makeRoom raises the top of the y axis so far that the legend fits in above
// the curves, if every corner is taken.
func (l legend) makeRoom(c draw.Canvas, p *plot.Plot) {
	if _, hidden := l.place(c, p); hidden == 0 {
		return
	}
	share := 1 - float64((l.size().Y+2*legendPad)/(c.Max.Y-c.Min.Y))
	stretchTop(&p.Y, max(share, 0.5))
}

// Plot implements plot.Plotter.
func (l legend) Plot(c draw.Canvas, p *plot.Plot) {
	rect, _ := l.place(c, p)
	area := draw.Canvas{Canvas: c, Rectangle: rect}
	area.FillPolygon(color.NRGBA{R: 255, G: 255, B: 255, A: 225}, corners(rect))
	box(&area, draw.LineStyle{Color: legendInk, Width: frameLine})
	style := textStyle(tickSize, ink)
	style.XAlign = draw.XLeft
	for i, cv := range l {
		x, y := rect.Min.X+legendPad, rect.Max.Y-legendPad/2-(vg.Length(i)+0.5)*legendRow
		line := cv.line
		line.Width = max(line.Width, 1) // the thin line of a noisy curve would hardly show its color
		hline(&area, line, x, x+legendSample, y)
		if cv.marker > 0 {
			dot := draw.GlyphStyle{Color: line.Color, Radius: cv.marker, Shape: draw.CircleGlyph{}}
			area.DrawGlyph(dot, vg.Point{X: x + legendSample/2, Y: y})
		}
		area.FillText(style, vg.Point{X: x + legendSample + legendPad, Y: y}, cv.label)
	}
}

// corners returns the outline of a rectangle.
func corners(r vg.Rectangle) []vg.Point {
	return []vg.Point{r.Min, {X: r.Max.X, Y: r.Min.Y}, r.Max, {X: r.Min.X, Y: r.Max.Y}}
}
