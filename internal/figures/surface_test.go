package figures

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/plot/vg"
	"pgregory.net/rapid"
)

// The numbers are those of mpl_toolkits.mplot3d.proj3d's view transformation
// and perspective for elev = 30, azim = −60, focal length 1 and the usual box,
// times the distance of ten.
func TestProjectIsMatplotlibs(t *testing.T) {
	for _, test := range []struct {
		p    vec
		want vec
	}{
		{vec{0.5, 0.5, 0.5}, vec{0, 0, 10}},
		{vec{0, 0, 0}, vec{-0.810312242112, -0.493849287822, 10.034531370256}},
		{vec{1, 0, 0}, vec{0.228880499884, -0.833249635083, 9.519040057261}},
		{vec{1, 1, 1}, vec{0.815927872063, 0.497271764625, 9.965468629744}},
		{vec{0.25, 0.75, 1}, vec{-0.107550103732, 0.582390642155, 10.128872828249}},
	} {
		right, up, depth := project(test.p)
		if d := (vec{right, up, depth}).sub(test.want); math.Sqrt(d.dot(d)) > 1e-11 {
			t.Errorf("%v is seen at %v, %v, %v, want %v", test.p, right, up, depth, test.want)
		}
	}
}

func TestTheCameraFillsTheCanvas(t *testing.T) {
	_, c := newSheet(300, 200)
	cam := newCamera(c)
	area := c
	area.Min.X, area.Min.Y, area.Max.X, area.Max.Y = c.Max.X, c.Max.Y, c.Min.X, c.Min.Y
	for corner := range 8 {
		pt := cam.at(float64(corner&1), float64(corner>>1&1), float64(corner>>2))
		area.Min.X, area.Max.X = min(area.Min.X, pt.X), max(area.Max.X, pt.X)
		area.Min.Y, area.Max.Y = min(area.Min.Y, pt.Y), max(area.Max.Y, pt.Y)
	}
	const tiny = 1e-9
	near := func(a, b vg.Length) bool { return a-b < tiny && b-a < tiny }
	if !near(area.Min.Y, c.Min.Y) || !near(area.Max.Y, c.Max.Y) || !near(area.Min.X-c.Min.X, c.Max.X-area.Max.X) || area.Min.X < c.Min.X {
		t.Errorf("the box fills %v of %v", area.Rectangle, c.Rectangle)
	}
}

// Along any line of sight, seen from above, the cells must come in the order in
// which they are painted: the farthest first.
func TestBackToFront(t *testing.T) {
	eye := vec{0.5, 0.5, 0}.sub(vec{-toEye.x * eyeDistance / boxSides.x, -toEye.y * eyeDistance / boxSides.y, 0})
	rapid.Check(t, func(t *rapid.T) {
		cols, rows := rapid.IntRange(2, 20).Draw(t, "cols"), rapid.IntRange(2, 20).Draw(t, "rows")
		order := backToFront(cols, rows)
		if len(order) != (cols-1)*(rows-1) {
			t.Fatalf("%d cells of %d×%d points", len(order), cols, rows)
		}
		far := vec{rapid.Float64Range(0, 1).Draw(t, "x"), rapid.Float64Range(0, 1).Draw(t, "y"), 0}
		last := -1
		for i := range 2000 {
			p := far.times(vec{1 - float64(i)/2000, 1 - float64(i)/2000, 0})
			p = vec{p.x + eye.x*float64(i)/2000, p.y + eye.y*float64(i)/2000, 0}
			if p.x < 0 || p.x >= 1 || p.y < 0 || p.y >= 1 {
				break
			}
			now := slices.Index(order, int(p.y*float64(rows-1))*cols+int(p.x*float64(cols-1)))
			if now < last {
				t.Fatalf("cell %d at %v is painted before the one behind it", order[now], p)
			}
			last = now
		}
	})
}

func TestSurfaceHidesWhatIsBehind(t *testing.T) {
	// A wall in front, as high as the box, hides the floor behind it but for
	// the right end.
	wall := gridOf(0, 1, 0, 1, 11, func(_, y float64) float64 {
		if y == 0 {
			return 1
		}
		return 0
	})
	img := decode(t, mustDraw(t, func() ([]byte, error) { return Surface("", wall) }))
	_, c := newSheet(sheetWidth, surfaceHeight)
	cam := newCamera(surfaceRoom(c))
	for _, test := range []struct {
		x, y, z float64
		wall    bool
	}{{0.45, 0.004, 0.93, true}, {0.45, 0.85, 0, true}, {0.92, 0.85, 0, false}} {
		at := cam.at(test.x, test.y, test.z)
		got := img.RGBAAt(int(at.X/pixel), img.Bounds().Dy()-int(at.Y/pixel))
		// The wall's color is that of half the height, the floor's is purple.
		if wall := got.G > got.R; wall != test.wall {
			t.Errorf("%+v has color %v", test, got)
		}
	}
}

func TestSurfaceLeavesGapsOpen(t *testing.T) {
	whole := gridOf(-1, 1, -1, 1, 12, pathological)
	torn := gridOf(-1, 1, -1, 1, 12, pathological)
	torn.Z[5*12+5] = math.NaN()
	torn.Z[0] = math.Inf(1)
	a, b := mustDraw(t, func() ([]byte, error) { return Surface("", whole) }), mustDraw(t, func() ([]byte, error) { return Surface("", torn) })
	if bytes.Equal(a, b) {
		t.Error("a gap is not seen")
	}
}

func TestSurfaceMayMissTheOnlyValues(t *testing.T) {
	// Of so many points not all are drawn, here none with a value.
	g := gridOf(0, 1, 0, 1, 301, func(_, _ float64) float64 { return math.NaN() })
	g.Z[301+1] = 5
	mustDraw(t, func() ([]byte, error) { return Surface("", g) })
}

func TestSparseKeepsTheCorners(t *testing.T) {
	g := gridOf(0, 5, 10, 15, 6, func(x, y float64) float64 { return x + 100*y })
	got := g.sparse(3)
	if want := []float64{0, 2, 5}; !slices.Equal(got.X, want) {
		t.Errorf("X %v, want %v", got.X, want)
	}
	// The lowest of 0 and 1, of 1 to 3, of 4 and 5, in both directions.
	if want := []float64{1000, 1001, 1004, 1100, 1101, 1104, 1400, 1401, 1404}; !slices.Equal(got.Z, want) {
		t.Errorf("Z %v, want %v", got.Z, want)
	}
	g.Z[0], g.Z[13] = math.NaN(), math.NaN() // a point that is chosen, and one beside another
	got = g.sparse(3)
	if !math.IsNaN(got.Z[0]) || math.IsNaN(got.Z[4]) {
		t.Errorf("with gaps: Z %v", got.Z)
	}
	rapid.Check(t, func(t *rapid.T) {
		n, most := rapid.IntRange(1, 500).Draw(t, "n"), rapid.IntRange(1, 200).Draw(t, "most")
		is := chosen(n, most)
		if len(is) != min(n, most) || is[0] != 0 || len(is) > 1 && is[len(is)-1] != n-1 {
			t.Fatalf("%d of %d: %v", most, n, is)
		}
		for k := 1; k < len(is); k++ {
			if gap := is[k] - is[k-1]; gap < 1 || gap > (n-1)/max(1, len(is)-1)+1 {
				t.Fatalf("%d of %d: %v", most, n, is)
			}
		}
	})
}
