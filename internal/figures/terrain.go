package figures

import (
	"image"
	"image/color"
	"math"
	"sort"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// terrain draws a grid as a heat map with contour lines.
type terrain struct {
	x, y   []float64
	at     []float64 // the heights' places on the scale of colors, ordered as Grid.Z
	levels []float64 // places of the contour lines
	img    *image.RGBA
}

var gapInk = rgb(0xd9d9d9) // where a grid has no values

const contourStrength = 0.4 // of white on the map

// Plot implements plot.Plotter.
func (t terrain) Plot(c draw.Canvas, _ *plot.Plot) {
	height := t.img.Rect.Dy()
	t.paint(image.Rect(dots(c.Min.X), height-dots(c.Max.Y), dots(c.Max.X), height-dots(c.Min.Y)))
}

// paint fills a part of the image, pixel by pixel, with the colors of the
// values interpolated bilinearly.
func (t terrain) paint(area image.Rectangle) {
	var colors [256]color.NRGBA // matplotlib's maps have as many
	for i := range colors {
		colors[i] = viridis.at(float64(i) / 255)
	}
	columns, rows := cells(t.x, area.Dx()), cells(t.y, area.Dy())
	for py, row := range rows {
		low, high := t.at[row.index*len(t.x):], t.at[(row.index+1)*len(t.x):]
		for px, column := range columns {
			i := column.index
			left, right := mix(low[i], high[i], row.part), mix(low[i+1], high[i+1], row.part)
			v, tint := mix(left, right, column.part), gapInk
			if !math.IsNaN(v) {
				tint = colors[int(v*255+0.5)]
				slope := math.Hypot((right-left)*column.step, (mix(high[i], high[i+1], column.part)-mix(low[i], low[i+1], column.part))*row.step)
				if cover := t.contour(v, slope); cover > 0 {
					tint = blend(tint, paper, contourStrength*cover)
				}
			}
			t.img.SetRGBA(area.Min.X+px, area.Max.Y-1-py, color.RGBA(tint))
		}
	}
}

// contour returns how much of a pixel a contour line covers, from 0 to 1, where
// the value and its slope per pixel are given: slope turns the distance from a
// level into pixels.
func (t terrain) contour(v, slope float64) float64 {
	const halfWidth = 0.7 // pixels
	nearest := math.Inf(1)
	for _, level := range t.levels {
		nearest = math.Min(nearest, math.Abs(v-level))
	}
	return min(max(halfWidth+0.5-nearest/slope, 0), 1) // NaN and so 0 on a plain, where slope is 0
}

// mix returns the value at a part of the way from a to b.
func mix(a, b, part float64) float64 { return a + part*(b-a) }

// blend paints a color over another one, as far as strength says.
func blend(below, above color.NRGBA, strength float64) color.NRGBA {
	channel := func(a, b uint8) uint8 { return uint8(math.Round(mix(float64(a), float64(b), strength))) }
	return color.NRGBA{R: channel(below.R, above.R), G: channel(below.G, above.G), B: channel(below.B, above.B), A: 0xff}
}

// place says between which two coordinates a pixel lies, and how far from the
// first to the second.
type place struct {
	index int
	part  float64
	step  float64 // what a pixel adds to part
}

// cells returns the places of the middles of count pixels, which lie evenly
// from the first coordinate to the last.
func cells(coordinates []float64, count int) []place {
	first, last := coordinates[0], coordinates[len(coordinates)-1]
	pixel := (last - first) / float64(count)
	places := make([]place, count)
	for i := range places {
		v := first + pixel*(float64(i)+0.5)
		index := min(max(sort.SearchFloat64s(coordinates, v)-1, 0), len(coordinates)-2)
		low, high := coordinates[index], coordinates[index+1]
		places[i] = place{index, min(max((v-low)/(high-low), 0), 1), pixel / (high - low)}
	}
	return places
}
