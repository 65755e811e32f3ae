package figures

import (
	"bytes"
	"image/png"
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
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
	title  string // in as many lines as it needs
	note   string // small lines below the title; empty takes no room
	xLabel string
	yLabel string

	// cut are the values of which a note says how many the axis ends below; nil
	// where it has room for all.
	cut []float64
}

const (
	titleRoom = titleSize + 6
	titleLine = titleSize + 3 // more for every further line
	noteRoom  = noteSize + 6
	noteLine  = noteSize + 3
	labelRoom = labelSize + 6
)

// inner returns the part of c that the texts leave for the axes.
func (ch chart) inner(c draw.Canvas) draw.Canvas {
	return draw.Crop(c, labelRoom, 0, labelRoom, -ch.height(c.Max.X-c.Min.X))
}

// height returns the height of title and note on a canvas of the given width.
func (ch chart) height(width vg.Length) (room vg.Length) {
	room = titleRoom + ch.extra(width)
	if ch.note != "" {
		room += noteRoom + noteLine*vg.Length(max(1, len(ch.notes(width)))-1)
	}
	return room
}

// titles returns the lines of the title on a canvas of the given width.
func (ch chart) titles(width vg.Length) []string {
	return lines(ch.title, textStyle(titleSize, ink), width)
}

// notes returns the lines of the note.
func (ch chart) notes(width vg.Length) []string {
	return lines(ch.note, textStyle(noteSize, faint), width)
}

// extra returns the height of the lines of the title below the first.
func (ch chart) extra(width vg.Length) vg.Length {
	return titleLine * vg.Length(max(1, len(ch.titles(width)))-1)
}

// data returns the part of c where the data will be drawn.
func (ch chart) data(c draw.Canvas) draw.Canvas { return ch.DataCanvas(ch.inner(c)) }

// draw draws the chart.
func (ch chart) draw(c draw.Canvas) {
	ch.Draw(ch.inner(c))
	data := ch.data(c)
	center := data.Center()
	ch.texts(c, center.X)
	label := textStyle(labelSize, ink)
	c.FillText(label, vg.Point{X: center.X, Y: c.Min.Y + labelSize/2}, ch.xLabel)
	label.Rotation = math.Pi / 2
	c.FillText(label, vg.Point{X: c.Min.X + labelSize/2, Y: center.Y}, ch.yLabel)
}

// texts writes title and note on top of c, in the middle above x unless a line
// is too long for that.
func (ch chart) texts(c draw.Canvas, x vg.Length) {
	width := c.Max.X - c.Min.X
	write := func(style text.Style, y vg.Length, line string) {
		half := style.Width(line) / 2
		c.FillText(style, vg.Point{X: min(max(x, c.Min.X+half), c.Max.X-half), Y: y}, line)
	}
	for i, line := range ch.titles(width) {
		write(textStyle(titleSize, ink), c.Max.Y-titleSize/2-titleLine*vg.Length(i), line)
	}
	y := c.Max.Y - titleRoom - ch.extra(width) - noteSize/2
	for i, line := range ch.notes(width) {
		write(textStyle(noteSize, faint), y-noteLine*vg.Length(i), line)
	}
}

// lines draws curves with a grid and a legend on a sheet of the usual size.
func (ch chart) lines(curves []curve) ([]byte, error) {
	img, c := newSheet(sheetWidth, sheetHeight+ch.extra(sheetWidth-2*margin))
	ch = ch.addLines(c, curves)
	ch.draw(c)
	return encode(img)
}

// addLines returns the chart, which will be drawn on c, with curves, a grid and
// a legend, and with a note of what the axis has no room for.
func (ch chart) addLines(c draw.Canvas, curves []curve) chart {
	xmin, xmax, ymin, ymax := ch.X.Min, ch.X.Max, ch.Y.Min, ch.Y.Max
	ch.Add(grid{})
	for _, cv := range curves {
		ch.Add(cv)
	}
	// Adding has made room for all of the curves.
	ch.X.Min, ch.X.Max, ch.Y.Min, ch.Y.Max = xmin, xmax, ymin, ymax
	names, note := legend(curves), ch.note
	ch.note = joinLines(note, above(ch.cut, ch.Y.Max))
	names.makeRoom(ch.data(c), ch.Plot)
	ch.note = joinLines(note, above(ch.cut, ch.Y.Max)) // for some there is room now
	ch.Add(frame{}, names)
	return ch
}

// linesAbove draws what lines does and, on a sheet that is higher by as much, a
// flat chart below it whose x axis is the same one.
func (ch chart) linesAbove(curves []curve, flat chart) ([]byte, error) {
	const height, gap = 1.5 * vg.Inch, 7
	img, c := newSheet(sheetWidth, sheetHeight+height+ch.extra(sheetWidth-2*margin))
	upper, lower := c, c
	upper.Min.Y += height + gap - labelRoom    // the axis has no label
	lower.Max.Y = c.Min.Y + height + titleRoom // nor the chart a title
	ch.xLabel = ""
	ch = ch.addLines(upper, curves)
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
	if isLogarithmic(p) {
		lo, hi := padded(math.Log(ymin), math.Log(ymax), 0.05)
		p.Y.Min, p.Y.Max = math.Exp(lo), math.Exp(hi)
		return
	}
	p.Y.Min, p.Y.Max = padded(ymin, ymax, 0.05)
}

func isLogarithmic(p *plot.Plot) bool {
	_, ok := p.Y.Scale.(plot.LogScale)
	return ok
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
