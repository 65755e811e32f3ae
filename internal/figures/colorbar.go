package figures

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// viridis is every 15th color of matplotlib's map of 256 colors; mixing the two
// neighbors misses the others by at most 5 in 255.
var viridis = colormap{
	rgb(0x440154), rgb(0x481769), rgb(0x472a7a), rgb(0x433d84), rgb(0x3d4e8a), rgb(0x355e8d),
	rgb(0x2e6d8e), rgb(0x297b8e), rgb(0x23898e), rgb(0x1f978b), rgb(0x21a585), rgb(0x2eb37c),
	rgb(0x46c06f), rgb(0x65cb5e), rgb(0x89d548), rgb(0xb0dd2f), rgb(0xd8e219), rgb(0xfde725),
}

const (
	barWidth = 14
	barGap   = 12
	barRoom  = 70 // the bar with its gap, numbers and label
)

// colorBar draws a scale of colors to the right of the data, barRoom wide in
// all, with marks at places from 0 to 1.
func colorBar(data draw.Canvas, colors colormap, marks []plot.Tick, label string) {
	bar := data
	bar.Min.X = snap(data.Max.X + barGap)
	bar.Max.X = bar.Min.X + snap(barWidth)
	bottom, top := dots(bar.Min.Y), dots(bar.Max.Y)
	for y := bottom; y < top; y++ {
		low := vg.Length(y) * pixel
		line := vg.Rectangle{Min: vg.Point{X: bar.Min.X, Y: low}, Max: vg.Point{X: bar.Max.X, Y: low + pixel}}
		bar.FillPolygon(colors.at((float64(y-bottom)+0.5)/float64(top-bottom)), corners(line))
	}
	style := draw.LineStyle{Color: ink, Width: frameLine}
	number := textStyle(tickSize, ink)
	number.XAlign = draw.XLeft
	for _, mark := range marks {
		y, length := bar.Y(mark.Value), vg.Length(tickLength)
		if mark.IsMinor() {
			length /= 2
		}
		hline(&bar, style, bar.Max.X, bar.Max.X+length, y)
		bar.FillText(number, vg.Point{X: bar.Max.X + 1.5*tickLength, Y: y}, mark.Label)
	}
	box(&bar, style)
	text := textStyle(labelSize, ink)
	text.Rotation = math.Pi / 2
	bar.FillText(text, vg.Point{X: data.Max.X + barRoom - labelSize/2, Y: (data.Min.Y + data.Max.Y) / 2}, label)
}
