package figures

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/plot"
)

// A variance of 0 is a mark at the lower end of the axis, which says 0; without
// one the axis does not, and what is no number stays a gap.
func TestZeroVariancesAreShown(t *testing.T) {
	picture := func(v float64) []byte {
		series := []Series{{Name: "a", Values: []float64{1, v, 100}}}
		return mustDraw(t, func() ([]byte, error) { return Variances("", "Layer", []string{"0", "2", "4"}, series, series) })
	}
	gap := picture(math.NaN())
	if !bytes.Equal(gap, picture(-1)) {
		t.Error("a negative variance is drawn")
	}
	for _, v := range []float64{0, 1e-200} {
		if bytes.Equal(gap, picture(v)) {
			t.Errorf("the variance %g is not drawn", v)
		}
	}
	for _, values := range [][]float64{{0, 0, 0}, {0, math.NaN(), 1}} {
		for _, draw := range []func(string, string, []string, []Series, []Series) ([]byte, error){Variances, Theory} {
			series := []Series{{Name: "a", Values: values, Predicted: values}}
			mustDraw(t, func() ([]byte, error) { return draw("", "Layer", nil, series, series) })
		}
	}
}

func TestZeroOfALogarithmicAxis(t *testing.T) {
	for _, c := range []struct{ min, max float64 }{{1e-3, 1e3}, {1e-130, 1e100}, {0.9, 30}} {
		marks := withZero{logTicks{count: 8}}.Ticks(c.min, c.max)
		if marks[0].Label != "0" || marks[0].Value != c.min {
			t.Errorf("%v: the lowest mark is %+v", c, marks[0])
		}
		for _, mark := range marks[1:] {
			if mark.Label == "0" || math.Log(mark.Value/c.min) < 0.05*math.Log(c.max/c.min) {
				t.Errorf("%v: %+v is close to 0", c, mark)
			}
		}
		if !slices.ContainsFunc(marks[1:], func(m plot.Tick) bool { return m.Label != "" }) {
			t.Errorf("%v: no number but 0", c)
		}
	}
}

// With theory the measured values are not joined, and the predicted ones are
// shown.
func TestTheory(t *testing.T) {
	values := []float64{1, 10, 100}
	measured, both := []Series{{Name: "a", Values: values}}, []Series{{Name: "a", Values: values, Predicted: []float64{1, 20, 400}}}
	draw := func(f func(string, string, []string, []Series, []Series) ([]byte, error), s []Series) []byte {
		return mustDraw(t, func() ([]byte, error) { return f("", "", nil, s, s) })
	}
	pictures := [][]byte{draw(Variances, measured), draw(Theory, measured), draw(Theory, both)}
	for i := range pictures {
		for j := range i {
			if bytes.Equal(pictures[i], pictures[j]) {
				t.Errorf("pictures %d and %d are the same", i, j)
			}
		}
	}
	if !bytes.Equal(pictures[0], draw(Variances, both)) {
		t.Error("predictions change a picture without theory")
	}
	if _, err := Theory("", "", []string{"0"}, both, nil); err == nil {
		t.Error("more predictions than layers are no error")
	}
}

// More than a dozen panels share a sheet of the usual width, all of the same
// axes: two distributions of one shape look the same, whatever their size.
func TestManyHistogramsShareTheirAxes(t *testing.T) {
	for _, count := range []int{13, 31, 201} {
		panels := slices.Repeat([]Histogram{histogramOf("Layer 0 (784 → 512)", 0.05, 4000)}, count)
		panels[1] = Histogram{Single: true, Mean: 3}
		img := decode(t, mustDraw(t, func() ([]byte, error) { return Histograms("", "values", true, panels) }))
		if width := img.Bounds().Dx(); width != dots(sheetWidth) {
			t.Errorf("%d panels: %d pixels wide, want %d", count, width, dots(sheetWidth))
		}
	}
	edges, counts := []float64{-3, -1, 0, 1, 3}, []int{1, 4, 4, 1}
	wide := Histogram{Edges: edges, Counts: counts, Variance: 1}
	narrow := Histogram{Counts: counts, Variance: 1e-12, Mean: 5}
	for _, e := range edges {
		narrow.Edges = append(narrow.Edges, 5+1e-6*e)
	}
	a, _ := smallPanel{wide, 10}.standard()
	b, _ := smallPanel{narrow, 10}.standard()
	for i := range a.heights {
		if math.Abs(a.heights[i]-b.heights[i]) > 1e-6 || math.Abs(a.edges[i]-b.edges[i]) > 1e-6 {
			t.Errorf("bar %d is %v from %v, and %v from %v", i, a.heights[i], a.edges[i], b.heights[i], b.edges[i])
		}
	}
}
