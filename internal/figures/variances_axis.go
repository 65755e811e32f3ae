package figures

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// bottom marks the zeros of a curve at the lower end of the axis. It does not
// embed the curve, whose range would become that of the axis.
type bottom struct{ of curve }

// Plot implements plot.Plotter.
func (b bottom) Plot(c draw.Canvas, p *plot.Plot) {
	for i, v := range b.of.y {
		if zero(v) {
			dot(&c, b.of.line.Color, markerRadius, vg.Point{X: c.X(p.X.Norm(b.of.x[i])), Y: c.Min.Y})
		}
	}
}

// withZero writes 0 at the lower end of a logarithmic axis, and no number close
// to it.
type withZero struct{ plot.Ticker }

// Ticks returns the marks between min and max, as plot.Ticker wants it.
func (w withZero) Ticks(min, max float64) []plot.Tick {
	marks := []plot.Tick{{Value: min, Label: "0"}}
	for _, mark := range w.Ticker.Ticks(min, max) {
		if math.Log(mark.Value/min) > 0.06*math.Log(max/min) {
			marks = append(marks, mark)
		}
	}
	return marks
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

// layerTicks marks the layers by their labels, or without labels by their
// indices: all of them if they fit side by side, else every second, fifth, ….
func layerTicks(labels []string, layers int, width func(string) vg.Length) plot.ConstantTicks {
	const axis, gap = 220, 6 // about the length of an axis, and the space between two labels
	if len(labels) != layers {
		labels = make([]string, layers)
		for i := range labels {
			labels[i] = strconv.Itoa(i)
		}
	}
	var widest vg.Length
	for _, label := range labels {
		widest = max(widest, width(label))
	}
	every := int(niceStep(float64((widest+gap)*vg.Length(layers)/axis), true))
	var marks plot.ConstantTicks
	for i := 0; i < layers; i += every {
		marks = append(marks, plot.Tick{Value: float64(i), Label: labels[i]})
	}
	return marks
}
