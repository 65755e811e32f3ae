package figures

import (
	"fmt"
	"image/color"
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Of more panels than mostLarge every one is small, without axes of its own.
const (
	mostLarge   = 12
	smallCols   = 6
	smallHeight = 1.05 * vg.Inch // of a panel with its title
	smallTitle  = 8.2            // size of it, in points
	reach       = 4.0            // standard deviations on either side of the mean
	tallestBar  = 1.0            // per standard deviation; the normal distribution has 0.4
)

// smallHistograms draws many panels on a sheet of the usual width. All have the
// same axes: the distance from the mean in standard deviations, and the density
// over it. So their shapes can be compared however much the values differ in
// size, which stands in each panel as σ².
func smallHistograms(title, xLabel string, panels []Histogram) ([]byte, error) {
	totals := make([]float64, len(panels))
	for i, h := range panels {
		var err error
		if totals[i], err = checkHistogram(h); err != nil {
			return nil, errors.Wrapf(err, "draw histograms: panel %d", i)
		}
	}
	rows := (len(panels) + smallCols - 1) / smallCols
	height := vg.Length(rows)*smallHeight + suptitle + labelRoom + 2*tickSize + 2*margin
	if dots(sheetWidth)*dots(height) > mostPixels {
		return nil, errors.Errorf("draw histograms: %d panels do not fit on one sheet, give fewer", len(panels))
	}
	img, c := newSheet(sheetWidth, height)
	c = heading(c, title)
	label := textStyle(labelSize, ink)
	c.FillText(label, vg.Point{X: c.Center().X, Y: c.Min.Y + labelSize/2}, oneLine("("+xLabel+" − mean) / σ", label, c.Max.X-c.Min.X))
	label.Rotation = math.Pi / 2
	c.FillText(label, vg.Point{X: c.Min.X + labelSize/2, Y: c.Center().Y}, "Density · σ")
	c = draw.Crop(c, labelRoom+2*tickSize, 0, labelRoom+1.5*tickSize, 0)
	width := (c.Max.X - c.Min.X) / smallCols
	for i, h := range panels {
		at := vg.Point{X: c.Min.X + vg.Length(i%smallCols)*width, Y: c.Max.Y - vg.Length(i/smallCols+1)*smallHeight}
		cell := draw.Canvas{Canvas: c, Rectangle: vg.Rectangle{Min: at, Max: at.Add(vg.Point{X: width, Y: smallHeight})}}
		smallPanel{h, totals[i]}.draw(cell, i+smallCols >= len(panels), i%smallCols == 0)
	}
	return encode(img)
}

// smallPanel is one of many histograms.
type smallPanel struct {
	Histogram
	total float64
}

// draw draws the panel in its cell, with numbers below and beside it where it
// is the last one of its column, and the first one of its row.
func (s smallPanel) draw(cell draw.Canvas, below, beside bool) {
	style := textStyle(smallTitle, ink)
	cell.FillText(style, vg.Point{X: cell.Center().X, Y: cell.Max.Y - 1.2*smallTitle}, oneLine(s.Title, style, cell.Max.X-cell.Min.X))
	data := draw.Crop(cell, panelGap/3, -panelGap/3, 0, -2*smallTitle)
	for _, side := range []*vg.Length{&data.Min.X, &data.Max.X, &data.Min.Y, &data.Max.Y} {
		*side = snap(*side)
	}
	p := plot.New()
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -reach, reach, 0, tallestBar
	note := fmt.Sprintf("σ² %.3g", s.Variance)
	if s.single() {
		bars{edges: []float64{-0.1, 0.1}, heights: []float64{0.75 * tallestBar}, small: true}.Plot(data, p)
		note = fmt.Sprintf("all %.3g", s.Mean)
	} else {
		b, cv := s.standard()
		b.Plot(data, p)
		cv.Plot(data, p)
	}
	note = minus(note)
	style.XAlign = draw.XRight
	at := vg.Point{X: data.Max.X - 3, Y: data.Max.Y - smallTitle}
	behind := vg.Rectangle{Min: at.Sub(vg.Point{X: style.Width(note) + 1, Y: smallTitle / 2}), Max: at.Add(vg.Point{X: 1, Y: smallTitle / 2})}
	data.FillPolygon(color.NRGBA{R: 255, G: 255, B: 255, A: 200}, corners(behind))
	data.FillText(style, at, note)
	line := draw.LineStyle{Color: ink, Width: frameLine}
	box(&data, line)
	number := textStyle(smallTitle, ink)
	for _, v := range []float64{-2, 0, 2} {
		x := data.X(p.X.Norm(v))
		vline(&data, line, x, data.Min.Y-tickLength/2, data.Min.Y)
		if below {
			data.FillText(number, vg.Point{X: x, Y: data.Min.Y - tickLength/2 - smallTitle}, minus(fmt.Sprint(v)))
		}
	}
	number.XAlign = draw.XRight
	for _, v := range []float64{0, tallestBar / 2} {
		y := data.Y(p.Y.Norm(v))
		hline(&data, line, data.Min.X-tickLength/2, data.Min.X, y)
		if beside {
			data.FillText(number, vg.Point{X: data.Min.X - tickLength, Y: y}, fmt.Sprint(v))
		}
	}
}

// single reports whether the values have no spread to measure by.
func (s smallPanel) single() bool {
	_, _, single := span(s.Histogram)
	return single || !(s.Variance > 0 && s.Variance <= overflowing)
}

// standard returns bars and density over the distance from the mean in standard
// deviations, cut where the axes end.
func (s smallPanel) standard() (bars, curve) {
	sigma := math.Sqrt(s.Variance)
	at := func(v float64) float64 { return min(max((v-s.Mean)/sigma, -reach), reach) }
	heights, _ := barHeights(s.Histogram, true, s.total)
	b := bars{small: true}
	for i, h := range heights {
		left, right := at(s.Edges[i]), at(s.Edges[i+1])
		if right > left {
			if len(b.edges) == 0 {
				b.edges = append(b.edges, left)
			}
			b.edges, b.heights = append(b.edges, right), append(b.heights, min(h*sigma, tallestBar))
		}
	}
	if len(b.edges) == 0 {
		b.edges = []float64{-reach}
	}
	cv := densityCurve(s.Histogram, 1)
	for i, y := range cv.y {
		if x := (cv.x[i] - s.Mean) / sigma; math.Abs(x) > reach {
			cv.x[i], cv.y[i] = at(cv.x[i]), math.NaN()
		} else {
			cv.x[i], cv.y[i] = x, math.Min(y*sigma, tallestBar)
		}
	}
	return b, cv
}
