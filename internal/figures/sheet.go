package figures

import (
	"bytes"
	"image/png"
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// newSheet returns a white image of the given size, in points, and the canvas
// within its margins.
func newSheet(width, height vg.Length) (*vgimg.Canvas, draw.Canvas) {
	img := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi), vgimg.UseBackgroundColor(paper))
	return img, draw.Crop(draw.New(img), margin, -margin, margin, -margin)
}

// encode returns the PNG file of a sheet.
func encode(img *vgimg.Canvas) ([]byte, error) {
	var buf bytes.Buffer
	if err := png.Encode(&buf, img.Image()); err != nil {
		return nil, errors.Wrap(err, "encode the figure as PNG")
	}
	return buf.Bytes(), nil
}

// chart is a plot with the texts around it. They are not left to gonum/plot,
// which centers a title on the sheet instead of the data and misplaces the
// label of a logarithmic axis.
type chart struct {
	*plot.Plot
	title  string
	note   string // a small line below the title; empty takes no room
	xLabel string
	yLabel string
}

const (
	titleRoom = titleSize + 6
	noteRoom  = noteSize + 6
	labelRoom = labelSize + 6
)

// inner returns the part of c that the texts leave for the axes.
func (ch chart) inner(c draw.Canvas) draw.Canvas {
	top := vg.Length(titleRoom)
	if ch.note != "" {
		top += noteRoom
	}
	return draw.Crop(c, labelRoom, 0, labelRoom, -top)
}

// data returns the part of c where the data will be drawn.
func (ch chart) data(c draw.Canvas) draw.Canvas { return ch.DataCanvas(ch.inner(c)) }

// draw draws the chart.
func (ch chart) draw(c draw.Canvas) {
	ch.Draw(ch.inner(c))
	data := ch.data(c)
	center := data.Center()
	title := textStyle(titleSize, ink)
	width := 2 * min(center.X-c.Min.X, c.Max.X-center.X)
	c.FillText(title, vg.Point{X: center.X, Y: c.Max.Y - titleSize/2}, oneLine(ch.title, title, width))
	c.FillText(textStyle(noteSize, faint), vg.Point{X: center.X, Y: c.Max.Y - titleRoom - noteSize/2}, ch.note)
	label := textStyle(labelSize, ink)
	c.FillText(label, vg.Point{X: center.X, Y: c.Min.Y + labelSize/2}, ch.xLabel)
	label.Rotation = math.Pi / 2
	c.FillText(label, vg.Point{X: c.Min.X + labelSize/2, Y: center.Y}, ch.yLabel)
}

// lines draws curves with a grid and a legend on a sheet of the usual size.
func (ch chart) lines(curves []curve) ([]byte, error) {
	img, c := newSheet(sheetWidth, sheetHeight)
	ch.addLines(c, curves)
	ch.draw(c)
	return encode(img)
}

// addLines adds curves with a grid and a legend to a chart that will be drawn
// on c.
func (ch chart) addLines(c draw.Canvas, curves []curve) {
	ch.Add(grid{})
	for _, cv := range curves {
		ch.Add(cv)
	}
	names := legend(curves)
	names.makeRoom(ch.data(c), ch.Plot)
	ch.Add(frame{}, names)
}

// linesAbove draws what lines does and, on a sheet that is higher by as much, a
// flat chart below it whose x axis is the same one.
func (ch chart) linesAbove(curves []curve, flat chart) ([]byte, error) {
	const height, gap = 1.5 * vg.Inch, 7
	img, c := newSheet(sheetWidth, sheetHeight+height)
	upper, lower := c, c
	upper.Min.Y += height + gap - labelRoom    // the axis has no label
	lower.Max.Y = c.Min.Y + height + titleRoom // nor the chart a title
	ch.xLabel = ""
	ch.addLines(upper, curves)
	// The wider numbers beside one of the axes decide where both begin. How far
	// the last number below an axis reaches over its end depends on the axis's
	// length: come closer step by step.
	for range 4 {
		above, below := ch.data(upper), flat.data(lower)
		left, right := max(above.Min.X, below.Min.X), min(above.Max.X, below.Max.X)
		upper = draw.Crop(upper, left-above.Min.X, right-above.Max.X, 0, 0)
		lower = draw.Crop(lower, left-below.Min.X, right-below.Max.X, 0, 0)
	}
	ch.draw(upper)
	flat.draw(lower)
	return encode(img)
}

// setRange gives the axes of a line chart the curve's range with a little air
// around it.
func setRange(p *plot.Plot, cv curve) {
	xmin, xmax, ymin, ymax := cv.DataRange()
	p.X.Min, p.X.Max = padded(xmin, xmax, 0.02)
	if _, ok := p.Y.Scale.(plot.LogScale); ok {
		lo, hi := padded(math.Log(ymin), math.Log(ymax), 0.05)
		p.Y.Min, p.Y.Max = math.Exp(lo), math.Exp(hi)
		return
	}
	p.Y.Min, p.Y.Max = padded(ymin, ymax, 0.05)
}

// stretchTop raises an axis's upper end so that what filled it fills only the
// given share of it.
func stretchTop(axis *plot.Axis, share float64) {
	if _, ok := axis.Scale.(plot.LogScale); ok {
		low, high := math.Log(axis.Min), math.Log(axis.Max)
		axis.Max = math.Exp(low + (high-low)/share)
		return
	}
	axis.Max = axis.Min + (axis.Max-axis.Min)/share
}
