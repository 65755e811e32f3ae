package figures

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"pgregory.net/rapid"
)

// labels returns what an axis writes, with ^ before exponents.
func labels(s scaled, low, high float64) string {
	var all []string
	for _, mark := range s.Ticks(low, high) {
		all = append(all, mark.Label)
	}
	return strings.ReplaceAll(strings.Join(all, " ")+"|"+s.label("x"), raised, "^")
}

func TestScaled(t *testing.T) {
	for _, test := range []struct {
		low, high float64
		want      string
	}{
		{-0.05, 0.05, "−0.050 −0.025 0.000 0.025 0.050|x"},
		{-4e-5, 4e-5, "−4 −2 0 2 4|x in 10^−5"},
		{0, 1.3e-3, "0.0 0.5 1.0|x in 10^−3"},
		{0, 400_000, "0 1 2 3 4|x in 10^5"},
		{0, 40_000, "0 10000 20000 30000 40000|x"},
		{0.123456, 0.12345601, "0.00 0.25 0.50 0.75 1.00|x − 0.123456 in 10^−8"},
		{-1234.5678, -1234.5677, "0.00 0.25 0.50 0.75|x + 1234.5678 in 10^−4"},
		{1e20, 1.0001e20, "0.00 0.25 0.50 0.75 1.00|x − 1e+20 in 10^16"},
		{5000, 5001, "0.00 0.25 0.50 0.75 1.00|x − 5000"},
	} {
		s := newScaled(test.low, test.high)
		s.count = 4
		if got := labels(s, test.low, test.high); got != test.want {
			t.Errorf("%g to %g: %s, want %s", test.low, test.high, got, test.want)
		}
	}
	for v, want := range map[float64]string{0: "0|x", 0.05: "0.05|x", 3.2e-4: "3.2|x in 10^−4", -2.34567e9: "−2.346|x in 10^9"} {
		s := newScaled(v, v)
		if got := s.number(v) + "|" + strings.ReplaceAll(s.label("x"), raised, "^"); got != want {
			t.Errorf("%g: %s, want %s", v, got, want)
		}
	}
}

func TestScaledLabelsDifferAndFit(t *testing.T) {
	width := textStyle(tickSize, ink).Width
	rapid.Check(t, func(t *rapid.T) {
		size := math.Pow(10, rapid.Float64Range(-90, 90).Draw(t, "size"))
		low := size * rapid.Float64Range(-1, 1).Draw(t, "low")
		high := low + size*math.Pow(10, rapid.Float64Range(-8, 0).Draw(t, "span"))
		const length = 0.68 * panelWidth
		s := newScaled(low, high).fit(low, high, length, width)
		var end vg.Length = -100
		var seen []string
		for _, mark := range s.Ticks(low, high) {
			if slices.Contains(seen, mark.Label) || len(mark.Label) > 12 {
				t.Fatalf("labels %q and %q between %g and %g", seen, mark.Label, low, high)
			}
			seen = append(seen, mark.Label)
			middle := length * vg.Length((mark.Value-low)/(high-low))
			if start := middle - width(mark.Label)/2; start < end {
				t.Fatalf("labels %q collide between %g and %g", seen, low, high)
			}
			end = middle + width(mark.Label)/2
		}
	})
}

func TestBarsHaveTheAreaOfTheCurve(t *testing.T) {
	h := Histogram{Edges: []float64{0, 1, 3, 4}, Counts: []int{2, 4, 2}, DensityX: []float64{-1, 0, 2, 4 + 1e-9, 5}, DensityY: []float64{9, 0.1, 0.2, math.NaN(), 9}}
	heights, area := barHeights(h, false, 8)
	if want := []float64{2, 4, 2}; !slices.Equal(heights, want) || area != 12 {
		t.Errorf("counts %v with area %v", heights, area)
	}
	heights, area = barHeights(h, true, 8)
	if want := []float64{0.25, 0.25, 0.25}; !slices.Equal(heights, want) || area != 1 {
		t.Errorf("densities %v with area %v", heights, area)
	}
	area = 12
	cv := densityCurve(h, area)
	if !slices.Equal(cv.x, []float64{0, 2, 4 + 1e-9}) || cv.y[0] != area*0.1 || cv.y[1] != area*0.2 || !math.IsNaN(cv.y[2]) {
		t.Errorf("curve through %v, %v", cv.x, cv.y)
	}
}

func TestHistogramsShowEveryKindOfPanel(t *testing.T) {
	t.Parallel()
	edges := indices(0, 11)
	one := func(at int) []int {
		counts := make([]int, 10)
		counts[at] = 7
		return counts
	}
	for name, h := range map[string]Histogram{
		"usual":         histogramOf("", 1, 10_000),
		"no curve":      {Edges: edges, Counts: one(3)},
		"single":        {Single: true, Mean: -5},
		"tiny":          {Single: true, Mean: 5e-324},
		"one bin":       {Edges: []float64{-1e100, 1e100}, Counts: []int{1}},
		"hardly apart":  {Edges: []float64{1, 1 + 1e-12}, Counts: []int{1}},
		"subnormal":     {Edges: []float64{0, 5e-324}, Counts: []int{1}},
		"narrow bin":    {Edges: []float64{0, 5e-324, 1}, Counts: []int{1, 1}},
		"endless curve": {Edges: edges, Counts: one(9), DensityX: edges, DensityY: slices.Repeat([]float64{math.Inf(1)}, 11)},
		"many bins":     {Edges: indices(0, 100_001), Counts: slices.Repeat([]int{3}, 100_000)},
	} {
		for _, density := range []bool{false, true} {
			img := decode(t, mustDraw(t, func() ([]byte, error) { return Histograms(name, "values", density, []Histogram{h}) }))
			if n := shows(t, img, 0x85b4d4); n < 30 { // the bars' blue
				t.Errorf("%s, density %v: %d pixels of bars", name, density, n)
			}
		}
	}
}

func TestHistogramsWrap(t *testing.T) {
	t.Parallel()
	border := 2 * dots(margin)
	for count, want := range map[int][2]int{1: {1, 1}, 5: {5, 1}, 6: {6, 1}, 7: {4, 2}, 12: {6, 2}} {
		panels := slices.Repeat([]Histogram{{Single: true}}, count)
		img := decode(t, mustDraw(t, func() ([]byte, error) { return Histograms("", "", false, panels) }))
		size := img.Bounds().Size()
		if cols, rows := (size.X-border)/450, (size.Y-border)/375; cols != want[0] || rows != want[1] {
			t.Errorf("%d panels: %d columns and %d rows, want %v", count, cols, rows, want)
		}
	}
}

func TestDecades(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := math.Pow(10, rapid.Float64Range(-100, 100).Draw(t, "low"))
		high := min(low*math.Pow(10, rapid.Float64Range(0, 40).Draw(t, "decades")), overflowing)
		first, last := decades(low, max(low, high))
		if !(first < low && high < last) {
			t.Fatalf("%g to %g: axis from %g to %g", low, high, first, last)
		}
		labeled := 0
		for _, mark := range (logTicks{count: 8}).Ticks(first, last) {
			if !mark.IsMinor() {
				labeled++
			}
		}
		if labeled < 2 || labeled > 10 {
			t.Fatalf("%g to %g: %d labels", first, last, labeled)
		}
	})
}

func TestLayerTicks(t *testing.T) {
	width := textStyle(tickSize, ink).Width
	names := []string{"Layer 0", "Layer 2", "Layer 4"}
	for _, test := range []struct {
		labels []string
		layers int
		want   string
	}{
		{names, 3, "Layer 0,Layer 2,Layer 4"},
		{nil, 3, "0,1,2"},
		{slices.Repeat(names, 4), 12, "Layer 0,Layer 4,Layer 2"}, // every fifth
		{[]string{"0", "2", "4", "6", "8"}, 5, "0,2,4,6,8"},
		{nil, 100, "0,10,20,30,40,50,60,70,80,90"},
	} {
		var got []string
		for _, mark := range layerTicks(test.labels, test.layers, width) {
			got = append(got, mark.Label)
		}
		if strings.Join(got, ",") != test.want {
			t.Errorf("%d layers: %v, want %s", test.layers, got, test.want)
		}
	}
}
