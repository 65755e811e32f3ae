package figures

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// histogramPanel prepares a checked histogram of total values.
func histogramPanel(h Histogram, xLabel string, density bool, total float64) panel {
	p := newPlot()
	ch := panel{chart: chart{Plot: p, title: h.Title}}
	xLabel = oneLine(xLabel, textStyle(labelSize, ink), 0.75*panelWidth)
	if low, high, single := span(h); single {
		x := newScaled(low, low)
		p.X.Min, p.X.Max = -1, 1
		p.X.Tick.Marker = plot.ConstantTicks{{Value: 0, Label: x.number(low)}}
		ch.xLabel = x.label(xLabel)
		ch.addSingle(density, total)
	} else {
		air := 0.05 * (high - low)
		p.X.Min, p.X.Max = low-air, high+air
		x := newScaled(low, high).fit(p.X.Min, p.X.Max, 0.68*panelWidth, p.X.Tick.Label.Width)
		p.X.Tick.Marker = x
		ch.xLabel = x.label(xLabel)
		ch.addBars(h, density, total)
	}
	p.Y.Min = 0
	p.Add(frame{})
	return ch
}

// span returns the ends of the histogram's values; if they are numerically one,
// that is both ends.
func span(h Histogram) (low, high float64, single bool) {
	low, high = h.Mean, h.Mean
	if !h.Single {
		low, high = h.Edges[0], h.Edges[len(h.Edges)-1]
	}
	size := math.Max(math.Abs(low), math.Abs(high))
	if size < vanishing {
		return 0, 0, true
	}
	if high-low <= 1e-9*size {
		middle := low + (high-low)/2
		return middle, middle, true
	}
	return low, high, false
}

// addSingle adds one bar for all values. Its density would be infinite: the bar
// then has no scale.
func (ch *panel) addSingle(density bool, total float64) {
	ch.setHeight(total)
	if density {
		ch.unit, ch.Y.Tick.Marker = "", plot.ConstantTicks{}
	}
	ch.Add(bars{edges: []float64{-0.05, 0.05}, heights: []float64{total}})
}

// addBars adds the bars and the density curve.
func (ch *panel) addBars(h Histogram, density bool, total float64) {
	heights, area := barHeights(h, density, total)
	cv := densityCurve(h, area)
	most := 0.0
	for _, v := range heights {
		most = math.Max(most, v)
	}
	for _, v := range cv.y {
		if v > most { // not NaN
			most = v
		}
	}
	ch.setHeight(most)
	ch.Add(bars{edges: h.Edges, heights: heights}, cv)
}

// setHeight gives the y axis room for bars up to the given height, and a scale.
func (ch *panel) setHeight(most float64) {
	ch.Y.Max = 1.05 * most
	y := newScaled(0, most)
	y.count = 5
	ch.Y.Tick.Marker = y
	if y.power != 0 {
		ch.unit = "×" + y.unit()
	}
}

// barHeights returns the heights of the bars and the factor that scales a
// density of integral 1 like them.
func barHeights(h Histogram, density bool, total float64) (heights []float64, area float64) {
	heights = make([]float64, len(h.Counts))
	for i, count := range h.Counts {
		width := h.Edges[i+1] - h.Edges[i]
		heights[i] = float64(count)
		if density {
			heights[i] = math.Min(float64(count)/total/width, overflowing)
		}
		area += heights[i] * width
	}
	return heights, area
}

// densityCurve returns the curve over the histogram, scaled by area and cut at
// its ends, where seaborn cuts it too.
func densityCurve(h Histogram, area float64) curve {
	cv := curve{line: draw.LineStyle{Color: palette[0], Width: plainLine}}
	low, high := h.Edges[0], h.Edges[len(h.Edges)-1]
	slack := 1e-6 * (high - low) // an end computed with other roundings
	for i, x := range h.DensityX {
		if x >= low-slack && x <= high+slack {
			y := area * h.DensityY[i]
			if !(y >= 0 && y <= overflowing) {
				y = math.NaN()
			}
			cv.x, cv.y = append(cv.x, x), append(cv.y, y)
		}
	}
	return cv
}
