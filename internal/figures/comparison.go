package figures

import (
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Compared is what a comparison shows of runs that go by one name, such as
// those that differ in their seed alone: for each run a list with a value per
// epoch. Accuracies are shares in [0, 1].
type Compared struct {
	Name                                                string
	TrainLosses, ValidationLosses, ValidationAccuracies [][]float64
}

// Comparison draws runs side by side, over the epochs from 1: the mean training
// loss of an epoch, the validation loss, and the validation accuracy in
// percent, with a curve for each name. Of several runs of a name it is their
// mean, as far as all of them go, and a band from the lowest to the highest.
// Losses that are of different magnitudes stand on a logarithmic axis. What
// notes say stands below the names, a line each.
//
// It returns the bytes of a PNG file, 1200 × 960 pixels, and an error if no run
// has an epoch, one has not as many of one value as of another, an accuracy is
// outside [0, 1] or a loss not finite.
func Comparison(title string, list []Compared, notes ...string) ([]byte, error) {
	all := [3][]bundle{}
	for _, c := range list {
		if err := c.check(); err != nil {
			return nil, err
		}
		for i, runs := range [][][]float64{c.TrainLosses, c.ValidationLosses, c.ValidationAccuracies} {
			scale := 1.0
			if i == 2 {
				scale = 100
			}
			all[i] = append(all[i], newBundle(c.Name, runs, scale))
		}
	}
	var names []Series
	for _, b := range all[0] {
		if len(b.mean) > 0 {
			names = append(names, Series{Name: b.name, Values: b.mean})
		}
	}
	if len(names) == 0 {
		return nil, errors.New("draw a comparison: no run has an epoch, give at least one")
	}
	styles, keys := seriesStyles(names)
	panels := []panel{
		epochPanel("Training loss", "Loss", all[0], styles),
		epochPanel("Validation loss", "Loss", all[1], styles),
		epochPanel("Validation accuracy", "Accuracy", all[2], styles),
	}
	panels[2].Y.Tick.Marker = ticks{count: 8, limit: 100, unit: " %"}

	const height, gap = 6.4 * vg.Inch, panelGap
	img, c := newSheet(sheetWidth, height)
	c = draw.Crop(heading(c, title), 0, 0, 0, -legendPad)
	half, middle := (c.Max.X-c.Min.X-gap)/2, (c.Max.Y-c.Min.Y-gap)/2
	cell := func(i int) draw.Canvas {
		right, down := vg.Length(i%2), vg.Length(i/2)
		return draw.Crop(c, right*(half+gap), (right-1)*(half+gap), (1-down)*(middle+gap), -down*(middle+gap))
	}
	drawInLine(panels, cell)
	keys.list(draw.Crop(cell(3), labelRoom, 0, 0, -titleRoom), notes)
	return encode(img)
}

// check returns what is wrong with c.
func (c Compared) check() error {
	n := len(c.TrainLosses)
	if len(c.ValidationLosses) != n || len(c.ValidationAccuracies) != n {
		return errors.Errorf("draw a comparison: of %q there are training losses of %d runs, validation losses of %d and accuracies of %d, give one of each per run",
			c.Name, n, len(c.ValidationLosses), len(c.ValidationAccuracies))
	}
	for i, losses := range c.TrainLosses {
		if epochs := len(losses); len(c.ValidationLosses[i]) != epochs || len(c.ValidationAccuracies[i]) != epochs {
			return errors.Errorf("draw a comparison: run %d of %q has %d training losses, %d validation losses and %d accuracies, give one of each per epoch",
				i+1, c.Name, epochs, len(c.ValidationLosses[i]), len(c.ValidationAccuracies[i]))
		}
		for j := range losses {
			for _, l := range []float64{losses[j], c.ValidationLosses[i][j]} {
				if !(math.Abs(l) <= overflowing) {
					return errors.Errorf("draw a comparison: run %d of %q has a loss of %g, give finite ones", i+1, c.Name, l)
				}
			}
		}
		if _, _, err := percent(c.Name, c.ValidationAccuracies[i]); err != nil {
			return err
		}
	}
	return nil
}

// bundle is some runs of a name: their mean, as far as all go, and between what
// they are, as far as more than one goes.
type bundle struct {
	name            string
	mean, low, high []float64
	several         bool
}

func newBundle(name string, runs [][]float64, scale float64) bundle {
	b := bundle{name: name}
	longest := 0
	for _, run := range runs {
		if len(run) > 0 {
			b.several = b.several || longest > 0
			longest = max(longest, len(run))
		}
	}
	whole := true
	for epoch := range longest {
		sum, low, high, n, going := 0.0, math.Inf(1), math.Inf(-1), 0, 0
		for _, run := range runs {
			if len(run) > 0 {
				going++
			}
			if epoch < len(run) {
				v := scale * run[epoch]
				sum, low, high, n = sum+v, min(low, v), max(high, v), n+1
			}
		}
		if whole = whole && n == going; !whole {
			break
		}
		b.mean, b.low, b.high = append(b.mean, sum/float64(n)), append(b.low, low), append(b.high, high)
	}
	return b
}

// band fills the area between two curves of the same points.
type band struct {
	x, low, high []float64
	color        draw.LineStyle
}

// Plot implements plot.Plotter.
func (b band) Plot(c draw.Canvas, p *plot.Plot) {
	var outline []vg.Point
	for i, x := range b.x {
		outline = append(outline, vg.Point{X: c.X(p.X.Norm(x)), Y: c.Y(p.Y.Norm(b.high[i]))})
	}
	for i := len(b.x) - 1; i >= 0; i-- {
		outline = append(outline, vg.Point{X: c.X(p.X.Norm(b.x[i])), Y: c.Y(p.Y.Norm(b.low[i]))})
	}
	r, g, bl, _ := b.color.Color.RGBA()
	c.FillPolygon(fade(rgb(r>>8<<16|g>>8<<8|bl>>8), 0.25), outline)
}

// epochPanel makes a panel with a curve over the epochs for each bundle.
func epochPanel(title, yLabel string, bundles []bundle, styles map[string]draw.LineStyle) panel {
	p := newPlot()
	p.X.Tick.Marker = ticks{count: 10, whole: true}
	p.Add(grid{})
	var all curve
	var curves []plot.Plotter
	for _, b := range bundles {
		x := indices(1, len(b.mean))
		if b.several && len(b.mean) > 0 {
			p.Add(band{x, b.low, b.high, styles[b.name]})
		}
		cv := curve{x: x, y: b.mean, line: styles[b.name]}
		if len(b.mean) <= 40 { // closer dots would run into a thick line
			cv.marker = vg.Length(markerRadius)
		}
		curves = append(curves, cv)
		all.x, all.y = append(append(all.x, x...), x...), append(append(all.y, b.low...), b.high...)
	}
	p.Add(curves...)
	const magnitudes = 20
	if _, _, low, high := all.DataRange(); low > 0 && high > magnitudes*low && yLabel == "Loss" {
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, logTicks{count: 8}
	}
	setRange(p, all)
	p.X.Min = max(p.X.Min, 0.5) // there is no epoch 0
	p.Add(frame{})
	return panel{chart: chart{Plot: p, title: title, xLabel: "Epoch", yLabel: yLabel}}
}
