package figures

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/pkg/errors"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Track is the variances of a network's layers in the course of a training.
type Track struct {
	Name string // of the curve that the training has elsewhere
	Note string // what else there is to say, if anything: "diverged"
	// Layers are the names of the layers, from the input on.
	Layers []string
	Steps  []int // the updates before each measurement, increasing
	// Activations and Gradients are [layer][measurement].
	Activations, Gradients [][]float64
}

// check returns what is wrong with t.
func (t Track) check() error {
	if len(t.Layers) == 0 || len(t.Steps) == 0 {
		return errors.Errorf("draw variances in training: %q has %d layers and %d measurements, give at least one of each", t.Name, len(t.Layers), len(t.Steps))
	}
	for _, values := range [][][]float64{t.Activations, t.Gradients} {
		if len(values) != len(t.Layers) {
			return errors.Errorf("draw variances in training: %q has variances of %d layers for %d names, give one list per layer", t.Name, len(values), len(t.Layers))
		}
		for i, list := range values {
			if len(list) != len(t.Steps) {
				return errors.Errorf("draw variances in training: layer %d of %q has %d variances for %d measurements, give one per measurement", i, t.Name, len(list), len(t.Steps))
			}
		}
	}
	return nil
}

// Sizes of a figure of tracks.
const (
	trackHeight = 1.35 * vg.Inch // of the heat maps of a track
	trackTitle  = labelSize + 7
	trackLabels = 46 // room for the layers' names, or numbers
	scaleHeight = 46 // the scale of colors with its numbers and label
	stepsHeight = tickSize + labelSize + 12
)

// Tracks draws how the variances of activations and gradients change in
// trainings: a row of two heat maps for each, layer by update. A logarithmic
// scale of colors is common to all activations, another to all gradients. A
// variance of 0 is gray, one that is not finite white.
//
// It returns the bytes of a PNG file, 1200 pixels wide, and an error if there
// is no track, one has no layer or no measurement, or lists do not fit.
func Tracks(title string, list []Track) ([]byte, error) {
	if len(list) == 0 {
		return nil, errors.New("draw variances in training: there is no training, give at least one")
	}
	last, every := 0, math.MaxInt // the last update, and those between two measurements
	for _, t := range list {
		if err := t.check(); err != nil {
			return nil, err
		}
		last = max(last, slices.Max(t.Steps))
		for j := range len(t.Steps) - 1 {
			every = min(every, t.Steps[j+1]-t.Steps[j])
		}
	}
	if every == math.MaxInt {
		every = max(last, 1)
	}
	rows := vg.Length(len(list))
	img, c := newSheet(sheetWidth, 2*margin+suptitle+rows*(trackHeight+trackTitle)+stepsHeight+scaleHeight)
	c = heading(c, title)
	half := (c.Max.X - c.Min.X - panelGap) / 2
	for column, name := range []string{"activations", "gradients"} {
		of := func(t Track) [][]float64 {
			if column == 0 {
				return t.Activations
			}
			return t.Gradients
		}
		scale := newScale(list, of)
		part := draw.Crop(c, vg.Length(column)*(half+panelGap), vg.Length(column-1)*(half+panelGap), 0, 0)
		for i, t := range list {
			cell := part
			cell.Max.Y -= vg.Length(i) * (trackHeight + trackTitle)
			cell.Min.Y = cell.Max.Y - trackHeight - trackTitle
			t.draw(cell, t.Name+": "+name, of(t), scale, last+every, every, i == len(list)-1)
		}
		part.Max.Y = part.Min.Y + scaleHeight
		scale.draw(draw.Crop(part, trackLabels, 0, 0, 0), "Variance of "+name)
	}
	return encode(img)
}

// draw draws a heat map with its title and the layers' names, and below it, if
// it is the lowest, the updates: up to the last, with so many between two
// measurements.
func (t Track) draw(cell draw.Canvas, title string, values [][]float64, scale logScale, last, every int, lowest bool) {
	data := draw.Crop(cell, trackLabels, 0, 0, -trackTitle)
	data.Min.X, data.Max.X, data.Min.Y, data.Max.Y = snap(data.Min.X), snap(data.Max.X), snap(data.Min.Y), snap(data.Max.Y)
	style := textStyle(labelSize, ink)
	cell.FillText(style, vg.Point{X: data.Center().X, Y: cell.Max.Y - trackTitle/2 - 1}, oneLine(title, style, data.Max.X-data.Min.X))
	height := (data.Max.Y - data.Min.Y) / vg.Length(len(t.Layers))
	x := func(step int) vg.Length {
		return data.Min.X + (data.Max.X-data.Min.X)*vg.Length(step)/vg.Length(max(last, 1))
	}
	for j, step := range t.Steps {
		end := step + every
		if j+1 < len(t.Steps) {
			end = t.Steps[j+1]
		}
		from, to := snap(x(step)), min(snap(x(end)), data.Max.X)
		for i := range t.Layers {
			top := data.Max.Y - vg.Length(i)*height
			scale.fill(&data, vg.Rectangle{Min: vg.Point{X: from, Y: snap(top - height)}, Max: vg.Point{X: to, Y: snap(top)}}, values[i][j])
		}
	}
	frame := draw.LineStyle{Color: ink, Width: frameLine}
	box(&data, frame)
	t.label(cell, data, height)
	if t.Note != "" {
		note := textStyle(labelSize, ink)
		free := data
		free.Min.X = min(x(t.Steps[len(t.Steps)-1]+every), data.Center().X)
		data.FillText(note, free.Center(), oneLine(t.Note, note, free.Max.X-free.Min.X))
	}
	if lowest {
		number := textStyle(tickSize, ink)
		for _, mark := range (ticks{count: 6, whole: true}).Ticks(0, float64(last)) {
			if at := x(int(mark.Value)); mark.Label != "" {
				vline(&data, frame, at, data.Min.Y-tickLength, data.Min.Y)
				data.FillText(number, vg.Point{X: at, Y: data.Min.Y - tickLength - tickSize/2 - 1}, mark.Label)
			}
		}
		data.FillText(style, vg.Point{X: data.Center().X, Y: data.Min.Y - tickLength - tickSize - labelSize}, "Updates")
	}
}

// label names the layers, as many as have room.
func (t Track) label(cell, data draw.Canvas, height vg.Length) {
	style := textStyle(tickSize, ink)
	style.XAlign = draw.XRight
	every := max(1, int(math.Ceil(float64((tickSize+1)/height))))
	for i := 0; i < len(t.Layers); i += every {
		y := data.Max.Y - (vg.Length(i)+0.5)*height
		cell.FillText(style, vg.Point{X: data.Min.X - 3, Y: y}, oneLine(t.Layers[i], style, trackLabels-4))
	}
}

// logScale is a scale of colors over powers of ten.
type logScale struct{ low, high float64 } // logarithms

// newScale returns the scale of all variances that can be shown.
func newScale(list []Track, of func(Track) [][]float64) logScale {
	s := logScale{math.Inf(1), math.Inf(-1)}
	for _, t := range list {
		for _, layer := range of(t) {
			for _, v := range layer {
				if shown(v) {
					s.low, s.high = min(s.low, math.Log10(v)), max(s.high, math.Log10(v))
				}
			}
		}
	}
	if s.low > s.high {
		s.low, s.high = 0, 0
	}
	s.low, s.high = math.Floor(s.low), math.Ceil(s.high)
	if s.low == s.high {
		s.high++
	}
	return s
}

// fill fills an area with the color of a variance.
func (s logScale) fill(c *draw.Canvas, area vg.Rectangle, v float64) {
	switch {
	case shown(v):
		c.FillPolygon(viridis.at((math.Log10(v)-s.low)/(s.high-s.low)), corners(area))
	case v == 0:
		c.FillPolygon(legendInk, corners(area))
	}
}

// draw draws the scale with its label.
func (s logScale) draw(c draw.Canvas, label string) {
	const height = 9
	bar := c
	bar.Min.X, bar.Max.X = snap(c.Min.X), snap(c.Max.X)
	bar.Max.Y = snap(c.Max.Y - 4)
	bar.Min.Y = snap(bar.Max.Y - height)
	left, right := dots(bar.Min.X), dots(bar.Max.X)
	for x := left; x < right; x++ {
		at := vg.Length(x) * pixel
		bar.FillPolygon(viridis.at((float64(x-left)+0.5)/float64(right-left)), corners(vg.Rectangle{Min: vg.Point{X: at, Y: bar.Min.Y}, Max: vg.Point{X: at + pixel, Y: bar.Max.Y}}))
	}
	style := draw.LineStyle{Color: ink, Width: frameLine}
	box(&bar, style)
	number := textStyle(tickSize, ink)
	every := int(s.high-s.low)/8 + 1
	for power := int(s.low); power <= int(s.high); power++ {
		if power%every != 0 {
			continue
		}
		x := bar.Min.X + (bar.Max.X-bar.Min.X)*vg.Length((float64(power)-s.low)/(s.high-s.low))
		vline(&bar, style, x, bar.Min.Y-tickLength, bar.Min.Y)
		bar.FillText(number, vg.Point{X: x, Y: bar.Min.Y - tickLength - tickSize/2 - 2}, minus("10"+raised+strconv.Itoa(power)))
	}
	bar.FillText(textStyle(labelSize, ink), vg.Point{X: bar.Center().X, Y: bar.Min.Y - tickLength - tickSize - labelSize + 1}, fmt.Sprintf("%s (gray: 0)", label))
}
