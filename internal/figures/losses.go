package figures

import (
	"fmt"
	"math"
	"slices"

	"github.com/pkg/errors"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Losses draws training and validation loss per epoch, counted from 1, on one
// pair of axes, with a line at the best epoch; the note stands below the title.
// The legend names the epoch with the lowest validation loss, the first of
// equals. The axis is that of [Loss]: a few losses far above all others are not
// on it, which the note adds, and a run that diverges has a logarithmic one.
//
// It returns the bytes of a PNG file, 1200 × 720 pixels or, with a long title,
// more, and an error if there is no epoch, the two differ in length, a loss is
// not finite or best is no epoch.
func Losses(title, note string, train, validation []float64, best int) ([]byte, error) {
	n := len(train)
	if n == 0 {
		return nil, errors.New("draw the losses: there is no epoch, train at least one first")
	}
	if len(validation) != n {
		return nil, errors.Errorf("draw the losses: %d training but %d validation losses, give one of each per epoch", n, len(validation))
	}
	if best < 1 || best > n {
		return nil, errors.Errorf("draw the losses: the best epoch is %d, give one of the %d, from 1", best, n)
	}
	all := slices.Concat(train, validation)
	for i, l := range all {
		if !(math.Abs(l) <= overflowing) { // also catches NaN
			return nil, errors.Errorf("draw the losses: that of epoch %d is %g, give finite ones", i%n+1, l)
		}
	}

	p := newPlot()
	p.X.Tick.Marker = ticks{count: 20, whole: true}
	sorted := slices.Sorted(slices.Values(all))
	top := lossAxis(p, sorted, all)
	shown := slices.Clone(all)
	if isLogarithmic(p) {
		raise(shown, lowerEnd(sorted))
	}
	epochs := indices(1, n)
	setLossRange(p, curve{x: append(epochs, epochs...), y: shown}, top)
	p.X.Min = max(p.X.Min, 0.5) // there is no epoch 0

	lowest := slices.Index(validation, slices.Min(validation))
	marker := epochMarker(n)
	dashed := draw.LineStyle{Color: faint, Width: thinLine, Dashes: []vg.Length{5, 3}}
	curves := []curve{
		{label: "Training", x: epochs, y: shown[:n], line: draw.LineStyle{Color: palette[0], Width: plainLine}, marker: marker},
		{label: fmt.Sprintf("Validation, lowest %s in epoch %d", short(validation[lowest]), lowest+1),
			x: epochs, y: shown[n:], line: draw.LineStyle{Color: palette[1], Width: plainLine}, marker: marker},
		{label: fmt.Sprintf("Best epoch by validation accuracy: %d", best),
			x: []float64{float64(best), float64(best)}, y: []float64{p.Y.Min, 2 * overflowing}, line: dashed},
	}
	return chart{Plot: p, title: title, note: note, xLabel: "Epoch", yLabel: "Loss", cut: all}.lines(curves)
}

// epochMarker returns the radius of the dots on a curve of so many epochs.
func epochMarker(epochs int) vg.Length {
	if epochs > 60 {
		return 0 // closer dots would run into a thick line
	}
	return markerRadius
}
