package figures

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The sheet every figure is drawn on: 8 in at 150 dpi are 1200 pixels, wide
// enough for a README and, at 10 pt text, readable when it is shown at half
// that size.
const (
	dpi         = 150
	pixel       = vg.Inch / dpi
	sheetWidth  = 8 * vg.Inch
	sheetHeight = 4.8 * vg.Inch
	margin      = 9 // blank border around everything, in points
)

// Sizes of text and lines, in points.
const (
	titleSize = 13
	labelSize = 11
	tickSize  = 9.5
	noteSize  = 9

	thinLine  = 0.7
	plainLine = 1.6
	frameLine = 0.8
	gridLine  = 0.6

	tickLength   = 4
	markerRadius = 2.6
)

// palette holds matplotlib's color cycle, C0 … C9: the same curve has the same
// color in the notebook and here. Optimizers and initializations have looks of
// their own: see looks.go.
var palette = [...]color.NRGBA{
	rgb(0x1f77b4), rgb(0xff7f0e), rgb(0x2ca02c), rgb(0xd62728), rgb(0x9467bd),
	rgb(0x8c564b), rgb(0xe377c2), rgb(0x7f7f7f), rgb(0xbcbd22), rgb(0x17becf),
}

var (
	ink       = rgb(0x262626) // text, frame, ticks
	faint     = rgb(0x6b6b6b) // notes
	gridInk   = rgb(0xe4e4e4)
	legendInk = rgb(0xcccccc) // border of a legend
	paper     = rgb(0xffffff)
)

// rgb reads a color written as in CSS.
func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}

// fade mixes a color with white: strength 1 leaves it, 0 gives white. Mixing
// instead of transparency keeps a line that crosses itself from darkening.
func fade(c color.NRGBA, strength float64) color.NRGBA {
	mix := func(v uint8) uint8 { return uint8(math.Round(255 - strength*(255-float64(v)))) }
	return color.NRGBA{R: mix(c.R), G: mix(c.G), B: mix(c.B), A: 0xff}
}

// gonum/plot centers a line between its ascent and its descent. These put the
// middle of the capitals and digits on the point instead, the second where an
// axis has added the descent.
const (
	middle     = text.YAlignment(-0.4)
	axisMiddle = text.YAlignment(-0.6)
)

// textStyle is sans-serif text of the given size, centerd on the point it is
// drawn at.
func textStyle(size vg.Length, c color.Color) text.Style {
	return text.Style{
		Color:   c,
		Font:    font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, size),
		XAlign:  draw.XCenter,
		YAlign:  middle,
		Handler: powers{text.Plain{Fonts: font.DefaultCache}},
	}
}

// newPlot returns an empty plot in the shared style. The frame plotter, not the
// axes, draws the lines, so that they fall on whole pixels; the axes only write
// the labels and keep the room.
func newPlot() *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil // the canvas is white already
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.LineStyle.Width = 0
		axis.Padding = 0
		axis.Tick.LineStyle = draw.LineStyle{Color: color.Transparent, Width: frameLine}
		axis.Tick.Length = tickLength
		axis.Tick.Label = textStyle(tickSize, ink)
		axis.Tick.Marker = ticks{count: 8}
	}
	p.X.Tick.Label.YAlign = draw.YTop
	p.Y.Tick.Label.XAlign, p.Y.Tick.Label.YAlign = draw.XRight, axisMiddle
	return p
}
