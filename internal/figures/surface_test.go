package figures

import (
	"bytes"
	"math"
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

func TestSurfaceHidesWhatIsBehind(t *testing.T) {
	// A wall in front, as high as the box, hides the floor behind it but for
	// the right end.
	wall := gridOf(0, 1, 0, 1, 11, func(_, y float64) float64 {
		if y == 0 {
			return 1
		}
		return 0
	})
	img := decode(t, mustDraw(t, func() ([]byte, error) { return Surface("", wall, nil) }))
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
	a, b := mustDraw(t, func() ([]byte, error) { return Surface("", whole, nil) }), mustDraw(t, func() ([]byte, error) { return Surface("", torn, nil) })
	if bytes.Equal(a, b) {
		t.Error("a gap is not seen")
	}
}

func TestSurfaceMayMissTheOnlyValues(t *testing.T) {
	// Of so many points not all are drawn, here none with a value.
	g := gridOf(0, 1, 0, 1, 301, func(_, _ float64) float64 { return math.NaN() })
	g.Z[301+1] = 5
	mustDraw(t, func() ([]byte, error) { return Surface("", g, nil) })
}

func TestChosen(t *testing.T) {
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
