package figures

import (
	"bytes"
	"image"
	"math"
	"slices"
	"testing"
)

// teeth returns how far the lower edge of a surface, as it is seen between two
// columns of pixels, is from being smooth: the largest distance, in pixels,
// from the median of the edge around.
func teeth(g Grid, heights []float64, left, right int) float64 {
	img, c := newSheet(sheetWidth, surfaceHeight)
	land := newRelief(img.Image().(*image.RGBA), newCamera(surfaceRoom(c)))
	land.surface(g, heights)
	var edge []float64
	for x := left * samples; x < right*samples; x++ {
		for y := len(land.depth)/land.width - 1; y >= 0; y-- {
			if !math.IsInf(land.depth[y*land.width+x], 1) {
				edge = append(edge, float64(y)/samples)
				break
			}
		}
	}
	worst := 0.0
	const around = 7 * samples
	for x := around; x < len(edge)-around; x++ {
		window := slices.Sorted(slices.Values(edge[x-around : x+around+1]))
		worst = math.Max(worst, math.Abs(edge[x]-window[around]))
	}
	return worst
}

// The floors of valleys that lie between the points of some rows, and on those
// of others, are no saws: on a coarse grid, with the heights as they are,
// Rosenbrock's would be.
func TestValleysHaveNoTeeth(t *testing.T) {
	beale := func(x, y float64) float64 {
		a, b, c := 1.5-x+x*y, 2.25-x+x*y*y, 2.625-x+x*y*y*y
		return a*a + b*b + c*c
	}
	for _, c := range []struct {
		name        string
		low, high   float64 // of y
		width       float64 // x is within ±width
		left, right int     // between them the edge is the valley's floor
		valley      func(x, y float64) float64
	}{
		{"Rosenbrock", -1, 3, 2, 520, 850, rosenbrock}, {"Beale", -4.5, 4.5, 4.5, 520, 780, beale},
	} {
		fine := gridOf(-c.width, c.width, c.low, c.high, 401, c.valley)
		coarse := gridOf(-c.width, c.width, c.low, c.high, 101, c.valley)
		h := newHeights(fine.Z)
		if !h.log {
			t.Fatalf("%s is not drawn logarithmically", c.name)
		}
		smooth, raw := teeth(fine, h.all(fine.smooth()), c.left, c.right), teeth(coarse, h.all(coarse.Z), c.left, c.right)
		t.Logf("%s: teeth of %.1f pixels, of a coarse grid %.1f", c.name, smooth, raw)
		if smooth > 1 || c.name == "Rosenbrock" && raw < 4 {
			t.Errorf("%s: teeth of %.1f pixels, of a coarse grid %.1f", c.name, smooth, raw)
		}
	}
}

// Smoothing keeps what is flat, the sum of a peak, and gaps.
func TestSmooth(t *testing.T) {
	g := gridOf(0, 1, 0, 1, 21, func(_, _ float64) float64 { return 3 })
	for _, v := range g.smooth() {
		if math.Abs(v-3) > 1e-12 {
			t.Fatalf("a plain of 3 has a height of %v", v)
		}
	}
	g.Z[10*21+10] += 1
	sum := 0.0
	for _, v := range g.smooth() {
		sum += v - 3
	}
	if math.Abs(sum-1) > 1e-9 {
		t.Errorf("a peak of 1 has a sum of %v", sum)
	}
	g.Z[5], g.Z[30] = math.NaN(), math.Inf(1)
	if s := g.smooth(); !math.IsNaN(s[5]) || !math.IsInf(s[30], 1) || math.IsNaN(s[6]) || math.IsInf(s[29], 0) {
		t.Error("gaps do not stay what they are")
	}
}

func TestRaise(t *testing.T) {
	g := Grid{X: []float64{0, 1, 3}, Y: []float64{-1, 1}, Z: make([]float64, 6)}
	heights := []float64{0, 0.5, 1, 0.2, 0.7, math.NaN()}
	for _, c := range []struct {
		x, y float64
		want vec
		ok   bool
	}{
		{0, -1, vec{0, 0, 0}, true}, {1, 1, vec{1. / 3, 1, 0.7}, true}, {0.5, 0, vec{1. / 6, 0.5, 0.35}, true}, {1, 0, vec{1. / 3, 0.5, 0.6}, true},
		{2, 0, vec{}, false}, {-0.1, 0, vec{}, false}, {1, 2, vec{}, false}, {math.NaN(), 0, vec{}, false}, {1, math.Inf(1), vec{}, false},
	} {
		got, ok := g.raise(heights, c.x, c.y)
		if d := got.sub(c.want); ok != c.ok || ok && math.Sqrt(d.dot(d)) > 1e-12 {
			t.Errorf("above (%v, %v) is %v, %v, want %v, %v", c.x, c.y, got, ok, c.want, c.ok)
		}
	}
}

// A wall in front hides the path behind it: that is dotted, and a path on the
// near side is not.
func TestPathsBehindAWallAreHidden(t *testing.T) {
	g := gridOf(0, 1, 0, 1, 41, func(_, y float64) float64 { return math.Max(0, 1-10*math.Abs(y-0.3)) })
	heights := newHeights(g.Z).all(g.Z)
	img, c := newSheet(sheetWidth, surfaceHeight)
	land := newRelief(img.Image().(*image.RGBA), newCamera(surfaceRoom(c)))
	land.surface(g, heights)
	for _, row := range []struct {
		y    float64
		seen bool
	}{{0.1, true}, {0.45, false}, {0.22, true}} {
		list := parts(land, g, heights, [2]float64{0.4, row.y}, [2]float64{0.6, row.y})
		if len(list) != 1 || list[0].seen != row.seen {
			t.Errorf("the line at y = %v is in %d parts, the first seen: %v, want %v", row.y, len(list), len(list) > 0 && list[0].seen, row.seen)
		}
	}
	across := parts(land, g, heights, [2]float64{0.5, 0}, [2]float64{0.5, 0.6})
	if len(across) != 2 || !across[0].seen || across[1].seen || across[1].points[0] != across[0].points[len(across[0].points)-1] {
		t.Errorf("the line over the wall is in %d parts", len(across))
	}
	if far := parts(land, g, heights, [2]float64{0.5, 0}, [2]float64{1e9, 1e9}); len(far) == 0 || len(far[0].points) > mostSteps+1 {
		t.Errorf("a line that leaves the box is in %d parts", len(far))
	}
}

// Paths are drawn on the surface, and it is said if they leave it.
func TestSurfaceShowsPaths(t *testing.T) {
	g := gridOf(-5, 5, -5, 5, 41, pathological)
	draw := func(paths ...Path) []byte {
		return mustDraw(t, func() ([]byte, error) { return Surface("", g, paths) })
	}
	inside := Path{Name: "SGD", X: []float64{4, 2, 1}, Y: []float64{4, 3, -4}}
	beyond := Path{Name: "SGD", X: []float64{4, 2, 1}, Y: []float64{4, 3, -40}}
	if n := shows(t, decode(t, draw(inside)), 0xbc0241); n < 300 {
		t.Errorf("%d pixels of the path", n)
	}
	if bytes.Equal(draw(inside), draw(beyond)) {
		t.Error("a path that leaves the picture looks like one that does not")
	}
	draw(Path{Name: "Adam", X: []float64{100}, Y: []float64{100}}, Path{Name: "Adam"}, Path{Name: "x", X: []float64{math.NaN(), 1, math.Inf(1)}, Y: []float64{0, 1, 2}})
	if _, err := Surface("", g, []Path{{X: []float64{1}}}); err == nil {
		t.Error("a path with X alone is no error")
	}
}
