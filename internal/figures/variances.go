package figures

import (
	"math"
	"slices"
	"strconv"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Series is a curve over the layers: Values[i] belongs to layer i. What a
// logarithmic axis cannot show, a value that is not positive, not finite or
// outside 1e-100 … 1e100, is a gap.
type Series struct {
	Name   string
	Values []float64
}

// Variances draws the variance of activations and of gradients in two panels
// side by side, over the layers and on logarithmic axes, with a curve for each
// series. Series of the same name have the same color and one entry in the
// legend below. Layer i is called labels[i] if all labels fit below the axis,
// and by its index i otherwise, or if there are no labels.
//
// It returns the bytes of a PNG file, 1200 × 660 pixels, and an error if no
// series has a value that can be shown, or one has more values than there are
// labels.
func Variances(title, xLabel string, labels []string, activations, gradients []Series) ([]byte, error) {
	layers := len(labels)
	values := 0
	for _, s := range slices.Concat(activations, gradients) {
		if len(labels) > 0 && len(s.Values) > len(labels) {
			return nil, errors.Errorf("draw variances: series %q has %d values for %d layers, give at most one per layer", s.Name, len(s.Values), len(labels))
		}
		layers = max(layers, len(s.Values))
		for _, v := range s.Values {
			if shown(v) {
				values++
			}
		}
	}
	if values == 0 {
		return nil, errors.New("draw variances: there is no positive finite value to show")
	}

	styles, names := seriesStyles(slices.Concat(activations, gradients))
	return sideBySide(title, names,
		variancePanel("Activations", xLabel, labels, layers, activations, styles),
		variancePanel("Gradients", xLabel, labels, layers, gradients, styles))
}

// sideBySide draws two panels that share the legend below them.
func sideBySide(title string, names keys, left, right panel) ([]byte, error) {
	const height = 4.4 * vg.Inch
	img, c := newSheet(sheetWidth, height)
	c = heading(c, title)
	keyRoom := names.height(c.Max.X - c.Min.X)
	below := c
	below.Max.Y = c.Min.Y + keyRoom
	names.draw(below)
	c = draw.Crop(c, 0, 0, keyRoom+legendPad, -legendPad)
	half := (c.Max.X - c.Min.X - panelGap) / 2
	drawInLine([]panel{left, right}, func(i int) draw.Canvas {
		return draw.Crop(c, vg.Length(i)*(half+panelGap), vg.Length(i-1)*(half+panelGap), 0, 0)
	})
	return encode(img)
}

// shown tells whether a value has a place on a logarithmic axis.
func shown(v float64) bool { return v >= vanishing && v <= overflowing }

// seriesStyles gives every name a line, and collects the legend's entries in
// order of first use.
func seriesStyles(series []Series) (map[string]draw.LineStyle, keys) {
	styles := map[string]draw.LineStyle{}
	var names keys
	for _, s := range series {
		if _, known := styles[s.Name]; known {
			continue
		}
		style := draw.LineStyle{Color: palette[len(styles)%len(palette)], Width: plainLine}
		if len(styles) >= len(palette) {
			style.Dashes = []vg.Length{5, 3}
		}
		styles[s.Name] = style
		names = append(names, lineKey(s.Name, style, markerRadius))
	}
	return styles, names
}

// variancePanel makes one of the two panels.
func variancePanel(title, xLabel string, labels []string, layers int, series []Series, styles map[string]draw.LineStyle) panel {
	p := newPlot()
	p.X.Min, p.X.Max = -0.25, float64(layers)-0.75
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, logTicks{count: 8}
	low, high := math.Inf(1), math.Inf(-1)
	p.Add(grid{})
	for _, s := range series {
		cv := curve{x: indices(0, len(s.Values)), y: slices.Clone(s.Values), line: styles[s.Name]}
		if layers <= 60 { // closer dots would run into a thick line
			cv.marker = markerRadius
		}
		for i, v := range cv.y {
			if !shown(v) {
				cv.y[i] = math.NaN()
				continue
			}
			low, high = math.Min(low, v), math.Max(high, v)
		}
		p.Add(cv)
	}
	if low > high {
		low, high = 1, 10
		p.Y.Tick.Marker = plot.ConstantTicks{}
		title += ": no positive finite value"
	}
	p.Y.Min, p.Y.Max = decades(low, high)
	p.X.Tick.Marker = layerTicks(labels, layers, p.X.Tick.Label.Width)
	p.Add(frame{})
	return panel{chart: chart{Plot: p, title: title, xLabel: xLabel, yLabel: "Variance"}}
}

// decades returns the ends of a logarithmic axis for values from low to high:
// with a little air around them, and wide enough for two powers of ten.
func decades(low, high float64) (float64, float64) {
	first, last := math.Log10(low), math.Log10(high)
	if math.Floor(last)-math.Ceil(first) < 1 {
		first, last = math.Floor(first), math.Ceil(last)
	}
	if first == last {
		first, last = first-1, last+1
	}
	air := 0.05 * (last - first)
	return math.Pow(10, first-air), math.Pow(10, last+air)
}

// layerTicks marks every layer by its label if all of them fit side by side, or
// else some layers by their index.
func layerTicks(labels []string, layers int, width func(string) vg.Length) plot.ConstantTicks {
	const axis, gap = 220, 6 // about the length of an axis, and the space between two labels
	room := axis/vg.Length(layers) - gap
	var marks plot.ConstantTicks
	if len(labels) == layers && !slices.ContainsFunc(labels, func(label string) bool { return width(label) > room }) {
		for i, label := range labels {
			marks = append(marks, plot.Tick{Value: float64(i), Label: label})
		}
		return marks
	}
	every := niceStep(float64((width(strconv.Itoa(layers))+gap)/(room+gap)), true)
	for i := 0.0; i < float64(layers); i += every {
		marks = append(marks, plot.Tick{Value: i, Label: strconv.Itoa(int(i))})
	}
	return marks
}
