package figures

import (
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Histogram is one panel of [Histograms]: a histogram of some values, and
// optionally the density they were drawn from.
type Histogram struct {
	Title string

	// Bin i holds the values from Edges[i] to Edges[i+1], Counts[i] of them:
	// one edge more than counts, finite and increasing.
	Edges  []float64
	Counts []int

	// The density curve through the points (DensityX[i], DensityY[i]), in order
	// of x and with the integral 1. It may be empty. Points outside the edges,
	// and points that are not finite, are left out.
	DensityX, DensityY []float64

	// Single says that all values are, up to rounding, the one value Mean,
	// which must be finite: the panel shows one bar labeled with it. Edges and
	// density are not used then.
	Single bool

	// Mean and Variance are those of the values. Of a few panels only a Single
	// one needs its mean.
	Mean, Variance float64
}

// A panel has the notebook's size; figures with few panels are narrower than
// 1200 pixels, and those with many wider.
const (
	panelWidth  = 3 * vg.Inch
	panelHeight = 2.5 * vg.Inch
	mostPanels  = 6 // in a row
)

// Histograms draws panels side by side, at most six in a row, the rows about
// equally long, as seaborn's histplot draws them in the notebook's plot_dists.
// The heights of the bars are counts or, if density is true, count/(n·width),
// so that the bars' area is 1; the curve is scaled like the bars. Panels have
// axes of their own; where values are tiny or close together, the label below
// says "in 10^k", or which offset is subtracted. Values within one part in 10⁹
// are shown as Single.
//
// More than twelve panels are small ones that share their axes: of each the
// density over the distance from the mean in standard deviations, and σ² in
// writing.
//
// It returns the bytes of a PNG file, 450 pixels wide per panel and 375 high
// per row, or of many panels 1200 pixels wide, and an error if there is no panel, a panel counts no value or a
// negative number, or its lengths or edges are not as [Histogram] says.
func Histograms(title, xLabel string, density bool, panels []Histogram) ([]byte, error) {
	if len(panels) == 0 {
		return nil, errors.New("draw histograms: there is no panel, give at least one")
	}
	if len(panels) > mostLarge {
		return smallHistograms(title, xLabel, panels)
	}
	rows := (len(panels) + mostPanels - 1) / mostPanels
	cols := (len(panels) + rows - 1) / rows
	yLabel := "Count"
	if density {
		yLabel = "Density"
	}
	charts := make([]panel, len(panels))
	for i, h := range panels {
		total, err := checkHistogram(h)
		if err != nil {
			return nil, errors.Wrapf(err, "draw histograms: panel %d", i)
		}
		charts[i] = histogramPanel(h, xLabel, density, total)
		if i%cols == 0 {
			charts[i].yLabel = yLabel
		}
	}

	width := vg.Length(cols)*panelWidth + 2*margin
	height := vg.Length(rows)*panelHeight + suptitle + 2*margin
	if dots(width)*dots(height) > mostPixels {
		return nil, errors.Errorf("draw histograms: %d panels do not fit on one sheet, give fewer", len(panels))
	}
	img, c := newSheet(width, height)
	c = heading(c, title)
	drawInLine(charts, func(i int) draw.Canvas {
		at := vg.Point{X: c.Min.X + vg.Length(i%cols)*panelWidth, Y: c.Max.Y - vg.Length(i/cols+1)*panelHeight}
		cell := draw.Canvas{Canvas: c, Rectangle: vg.Rectangle{Min: at, Max: at.Add(vg.Point{X: panelWidth, Y: panelHeight})}}
		return draw.Crop(cell, panelGap/2, -panelGap/2, panelGap/2, -panelGap)
	})
	return encode(img)
}

// checkHistogram returns the number of values counted.
func checkHistogram(h Histogram) (total float64, err error) {
	for i, count := range h.Counts {
		if count < 0 {
			return 0, errors.Errorf("count %d of bin %d is negative", count, i)
		}
		total += float64(count)
	}
	if h.Single {
		if !(math.Abs(h.Mean) <= overflowing) {
			return 0, errors.Errorf("its single value %g is not finite", h.Mean)
		}
		return math.Max(total, 1), nil
	}
	if total == 0 {
		return 0, errors.Errorf("its %d bins are empty, count at least one value", len(h.Counts))
	}
	if len(h.Edges) != len(h.Counts)+1 {
		return 0, errors.Errorf("%d edges for %d bins, give one more than bins", len(h.Edges), len(h.Counts))
	}
	for i, edge := range h.Edges {
		if !(math.Abs(edge) <= overflowing) {
			return 0, errors.Errorf("edge %d is %g, give finite edges", i, edge)
		}
		if i > 0 && !(edge > h.Edges[i-1]) {
			return 0, errors.Errorf("edge %d, %g, is not above %g, give increasing edges", i, edge, h.Edges[i-1])
		}
	}
	if len(h.DensityX) != len(h.DensityY) {
		return 0, errors.Errorf("%d abscissas but %d values of the density, give as many", len(h.DensityX), len(h.DensityY))
	}
	return total, nil
}
