package surface

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// bowl is (w₁ − 3)² + w₂², whose diagonal is 10: 0.1 from its minimum is there.
func bowl(minima ...Point) *Surface {
	return &Surface{X: Range{-4, 4}, Y: Range{-3, 3}, Minima: minima}
}

// along returns a path through points (w₁, 0) with the given losses.
func along(name string, points ...[2]float64) Path {
	p := Path{Optimizer: name}
	for _, q := range points {
		p.Points = append(p.Points, Point{W1: q[0], Loss: q[1]})
	}
	return p
}

func TestConclude(t *testing.T) {
	minimum := Point{W1: 3}
	gone := &DivergedError{Updates: 1}
	arrives := along("SGD", [2]float64{0, 9}, [2]float64{2, 1}, [2]float64{3.09, 0.01}, [2]float64{3, 0})
	for _, c := range []struct {
		name    string
		surface *Surface
		paths   []Path
		want    []string
	}{
		{"no path", bowl(minimum), nil, nil},
		{"one optimizer only", bowl(minimum), []Path{arrives}, []string{"SGD arrived at the minimum (3, 0) after 2 updates."}},
		{"one that is left again is no arrival", bowl(minimum), []Path{along("Adam", [2]float64{0, 9}, [2]float64{3, 0}, [2]float64{3.5, 0.25})},
			[]string{"Adam ended 0.5 away from the nearest minimum, (3, 0)."}},
		{"all diverged", bowl(minimum), []Path{
			{Optimizer: "SGD", Points: []Point{{Loss: 9}}, Diverged: gone},
			{Optimizer: "momentum", Points: []Point{{Loss: 9}, {W1: 1e9, Loss: 1e200}}, Diverged: &DivergedError{Updates: 2}},
		}, []string{"SGD left the finite numbers after 1 update.", "Momentum left the finite numbers after 2 updates."}},
		{"one diverged, one arrives", bowl(minimum), []Path{{Optimizer: "momentum", Points: []Point{{Loss: 9}}, Diverged: gone}, arrives},
			[]string{"Momentum left the finite numbers after 1 update.", "SGD arrived at the minimum (3, 0) after 2 updates."}},
		{"all arrive", bowl(minimum), []Path{arrives, along("Adam", [2]float64{0, 9}, [2]float64{3, 1e-9})}, []string{
			"SGD arrived at the minimum (3, 0) after 2 updates.", "Adam arrived at the minimum (3, 0) after 1 update.",
			"SGD and Adam ended equally low, at a loss of 0.",
		}},
		{"a tie of two in three", bowl(), []Path{
			along("SGD", [2]float64{0, 9}, [2]float64{1, 5}), along("momentum", [2]float64{0, 9}, [2]float64{1, 4}), along("Adam", [2]float64{0, 9}, [2]float64{1, 4}),
		}, []string{
			"SGD went down from a loss of 9 to 5.", "Momentum went down from a loss of 9 to 4.", "Adam went down from a loss of 9 to 4.",
			"Momentum and Adam ended lowest, equally so, at a loss of 4.",
		}},
		{"none moves", bowl(minimum), []Path{along("SGD", [2]float64{0, 9}, [2]float64{0, 9}), along("Adam", [2]float64{0, 9}, [2]float64{0, 9}), along("momentum", [2]float64{0, 9})},
			[]string{"SGD, Adam and momentum did not move from the start."}},
		{"none moves from the minimum", bowl(minimum), []Path{along("SGD", [2]float64{3, 0}, [2]float64{3, 0})},
			[]string{"SGD did not move from the start."}},
		{"one of two moves", bowl(), []Path{along("SGD", [2]float64{0, 9}, [2]float64{0, 9}), along("Adam", [2]float64{0, 9}, [2]float64{1, 4})},
			[]string{"Adam went down from a loss of 9 to 4.", "SGD did not move from the start."}},
		{"climbing", bowl(minimum), []Path{along("SGD", [2]float64{0, 9}, [2]float64{-1, 16})},
			[]string{"SGD ended higher than it began: at a loss of 16 after 9."}},
		{"down and up again", bowl(), []Path{along("SGD", [2]float64{0, 9}, [2]float64{1, 4}, [2]float64{2, 6})},
			[]string{"SGD went down to a loss of 4 in 1 update, and up again to 6.", "SGD rose on the way: at 1 update, by up to 2."}},
		{"to and fro", bowl(), []Path{along("SGD", [2]float64{1, 9}, [2]float64{-1, 9}, [2]float64{1, 8.9}, [2]float64{-1, 8.5})},
			[]string{"SGD went down from a loss of 9 to 8.5.", "SGD jumped to and fro: 2 of 3 updates turned back."}},
	} {
		if got := c.surface.Conclude(c.paths); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// Whatever the paths, every one is spoken of, no other one is, and at most one
// sentence compares.
func TestConcludeSpeaksOfThePathsAlone(t *testing.T) {
	all := []string{"SGD", "momentum", "Adam", "Nesterov"}
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.Permutation(all).Draw(t, "order")[:rapid.IntRange(1, len(all)).Draw(t, "paths")]
		s := bowl()
		if rapid.Bool().Draw(t, "a minimum") {
			s = bowl(Point{W1: 1})
		}
		number := rapid.SampledFrom([]float64{-2, 0, 0.999, 1, 3})
		var paths []Path
		for _, name := range names {
			p := along(name, [2]float64{0, 1})
			for range rapid.IntRange(0, 5).Draw(t, "updates") {
				p.Points = append(p.Points, Point{number.Draw(t, "w1"), number.Draw(t, "w2"), number.Draw(t, "loss")})
			}
			if rapid.Bool().Draw(t, "diverges") {
				p.Diverged = &DivergedError{Updates: len(p.Points)}
			}
			paths = append(paths, p)
		}
		text := strings.Join(s.Conclude(paths), "\n")
		for _, name := range all {
			if said := strings.Contains(strings.ToLower(text), strings.ToLower(name)); said != slices.Contains(names, name) {
				t.Fatalf("%s of %q: %q", name, names, text)
			}
		}
		if n := strings.Count(text, " low"); strings.Count(text, "ended lowest")+strings.Count(text, "equally low") > 1 {
			t.Fatalf("%d comparisons: %q", n, text)
		}
		for _, p := range paths {
			if p.Diverged != nil && strings.Contains(text, capital(p.Optimizer)+" ended") {
				t.Fatalf("%s diverged, and %q", p.Optimizer, text)
			}
		}
	})
}
