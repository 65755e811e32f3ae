package figures

import (
	"fmt"

	"github.com/pkg/errors"
	"gonum.org/v1/plot/vg/draw"
)

// Accuracy draws training and validation accuracy per epoch, counted from 1.
// The accuracies are shares of correct predictions in [0, 1]; the axis shows
// them in percent. The legend names the epoch with the best validation
// accuracy, the first of equals.
//
// It returns the bytes of a PNG file, 1200 × 720 pixels, and an error if there
// is no epoch, the two differ in length or a value is outside [0, 1].
func Accuracy(title string, train, validation []float64) ([]byte, error) {
	if len(train) == 0 {
		return nil, errors.New("draw the accuracy: there is no epoch, train at least one first")
	}
	if len(train) != len(validation) {
		return nil, errors.Errorf("draw the accuracy: %d training but %d validation accuracies, give one of each per epoch", len(train), len(validation))
	}
	trainPercent, _, err := percent("training", train)
	if err != nil {
		return nil, err
	}
	valPercent, best, err := percent("validation", validation)
	if err != nil {
		return nil, err
	}

	p := newPlot()
	p.X.Tick.Marker = ticks{count: 20, whole: true}
	p.Y.Tick.Marker = ticks{count: 9, limit: 100, unit: " %"}
	epochs := indices(1, len(train))
	marker := epochMarker(len(train))
	curves := []curve{
		{label: "Training", x: epochs, y: trainPercent, line: draw.LineStyle{Color: palette[0], Width: plainLine}, marker: marker},
		{label: fmt.Sprintf("Validation, best %.2f %% in epoch %d", valPercent[best], best+1),
			x: epochs, y: valPercent, line: draw.LineStyle{Color: palette[1], Width: plainLine}, marker: marker},
	}
	both := curve{x: append(epochs, epochs...), y: append(trainPercent, valPercent...)}
	setRange(p, both)
	p.X.Min = max(p.X.Min, 0.5) // there is no epoch 0
	const least = 0.1           // percent points: below this a step is a handful of images
	if gap := least - (p.Y.Max - p.Y.Min); gap > 0 {
		p.Y.Min, p.Y.Max = p.Y.Min-gap/2, p.Y.Max+gap/2
	}
	return chart{Plot: p, title: title, xLabel: "Epoch", yLabel: "Accuracy"}.lines(curves)
}

// percent converts shares to percents and finds the largest.
func percent(name string, shares []float64) (percents []float64, best int, err error) {
	percents = make([]float64, len(shares))
	for i, v := range shares {
		if !(v >= 0 && v <= 1) { // also catches NaN
			return nil, 0, errors.Errorf("draw the accuracy: %s accuracy %g of epoch %d is outside [0, 1], give shares, not percents", name, v, i+1)
		}
		percents[i] = 100 * v
		if v > shares[best] {
			best = i
		}
	}
	return percents, best, nil
}
