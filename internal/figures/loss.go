package figures

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// Loss draws the training loss of every batch, as a thin line over the batch's
// index from 0, and its moving mean over window batches. The mean stands at the
// last batch of its window, from index window−1 on, so that it says what was
// known there; the notebook plots it from 0.
//
// Losses that are NaN, infinite or beyond ±1e100 are left out, and a note says
// how many; so are the means over them. With fewer losses than the window, or a
// window of 1, there is no mean.
//
// A few losses that are far above all others are not on the axis, which they
// would flatten: a note says how many there are, and how high.
//
// If no loss is negative and more rise far above the usual ones, as in a run
// that diverges (above 100, and above 100 times the median), the axis is
// logarithmic. Zeros, and losses a million times smaller than the median, then
// lie on its lower end.
//
// Where the learning rate changes, a panel below shows it: rates are those of
// the batches, or nil. Without it, or if they are all equal, there is no such
// panel. Rates above 1e100 are drawn as that.
//
// It returns the bytes of a PNG file, 1200 × 720 pixels or, with the learning
// rate, 1200 × 945, and an error if no loss is finite, window is below 1, there
// are rates but not one for every loss, or one is negative or not finite.
func Loss(title string, losses []float64, window int, rates []float64) ([]byte, error) {
	if window < 1 {
		return nil, errors.Errorf("draw the loss: the moving mean's window is %d, give at least 1", window)
	}
	if len(losses) == 0 {
		return nil, errors.New("draw the loss: there are no losses, train at least one batch first")
	}
	raw, note := drawable(losses)
	finite := slices.DeleteFunc(slices.Clone(raw), math.IsNaN)
	slices.Sort(finite)
	if len(finite) == 0 {
		return nil, errors.Errorf("draw the loss: none of the %d losses is finite, train again with a smaller learning rate", len(losses))
	}

	if err := checkRates(rates, len(losses)); err != nil {
		return nil, err
	}

	p := newPlot()
	p.X.Tick.Marker = ticks{count: 10, whole: true}
	mean := movingMean(raw, window)
	top := lossAxis(p, finite, raw)
	if isLogarithmic(p) {
		raise(raw, lowerEnd(finite))
		raise(mean, lowerEnd(finite))
	}

	thinBlue, orange := fade(palette[0], 0.62), palette[1]
	curves := []curve{{label: "Each batch", x: indices(0, len(raw)), y: raw, line: draw.LineStyle{Color: thinBlue, Width: thinLine}}}
	if window > 1 && slices.ContainsFunc(mean, isNumber) {
		curves = append(curves, curve{
			label: fmt.Sprintf("Mean of the last %d batches", window),
			x:     indices(window-1, len(mean)), y: mean,
			line: draw.LineStyle{Color: orange, Width: plainLine},
		})
	}
	setLossRange(p, curves[0], top)
	ch := chart{Plot: p, title: title, note: note, xLabel: "Batch", yLabel: "Loss", cut: raw}
	if len(rates) == 0 || slices.Min(rates) == slices.Max(rates) {
		return ch.lines(curves)
	}
	below := ratePanel(rates)
	below.X.Tick.Marker = p.X.Tick.Marker
	p.X.Min, p.X.Max = below.X.Min, below.X.Max // batches without a finite loss have a rate
	return ch.linesAbove(curves, below)
}

// lossAxis makes the y axis a logarithmic one where losses need it, and returns
// the largest that it must have room for. The losses are given in increasing
// order, all finite, and as they followed each other.
func lossAxis(p *plot.Plot, sorted, losses []float64) (top float64) {
	top = usual(sorted, losses[slices.IndexFunc(losses, isNumber)])
	below := sort.Search(len(sorted), func(i int) bool { return sorted[i] > top })
	if logarithmic(sorted[:below]) {
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, logTicks{count: 10}
	}
	return top
}

// setLossRange is setRange for a curve of losses that may go above top.
func setLossRange(p *plot.Plot, cv curve, top float64) {
	setRange(p, cv)
	left, right := p.X.Min, p.X.Max
	cv.y = upTo(top, cv.y)
	setRange(p, cv)
	p.X.Min, p.X.Max = left, right
}

// checkRates returns an error if rates are not those of so many batches.
func checkRates(rates []float64, batches int) error {
	if rates != nil && len(rates) != batches {
		return errors.Errorf("draw the loss: %d learning rates for %d losses, give one of each per batch", len(rates), batches)
	}
	for i, rate := range rates {
		if !(rate >= 0) || math.IsInf(rate, 0) {
			return errors.Errorf("draw the loss: the learning rate of batch %d is %g, give finite ones from 0 up", i, rate)
		}
	}
	return nil
}

// ratePanel makes the chart of the learning rate below that of the loss.
func ratePanel(rates []float64) chart {
	p := newPlot()
	clipped := make([]float64, len(rates))
	for i, rate := range rates {
		clipped[i] = min(rate, overflowing)
	}
	cv := curve{x: indices(0, len(rates)), y: clipped, line: draw.LineStyle{Color: palette[2], Width: plainLine}}
	p.Add(grid{}, cv, frame{})
	setRange(p, cv)
	p.Y.Tick.Marker = ticks{count: 5}
	return chart{Plot: p, xLabel: "Batch", yLabel: "Learning rate"}
}

func isNumber(v float64) bool { return !math.IsNaN(v) }

// drawable returns a copy of the losses with NaN for those that cannot be
// drawn, and a note about them.
func drawable(losses []float64) (kept []float64, note string) {
	kept = slices.Clone(losses)
	out, first := 0, 0
	for i, v := range kept {
		if math.IsNaN(v) || math.Abs(v) > overflowing {
			if kept[i] = math.NaN(); out == 0 {
				first = i
			}
			out++
		}
	}
	if out == 0 {
		return kept, ""
	}
	return kept, fmt.Sprintf("%d of %d losses are not finite and left out, the first at batch %d", out, len(losses), first)
}

// logarithmic tells whether only a logarithmic axis shows more than the largest
// of some losses, which are finite and in increasing order.
func logarithmic(sorted []float64) bool {
	least, median, most := sorted[0], sorted[len(sorted)/2], sorted[len(sorted)-1]
	return least >= 0 && most > 100 && most > 100*median
}

// lowerEnd returns the lower end of a logarithmic axis for losses in increasing
// order: the smallest positive one, but no outlier more than six decades below
// the median.
func lowerEnd(sorted []float64) float64 {
	i := sort.Search(len(sorted), func(i int) bool { return sorted[i] > 0 })
	return max(sorted[i], 1e-6*sorted[len(sorted)/2], vanishing)
}

// raise lifts values below floor to it; NaN stays.
func raise(values []float64, floor float64) {
	for i, v := range values {
		if v < floor {
			values[i] = floor
		}
	}
}
