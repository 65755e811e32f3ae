package figures

import (
	"math"
	"slices"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Series is a curve over the layers: Values[i] belongs to layer i. A value of 0,
// or one too small for a logarithmic axis, stands at the axis's lower end, which
// says "0"; one that is negative, not finite or beyond 1e100 is a gap.
type Series struct {
	Name   string
	Values []float64
	// Predicted are what the values should be by a theory, shown by [Theory];
	// there may be none.
	Predicted []float64
}

// Variances draws the variance of activations and of gradients in two panels
// side by side, over the layers and on logarithmic axes, with a curve for each
// series. Series of the same name have the same color and one entry in the
// legend below. Layer i is called labels[i], and of labels that do not fit
// below the axis every second, third … stands there; without labels it is
// called by its index i.
//
// It returns the bytes of a PNG file, 1200 × 660 pixels, and an error if no
// series has a value that can be shown, or one has more values than there are
// labels.
func Variances(title, xLabel string, labels []string, activations, gradients []Series) ([]byte, error) {
	f := variances{xLabel: xLabel, labels: labels}
	return f.draw(title, [2]string{"Activations", "Gradients"}, [2][]Series{activations, gradients})
}

// Theory draws what [Variances] does, of the gradients those for the layers'
// outputs, without a line from value to value: the dashed lines are the
// predictions.
func Theory(title, xLabel string, labels []string, activations, gradients []Series) ([]byte, error) {
	f := variances{xLabel: xLabel, labels: labels, theory: true}
	return f.draw(title, [2]string{"Activations", "Gradients for the outputs"}, [2][]Series{activations, gradients})
}

// variances is what the two panels have in common.
type variances struct {
	xLabel string
	labels []string
	layers int
	theory bool
	styles map[string]draw.LineStyle
}

// draw draws the two panels.
func (f variances) draw(title string, titles [2]string, panels [2][]Series) ([]byte, error) {
	all := slices.Concat(panels[0], panels[1])
	f.layers = len(f.labels)
	values, predicted := 0, false
	for _, s := range all {
		if most := max(len(s.Values), len(s.Predicted)); len(f.labels) > 0 && most > len(f.labels) {
			return nil, errors.Errorf("draw variances: series %q has %d values for %d layers, give at most one per layer", s.Name, most, len(f.labels))
		}
		f.layers = max(f.layers, len(s.Values), len(s.Predicted))
		predicted = predicted || len(s.Predicted) > 0
		for _, v := range s.Values {
			if shown(v) || zero(v) {
				values++
			}
		}
	}
	if values == 0 {
		return nil, errors.New("draw variances: there is no finite value from 0 up to show")
	}
	var names keys
	f.styles, names = seriesStyles(all)
	if f.theory && predicted {
		names = append(names, key{"predicted", func(c *draw.Canvas, at vg.Point) {
			hline(c, draw.LineStyle{Color: ink, Width: theoryLine, Dashes: theoryDashes}, at.X-legendSample/2, at.X+legendSample/2, at.Y)
		}})
	}
	return sideBySide(title, names, f.panel(titles[0], panels[0]), f.panel(titles[1], panels[1]))
}

// theoryLine and theoryDashes are those of a prediction.
const theoryLine = 1.2

var theoryDashes = []vg.Length{4, 2.5}

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

// zero tells whether a value is 0 as far as a logarithmic axis goes.
func zero(v float64) bool { return v >= 0 && v < vanishing }

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

// panel makes one of the two panels.
func (f variances) panel(title string, series []Series) panel {
	p := newPlot()
	p.X.Min, p.X.Max = -0.25, float64(f.layers)-0.75
	low, high := math.Inf(1), math.Inf(-1)
	visible := func(values []float64) []float64 {
		values = slices.Clone(values)
		for i, v := range values {
			if !shown(v) {
				values[i] = math.NaN()
				continue
			}
			low, high = math.Min(low, v), math.Max(high, v)
		}
		return values
	}
	p.Add(grid{})
	var zeros []plot.Plotter
	var theories []curve
	for _, s := range series {
		cv := curve{x: indices(0, len(s.Values)), y: visible(s.Values), line: f.styles[s.Name]}
		if f.layers <= 60 || f.theory { // closer dots would run into a thick line
			cv.marker = markerRadius
		}
		if f.theory {
			dashed := draw.LineStyle{Color: cv.line.Color, Width: theoryLine, Dashes: theoryDashes}
			theory := curve{x: indices(0, len(s.Predicted)), y: visible(s.Predicted), line: dashed}
			p.Add(theory)
			theories = append(theories, theory)
			cv.line.Width = 0
		}
		p.Add(cv)
		zeros = append(zeros, bottom{curve{x: indices(0, len(s.Values)), y: s.Values, line: f.styles[s.Name]}})
	}
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, logTicks{count: 8}
	vanishes := slices.ContainsFunc(series, func(s Series) bool {
		return slices.ContainsFunc(s.Values, zero) || f.theory && slices.ContainsFunc(s.Predicted, zero)
	})
	if low > high {
		low, high = 1, 10
		p.Y.Tick.Marker = plot.ConstantTicks{}
		if !vanishes {
			title += ": no positive finite value"
		}
	}
	p.Y.Min, p.Y.Max = decades(low, high)
	if vanishes {
		p.Y.Min /= math.Pow(p.Y.Max/p.Y.Min, 0.1) // below the lowest value
		p.Y.Tick.Marker = withZero{p.Y.Tick.Marker}
	}
	for i, cv := range theories {
		for k, v := range series[i].Predicted {
			if zero(v) {
				cv.y[k] = p.Y.Min
			}
		}
	}
	p.X.Tick.Marker = layerTicks(f.labels, f.layers, p.X.Tick.Label.Width)
	p.Add(frame{})
	p.Add(zeros...)
	return panel{chart: chart{Plot: p, title: title, xLabel: f.xLabel, yLabel: "Variance"}}
}
