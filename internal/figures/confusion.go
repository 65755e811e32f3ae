package figures

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	mostClasses = 256 // as labels are bytes; a cell has three pixels then
	widestName  = 110 // longer class names are cut

	smallestName  = 7 // size of the letters
	smallestCount = 5
)

// Confusion draws a confusion matrix as a heat map: counts[true][predicted] is
// how often an example of one class was taken for the other. A row's colors
// show its counts as shares of the row, on a square-root scale, so that rare
// mistakes do not vanish beside a full diagonal; the counts stand in the cells
// as long as they can be read there. A note gives the accuracy.
//
// It returns the bytes of a PNG file 1200 pixels wide, and an error if there is
// no class or more than 256, counts is not len(classes) × len(classes), a count
// is negative or all are 0.
func Confusion(title string, counts [][]int, classes []string) ([]byte, error) {
	right, total, err := checkCounts(counts, classes)
	if err != nil {
		return nil, err
	}
	n := float64(len(classes))
	p := newPlot()
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -0.5, n-0.5, -0.5, n-0.5
	// Class 0 is on top, as with matplotlib's imshow.
	p.Y.Scale = plot.InvertedScale{Normalizer: plot.LinearScale{}}
	p.Add(heatMap(counts), frame{})
	ch := chart{
		Plot:   p,
		title:  title,
		note:   fmt.Sprintf("Accuracy %.2f %% (%.0f of %.0f)", 100*right/total, right, total),
		xLabel: "Predicted", yLabel: "True",
	}

	// The texts around the cells are as large on every sheet: measure them on
	// one, then choose the height that makes the cells square.
	_, c := newSheet(sheetWidth, sheetWidth)
	c.Max.X -= barRoom
	nameClasses(ch, c, classes)
	data := ch.data(c)
	height := sheetWidth - (data.Max.Y - data.Min.Y) + (data.Max.X - data.Min.X)
	img, c := newSheet(sheetWidth, vg.Length(math.Ceil(float64(height/pixel)))*pixel)
	c.Max.X -= barRoom
	ch.draw(c)
	colorBar(ch.data(c), blues, shareMarks(), "Share of the true class")
	return encode(img)
}

// checkCounts returns the sum of the diagonal and of the whole matrix.
func checkCounts(counts [][]int, classes []string) (right, total float64, err error) {
	if len(classes) < 1 || len(classes) > mostClasses {
		return 0, 0, errors.Errorf("draw the confusion matrix: %d classes, give 1 to %d", len(classes), mostClasses)
	}
	if len(counts) != len(classes) {
		return 0, 0, errors.Errorf("draw the confusion matrix: %d rows for %d classes, give a row per class", len(counts), len(classes))
	}
	for i, row := range counts {
		if len(row) != len(classes) {
			return 0, 0, errors.Errorf("draw the confusion matrix: row %d has %d counts for %d classes, give one per class", i, len(row), len(classes))
		}
		for j, count := range row {
			if count < 0 {
				return 0, 0, errors.Errorf("draw the confusion matrix: count %d in row %d, column %d is negative", count, i, j)
			}
			total += float64(count)
		}
		right += float64(row[i])
	}
	if total == 0 {
		return 0, 0, errors.New("draw the confusion matrix: all counts are 0, count at least one prediction")
	}
	return right, total, nil
}

// nameClasses writes the classes' names at both axes of a confusion matrix on
// c, every one or, where that would need letters smaller than smallestName,
// every second, third …. Names too wide to stand side by side below the cells
// are turned, half or, where cells are narrow, upright.
func nameClasses(ch chart, c draw.Canvas, classes []string) {
	ch.X.Tick.Marker, ch.Y.Tick.Marker = classTicks(classes, 1), classTicks(classes, 1)
	data := ch.data(c)
	cell := (data.Max.X - data.Min.X) / vg.Length(len(classes))
	const fill = 0.85 // of a row by the name in it
	size := min(tickSize, max(fill*cell, smallestName))
	every := int(math.Ceil(float64(size/(fill*cell)) - 1e-9))
	names := classTicks(classes, every)
	ch.X.Tick.Marker, ch.Y.Tick.Marker = names, names
	x, y := &ch.X.Tick.Label, &ch.Y.Tick.Label
	x.Font.Size, y.Font.Size = size, size

	pitch := vg.Length(every) * cell
	gap := min(4, 0.15*pitch)
	if !slices.ContainsFunc(names, func(name plot.Tick) bool { return x.Width(name.Label) > pitch-gap }) {
		return
	}
	x.Rotation, x.XAlign = math.Pi/4, draw.XRight
	if pitch < math.Sqrt2*size {
		x.Rotation, x.YAlign = math.Pi/2, middle
		upright := slices.Clone(names)
		for i := range upright {
			upright[i].Label += "  " // the axis's marks are in the way
		}
		ch.X.Tick.Marker = upright
	}
}

// classTicks names every class, or every second, third ….
func classTicks(classes []string, every int) plot.ConstantTicks {
	style := textStyle(tickSize, ink)
	var marks plot.ConstantTicks
	for i := 0; i < len(classes); i += every {
		marks = append(marks, plot.Tick{Value: float64(i), Label: oneLine(classes[i], style, widestName)})
	}
	return marks
}

// shade returns the height on the color scale of a share of a row.
func shade(share float64) float64 { return math.Sqrt(share) }

// heatMap draws the cells of a confusion matrix.
type heatMap [][]int

// Plot implements plot.Plotter.
func (m heatMap) Plot(c draw.Canvas, p *plot.Plot) {
	size := m.textSize(c)
	for i, row := range m {
		sum := 0.0
		for _, count := range row {
			sum += float64(count)
		}
		for j, count := range row {
			fill := blues.at(shade(float64(count) / max(sum, 1)))
			x0, x1 := snap(c.X(p.X.Norm(float64(j)-0.5))), snap(c.X(p.X.Norm(float64(j)+0.5)))
			y0, y1 := snap(c.Y(p.Y.Norm(float64(i)+0.5))), snap(c.Y(p.Y.Norm(float64(i)-0.5)))
			c.FillPolygon(fill, corners(vg.Rectangle{Min: vg.Point{X: x0, Y: y0}, Max: vg.Point{X: x1, Y: y1}}))
			if size > 0 {
				c.FillText(textStyle(size, contrast(fill)), vg.Point{X: (x0 + x1) / 2, Y: (y0 + y1) / 2}, strconv.Itoa(count))
			}
		}
	}
}

// textSize returns the size in which the longest count fits in a cell, or 0 if
// it could not be read.
func (m heatMap) textSize(c draw.Canvas) vg.Length {
	cell := (c.Max.X - c.Min.X) / vg.Length(len(m))
	style := textStyle(labelSize, ink)
	var widest vg.Length
	for _, row := range m {
		for _, count := range row {
			widest = max(widest, style.Width(strconv.Itoa(count)))
		}
	}
	size := min(labelSize, labelSize*0.8*cell/widest, 0.7*cell)
	if size < smallestCount {
		return 0
	}
	return size
}

// shareMarks returns the marks of the heat map's color bar.
func shareMarks() []plot.Tick {
	var marks []plot.Tick
	for _, share := range []int{0, 1, 5, 10, 20, 40, 60, 80, 100} {
		marks = append(marks, plot.Tick{Value: shade(float64(share) / 100), Label: fmt.Sprintf("%d %%", share)})
	}
	return marks
}
