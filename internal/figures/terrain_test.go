package figures

import (
	"image"
	"image/color"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/plot/vg"
	"pgregory.net/rapid"
)

func TestHeights(t *testing.T) {
	for _, test := range []struct {
		name string
		z    []float64
		want heights
	}{
		{"even", []float64{0, 1, 2, 3}, heights{low: 0, high: 3}},
		{"gaps", []float64{math.NaN(), -1, math.Inf(1), 3, 1e200}, heights{low: -1, high: 3}},
		{"constant", []float64{2, 2}, heights{low: 1.9, high: 2.1}},
		{"zero", []float64{0, 0}, heights{low: -0.5, high: 0.5}},
		{"decades", []float64{1e-2, 1, 10, 100}, heights{low: 1e-2, high: 100, log: true}},
		{"a zero", []float64{0, 0.1, 10, 1000}, heights{low: 0.1, high: 1000, log: true}},
		{"many decades", []float64{1e-30, 1e-20, 1, 1e8}, heights{low: 10, high: 1e8, log: true}},
		{"zeros and one value", []float64{0, 0, 0, 5}, heights{low: 0, high: 5, skewed: true}},
		{"negative", []float64{-1, 1e-2, 10, 1000}, heights{low: -1, high: 1000, skewed: true}},
		{"low ones are rare", append(slices.Repeat([]float64{5}, 99), 1e-9), heights{low: 1e-9, high: 5}},
		{"most are low", []float64{1, 1, 1, 9}, heights{low: 1, high: 9, skewed: true}},
	} {
		if got := newHeights(test.z); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}

func TestLevels(t *testing.T) {
	for _, test := range []struct {
		h    heights
		want []float64
	}{
		{heights{low: 0, high: 2, log: false}, []float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9}},
		{heights{low: 1, high: 100, log: true}, []float64{0.25, 0.5, 0.75}},
		{heights{low: 0, high: 144, skewed: true}, []float64{1. / 144, 4. / 144, 9. / 144, 16. / 144, 25. / 144, 36. / 144, 49. / 144, 64. / 144, 81. / 144, 100. / 144, 121. / 144}},
	} {
		close := func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }
		if got := test.h.levels(); !slices.EqualFunc(got, test.want, close) {
			t.Errorf("%+v: %v, want %v", test.h, got, test.want)
		}
	}
}

func TestHeightsKeepTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.SliceOfN(rapid.Float64Range(-1e3, 1e9), 2, 60).Draw(t, "z")
		if rapid.Bool().Draw(t, "positive") {
			for i, v := range z {
				z[i] = math.Abs(v)
			}
		}
		h := newHeights(z)
		slices.Sort(z)
		previous := 0.0
		for _, v := range z {
			at := h.at(v)
			if !(at >= previous && at <= 1+1e-9) {
				t.Fatalf("%g is at %g after %g on %+v", v, at, previous, h)
			}
			previous = at
		}
		for _, mark := range h.marks() {
			if !(mark.Value >= -1e-9 && mark.Value <= 1+1e-9) {
				t.Fatalf("mark at %g on %+v", mark.Value, h)
			}
		}
		levels := h.levels()
		if !slices.IsSorted(levels) || len(levels) > 15 {
			t.Fatalf("levels %v of %+v", levels, h)
		}
	})
}

func TestCellsFindThePixelsPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xs := []float64{rapid.Float64Range(-9, 9).Draw(t, "first")}
		for range rapid.IntRange(1, 20).Draw(t, "cells") {
			xs = append(xs, xs[len(xs)-1]+rapid.Float64Range(0.01, 2).Draw(t, "width"))
		}
		count := rapid.IntRange(1, 100).Draw(t, "pixels")
		size := (xs[len(xs)-1] - xs[0]) / float64(count)
		for i, p := range cells(xs, count) {
			low, high := xs[p.index], xs[p.index+1]
			if want := xs[0] + size*(float64(i)+0.5); math.Abs(mix(low, high, p.part)-want) > 1e-9 {
				t.Fatalf("pixel %d at %g, want %g", i, mix(low, high, p.part), want)
			}
			if math.Abs(p.step*(high-low)-size) > 1e-9 {
				t.Fatalf("pixel %d is %g wide, want %g", i, p.step*(high-low), size)
			}
		}
	})
}

func TestTerrainHasItsColorsContoursAndGaps(t *testing.T) {
	// A slope from left to right, with a gap at the right end of the lower
	// half.
	land := terrain{
		x: []float64{0, 1, 2}, y: []float64{0, 1, 2}, levels: []float64{0.25},
		at:  []float64{0, 0.5, math.NaN(), 0, 0.5, 1, 0, 0.5, 1},
		img: image.NewRGBA(image.Rect(0, 0, 90, 60)),
	}
	land.paint(image.Rect(5, 10, 85, 50))
	for _, test := range []struct {
		x, y int
		want color.Color
	}{
		{4, 20, color.RGBA{}}, {85, 20, color.RGBA{}}, {20, 9, color.RGBA{}}, {20, 50, color.RGBA{}}, // outside
		{5, 20, viridis.at(1. / 255)}, {84, 20, viridis.at(254. / 255)}, {45, 45, gapInk}, {84, 49, gapInk},
		{24, 20, blend(viridis.at(62./255), paper, 0.7*contourStrength)},
		{25, 20, blend(viridis.at(65./255), paper, 0.7*contourStrength)},
		{26, 20, viridis.at(69. / 255)},
	} {
		want := color.RGBAModel.Convert(test.want).(color.RGBA)
		if got := land.img.RGBAAt(test.x, test.y); step(got, want) > 4 {
			t.Errorf("pixel %d, %d is %v, want %v", test.x, test.y, got, want)
		}
	}
}

func TestClip(t *testing.T) {
	for _, test := range []struct {
		a, b, from, to spot
		ok             bool
	}{
		{spot{0.1, 0.2}, spot{0.3, 0.4}, spot{0.1, 0.2}, spot{0.3, 0.4}, true},
		{spot{-1, 0.5}, spot{2, 0.5}, spot{0, 0.5}, spot{1, 0.5}, true},
		{spot{0.5, 0.5}, spot{1e99, 0.5}, spot{0.5, 0.5}, spot{1, 0.5}, true},
		{spot{0, 0.5}, spot{-1, 2}, spot{0, 0.5}, spot{0, 0.5}, true},
		{spot{-1, 0.9}, spot{0.9, 3}, spot{}, spot{}, false},
		{spot{2, 0}, spot{2, 1}, spot{}, spot{}, false},
		{nowhere, spot{0.5, 0.5}, spot{}, spot{}, false},
		{spot{0.5, 0.5}, nowhere, spot{}, spot{}, false},
	} {
		from, to, ok := clip(test.a, test.b)
		if ok != test.ok || ok && (from != test.from || to != test.to) {
			t.Errorf("%v to %v: %v to %v, %v", test.a, test.b, from, to, ok)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Float64Range(-3, 3)
		a, b := spot{number.Draw(t, "x"), number.Draw(t, "y")}, spot{number.Draw(t, "x"), number.Draw(t, "y")}
		from, to, ok := clip(a, b)
		for i := range 101 { // exactly the points of the line on the map are between the ends
			f := float64(i) / 100
			p := spot{mix(a.x, b.x, f), mix(a.y, b.y, f)}
			margin := min(p.x, 1-p.x, p.y, 1-p.y)
			between := ok && math.Abs(math.Hypot(p.x-from.x, p.y-from.y)+math.Hypot(to.x-p.x, to.y-p.y)-math.Hypot(to.x-from.x, to.y-from.y)) < 1e-9
			if math.Abs(margin) > 1e-6 && (margin > 0) != between {
				t.Fatalf("%v on the way from %v to %v: clipped to %v, %v, %v", p, a, b, from, to, ok)
			}
		}
	})
}

func TestKeysFillRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all keys
		for _, name := range rapid.SliceOfN(rapid.StringN(0, 40, -1), 1, 12).Draw(t, "names") {
			all = append(all, key{name: name})
		}
		row := vg.Length(rapid.IntRange(60, 500).Draw(t, "width"))
		count := 0
		for i, keys := range all.rows(row) {
			var used vg.Length
			for _, k := range keys {
				used += k.width(row)
			}
			if used > row || len(keys) == 0 {
				t.Fatalf("row %d of %d keys is %v wide, not %v", i, len(keys), used, row)
			}
			count += len(keys)
		}
		if count != len(all) {
			t.Fatalf("%d of %d keys", count, len(all))
		}
	})
}
