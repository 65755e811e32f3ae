package figures

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestMapErrorsSayWhatAndWhy(t *testing.T) {
	good := gridOf(0, 1, 0, 1, 3, pathological)
	grid := func(change func(g *Grid)) func() ([]byte, error) {
		g := Grid{slices.Clone(good.X), slices.Clone(good.Y), slices.Clone(good.Z)}
		change(&g)
		return func() ([]byte, error) { return Surface("", g) }
	}
	paths := func(paths ...Path) func() ([]byte, error) {
		return func() ([]byte, error) { return Paths("", good, paths, nil) }
	}
	panel := func(h Histogram) func() ([]byte, error) {
		return func() ([]byte, error) { return Histograms("", "", false, []Histogram{{Single: true}, h}) }
	}
	one := []int{1}
	for _, test := range []struct {
		name string
		draw func() ([]byte, error)
		want string
	}{
		{"one column", grid(func(g *Grid) { g.X = g.X[:1] }), "1×3 points, give at least 2×2"},
		{"few values", grid(func(g *Grid) { g.Z = g.Z[1:] }), "3×3 points has 8 values"},
		{"infinite X", grid(func(g *Grid) { g.X[2] = math.Inf(1) }), "X[2] of the grid is +Inf"},
		{"falling Y", grid(func(g *Grid) { g.Y[1] = 0 }), "Y[1] of the grid, 0, is not above 0"},
		{"no extent", grid(func(g *Grid) { g.Y = []float64{1, 1 + 1e-13, 1 + 1e-12} }), "Y of the grid goes from 1 to 1"},
		{"no value", grid(func(g *Grid) { g.Z = slices.Repeat([]float64{math.NaN()}, 9) }), "none of the 9 values"},
		{"no path", paths(), "there is no point"},
		{"no point", paths(Path{}, Path{}), "there is no point"},
		{"half a point", paths(Path{}, Path{X: []float64{1}}), "path 1 has 1 X but 0 Y"},
		{"no point to animate", func() ([]byte, error) { return Descent("", good, nil, nil) }, "draw the descent: there is no point"},
		{"grid of an animation", func() ([]byte, error) { return Descent("", Grid{}, []Path{zigzag(1)}, nil) }, "0×0 points"},
		{"no panel", func() ([]byte, error) { return Histograms("", "", true, nil) }, "there is no panel"},
		{"too many panels", func() ([]byte, error) {
			return Histograms("", "", true, slices.Repeat([]Histogram{{Single: true}}, 2000))
		}, "2000 panels"},
		{"negative", panel(Histogram{Edges: []float64{0, 1, 2}, Counts: []int{2, -1}}), "panel 1: count -1 of bin 1"},
		{"empty", panel(Histogram{Edges: []float64{0, 1}, Counts: []int{0}}), "its 1 bins are empty"},
		{"edges", panel(Histogram{Edges: []float64{0}, Counts: one}), "1 edges for 1 bins"},
		{"infinite edge", panel(Histogram{Edges: []float64{math.Inf(-1), 0}, Counts: one}), "edge 0 is -Inf"},
		{"falling edges", panel(Histogram{Edges: []float64{1, 0}, Counts: one}), "edge 1, 0, is not above 1"},
		{"density", panel(Histogram{Edges: []float64{0, 1}, Counts: one, DensityX: []float64{1}}), "1 abscissas but 0 values"},
		{"not a number", panel(Histogram{Single: true, Mean: math.NaN()}), "single value NaN"},
		{"no variance", func() ([]byte, error) {
			return Variances("", "", nil, nil, []Series{{Name: "a", Values: []float64{-1, math.NaN(), math.Inf(1)}}})
		}, "no finite value from 0 up"},
		{"labels", func() ([]byte, error) { return Variances("", "", []string{"0"}, grown([]string{"a"}, 1), nil) }, `series "a" has 5 values for 1 layers`},
	} {
		b, err := test.draw()
		if err == nil || b != nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %d bytes, error %v, want one with %q", test.name, len(b), err, test.want)
		}
	}
}

// Whatever the numbers, a figure is a picture or an error.
func TestNoMapPanics(t *testing.T) {
	t.Parallel()
	numbers := func(t *rapid.T, name string, most int) []float64 {
		return rapid.SliceOfN(rapid.OneOf(rapid.Float64(), rapid.Float64Range(-3, 3), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, 1})), 0, most).Draw(t, name)
	}
	axis := func(t *rapid.T, name string) []float64 {
		values := numbers(t, name, 4)
		if rapid.IntRange(0, 9).Draw(t, "as it comes") > 0 {
			slices.Sort(values)
			values = append(slices.DeleteFunc(values, func(v float64) bool { return !drawn(v) }), 2e100, 3e100)
			values[len(values)-2], values[len(values)-1] = 5e99, 1e100
			values = slices.Compact(values)
		}
		return values
	}
	grid := func(t *rapid.T) Grid {
		g := Grid{X: axis(t, "X"), Y: axis(t, "Y")}
		g.Z = append(numbers(t, "Z", 36), make([]float64, 36)...)[:min(36, len(g.X)*len(g.Y))]
		return g
	}
	paths := func(t *rapid.T) (all []Path) {
		for range rapid.IntRange(0, 4).Draw(t, "paths") {
			x := numbers(t, "x", 6)
			all = append(all, Path{rapid.String().Draw(t, "name"), x, append(numbers(t, "y", 6), x...)[:len(x)], rapid.String().Draw(t, "note")})
		}
		return all
	}
	rapid.Check(t, func(t *rapid.T) {
		if rapid.IntRange(0, 2).Draw(t, "turn") > 0 {
			return // a picture takes long: draw some of them
		}
		draw := rapid.SampledFrom([]func(*rapid.T) ([]byte, error){
			func(t *rapid.T) ([]byte, error) { return Surface(rapid.String().Draw(t, "title"), grid(t)) },
			func(t *rapid.T) ([]byte, error) {
				return Paths(rapid.String().Draw(t, "title"), grid(t), paths(t), [][2]float64{{math.NaN(), 1}, {1, 1e300}})
			},
			func(t *rapid.T) ([]byte, error) { return Descent("", grid(t), paths(t), nil) },
			func(t *rapid.T) ([]byte, error) {
				h := Histogram{Edges: axis(t, "edges"), Counts: rapid.SliceOfN(rapid.IntMin(0), 0, 6).Draw(t, "counts"), DensityX: numbers(t, "x", 6), Single: rapid.Bool().Draw(t, "single")}
				h.Counts = append(h.Counts, 1, 1, 1, 1, 1, 1)[:max(0, len(h.Edges)-1)]
				h.DensityY = append(numbers(t, "y", 6), h.DensityX...)[:len(h.DensityX)]
				return Histograms("", rapid.String().Draw(t, "label"), rapid.Bool().Draw(t, "density"), []Histogram{h})
			},
			func(t *rapid.T) ([]byte, error) {
				series := []Series{{rapid.String().Draw(t, "name"), numbers(t, "a", 5), numbers(t, "p", 5)}, {"", numbers(t, "b", 50), nil}}
				if rapid.Bool().Draw(t, "theory") {
					return Theory("", "", rapid.SliceOfN(rapid.String(), 0, 60).Draw(t, "labels"), series, series[:1])
				}
				return Variances("", "", rapid.SliceOfN(rapid.String(), 0, 60).Draw(t, "labels"), series, series[:1])
			},
		}).Draw(t, "figure")
		if b, err := draw(t); (err == nil) != (len(b) > 0) {
			t.Fatalf("%d bytes, error %v", len(b), err)
		}
	})
}
