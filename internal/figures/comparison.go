package figures

import (
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/plot/vg"
)

// Comparison draws runs side by side: in one panel the validation accuracy
// after each epoch, counted from 1, in the other the mean training loss of the
// epoch, with a curve for each name. The accuracies are shares in [0, 1], shown
// in percent; runs may differ in length.
//
// It returns the bytes of a PNG file, 1200 × 660 pixels, and an error if there
// are no runs, one has no epoch or not as many losses as accuracies, an
// accuracy is outside [0, 1] or a loss not finite.
func Comparison(title string, names []string, accuracies, losses [][]float64) ([]byte, error) {
	if len(names) == 0 || len(accuracies) != len(names) || len(losses) != len(names) {
		return nil, errors.Errorf("draw a comparison: %d names, %d lists of accuracies and %d of losses, give one of each per run",
			len(names), len(accuracies), len(losses))
	}
	var score, loss []Series
	for i, name := range names {
		if len(accuracies[i]) == 0 || len(losses[i]) != len(accuracies[i]) {
			return nil, errors.Errorf("draw a comparison: run %q has %d accuracies and %d losses, give one of each per epoch and at least one epoch",
				name, len(accuracies[i]), len(losses[i]))
		}
		percents, _, err := percent(name, accuracies[i])
		if err != nil {
			return nil, err
		}
		for _, l := range losses[i] {
			if !(math.Abs(l) <= overflowing) {
				return nil, errors.Errorf("draw a comparison: run %q has a loss of %g, give finite ones", name, l)
			}
		}
		score = append(score, Series{Name: name, Values: percents})
		loss = append(loss, Series{Name: name, Values: losses[i]})
	}
	left := epochPanel("Validation accuracy", "Accuracy", score)
	left.Y.Tick.Marker = ticks{count: 8, limit: 100, unit: " %"}
	_, keys := seriesLooks(score, true)
	return sideBySide(title, keys, left, epochPanel("Training loss", "Loss", loss))
}

// epochPanel makes a panel with a curve over the epochs for each series.
func epochPanel(title, yLabel string, series []Series) panel {
	p := newPlot()
	p.X.Tick.Marker = ticks{count: 10, whole: true}
	p.Add(grid{})
	looks, _ := seriesLooks(series, true)
	var all curve
	for _, s := range series {
		cv := curve{x: indices(1, len(s.Values)), y: s.Values, line: looks[s.Name].line(), mark: looks[s.Name].mark}
		if len(s.Values) <= 40 { // closer dots would run into a thick line
			cv.marker = vg.Length(markerRadius)
		}
		p.Add(cv)
		all.x, all.y = append(all.x, cv.x...), append(all.y, cv.y...)
	}
	setRange(p, all)
	p.X.Min = max(p.X.Min, 0.5) // there is no epoch 0
	p.Add(frame{})
	return panel{chart: chart{Plot: p, title: title, xLabel: "Epoch", yLabel: yLabel}}
}
