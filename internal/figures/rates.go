package figures

import (
	"fmt"
	"math"
	"slices"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Rates draws a range test of learning rates: the loss of each batch and the
// smoothed loss against the learning rate, on a logarithmic axis, with a line
// at each of the marked rates, which their names in the legend go with. The
// axis of the losses ends above the highest smoothed loss before the lowest; a
// note says how many batches are above it, below that which is given.
//
// It returns the bytes of a PNG file, 1200 × 720 pixels or, with a long title,
// more, and an error if there is no rate, there is not one loss of either kind
// for each, the rates do not grow from above 0, a loss is not finite, or a
// marked rate is none.
func Rates(title, note string, rates, losses, smoothed []float64, marks []Mark) ([]byte, error) {
	if err := checkTest(rates, losses, smoothed, marks); err != nil {
		return nil, err
	}
	p := newPlot()
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, logTicks{count: 12}
	p.X.Tick.Length = tickLength + 3 // the exponents are in the way of the marks
	lowest := slices.Index(smoothed, slices.Min(smoothed))
	highest := slices.Max(smoothed[:lowest+1])
	top := highest + 0.5*math.Abs(highest)
	curves := []curve{
		{label: "Each batch", x: rates, y: losses, line: draw.LineStyle{Color: fade(palette[0], 0.62), Width: thinLine}},
		{label: "Smoothed", x: rates, y: smoothed, line: draw.LineStyle{Color: palette[1], Width: plainLine}},
	}
	setLossRange(p, curve{x: append(rates[:len(rates):len(rates)], rates...), y: slices.Concat(losses, smoothed)}, top)
	lo, hi := padded(math.Log(rates[0]), math.Log(rates[len(rates)-1]), 0.02)
	p.X.Min, p.X.Max = math.Exp(lo), math.Exp(hi)
	for i, m := range marks {
		curves = append(curves, curve{
			label: fmt.Sprintf("%s: %s", m.Name, rounded(m.Rate)),
			x:     []float64{m.Rate, m.Rate}, y: []float64{p.Y.Min, 2 * overflowing},
			line: draw.LineStyle{Color: palette[(2+i)%len(palette)], Width: plainLine, Dashes: []vg.Length{5, 3}},
		})
	}
	return chart{Plot: p, title: title, note: note, xLabel: "Learning rate", yLabel: "Loss", cut: losses}.lines(curves)
}

// Mark is a learning rate with a name.
type Mark struct {
	Name string
	Rate float64
}

// checkTest returns an error if the numbers are not those of a range test.
func checkTest(rates, losses, smoothed []float64, marks []Mark) error {
	if len(rates) == 0 {
		return errors.New("draw the test of learning rates: there is no rate, try at least one")
	}
	if len(losses) != len(rates) || len(smoothed) != len(rates) {
		return errors.Errorf("draw the test of learning rates: %d losses and %d smoothed ones for %d rates, give one of each per rate", len(losses), len(smoothed), len(rates))
	}
	for i, rate := range rates {
		if !shown(rate) || i > 0 && rate <= rates[i-1] {
			return errors.Errorf("draw the test of learning rates: rate %d is %g, give growing ones above 0", i, rate)
		}
		if !drawn(losses[i]) || !drawn(smoothed[i]) {
			return errors.Errorf("draw the test of learning rates: the losses at the rate %g are %g and %g, give finite ones", rate, losses[i], smoothed[i])
		}
	}
	for _, m := range marks {
		if !shown(m.Rate) {
			return errors.Errorf("draw the test of learning rates: the rate %q is %g, give one above 0", m.Name, m.Rate)
		}
	}
	return nil
}
