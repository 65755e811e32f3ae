package figures

import (
	"bytes"
	"image"
	"image/color"
	stddraw "image/draw"
	"image/gif"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// frames decodes an animation and returns the pictures that it shows at some
// frames.
func frames(t *testing.T, b []byte, wanted ...int) (*gif.GIF, map[int]*image.RGBA) {
	t.Helper()
	g, err := gif.DecodeAll(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	pictures := map[int]*image.RGBA{}
	shown := image.NewRGBA(image.Rect(0, 0, g.Config.Width, g.Config.Height))
	for i, frame := range g.Image {
		stddraw.Draw(shown, frame.Rect, frame, frame.Rect.Min, stddraw.Over)
		if slices.Contains(wanted, i) {
			pictures[i] = image.NewRGBA(shown.Rect)
			copy(pictures[i].Pix, shown.Pix)
		}
	}
	return g, pictures
}

func TestDescentShowsEveryUpdate(t *testing.T) {
	t.Parallel()
	g := gridOf(-5, 5, -5, 5, 100, pathological)
	b := mustDraw(t, func() ([]byte, error) {
		return Descent("Pathological curvature", g, []Path{zigzag(100), spiral(60)}, nil)
	})
	if len(b) > 2<<20 {
		t.Errorf("%d bytes", len(b))
	}
	film, pictures := frames(t, b, 0, 20, 50, 99, 100)
	if len(film.Image) != 101 || film.LoopCount != 0 || film.Delay[0] != frameTime || film.Delay[100] != lastTime {
		t.Errorf("%d frames, %d loops, delays %v", len(film.Image), film.LoopCount, film.Delay)
	}
	const red, blue = 0xbc0241, 0x2608aa // of the two paths, by their names
	if shows(t, pictures[0], red) > shows(t, pictures[50], red)/10 {
		t.Error("the first frame shows a path already")
	}
	for _, hue := range []uint32{red, blue} {
		if early, late := shows(t, pictures[20], hue), shows(t, pictures[50], hue); early < 200 || late < early {
			t.Errorf("%06x: %d pixels in frame 20, %d in frame 50", hue, early, late)
		}
	}
	if same(pictures[99], pictures[100]) == nil {
		t.Error("the last update shows nothing new")
	}
}

func TestDescentThinsLongPaths(t *testing.T) {
	t.Parallel()
	g := gridOf(-5, 5, -5, 5, 10, pathological)
	b := mustDraw(t, func() ([]byte, error) { return Descent("", g, []Path{zigzag(500)}, nil) })
	film, err := gif.DecodeAll(bytes.NewReader(b))
	if err != nil || len(film.Image) != mostFrames {
		t.Errorf("%d frames, error %v", len(film.Image), err)
	}
}

func TestFilmReproducesItsPictures(t *testing.T) {
	// Two pictures of few colors are exact, and the second frame holds only
	// what changed.
	first := image.NewRGBA(image.Rect(0, 0, 30, 20))
	stddraw.Draw(first, first.Rect, image.NewUniform(palette[0]), image.Point{}, stddraw.Src)
	second := image.NewRGBA(first.Rect)
	copy(second.Pix, first.Pix)
	second.SetRGBA(4, 5, color.RGBA(palette[1]))
	second.SetRGBA(9, 12, color.RGBA(palette[1]))
	f := newFilm(second)
	f.add(first, 1)
	f.add(second, 1)
	f.add(second, 1)
	var buf bytes.Buffer
	if err := gif.EncodeAll(&buf, &f.GIF); err != nil {
		t.Fatal(err)
	}
	film, pictures := frames(t, buf.Bytes(), 0, 1, 2)
	for i, want := range []*image.RGBA{first, second, second} {
		if !bytes.Equal(pictures[i].Pix, want.Pix) {
			t.Errorf("frame %d differs", i)
		}
	}
	if got, want := film.Image[1].Rect, image.Rect(4, 5, 10, 13); got != want {
		t.Errorf("the second frame covers %v, want %v", got, want)
	}
	if got := film.Image[2].Rect; got.Dx() != 1 || got.Dy() != 1 {
		t.Errorf("a frame without changes covers %v", got)
	}
}

func TestQuantizeKeepsFewColors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pixels := rapid.SliceOfN(rapid.Uint32Range(0, 0xffffff), 1, 60).Draw(t, "pixels")
		n := rapid.IntRange(1, 70).Draw(t, "colors")
		img := image.NewRGBA(image.Rect(0, 0, len(pixels), 1))
		distinct := map[color.Color]bool{}
		for x, hex := range pixels {
			img.SetRGBA(x, 0, color.RGBA(rgb(hex)))
			distinct[img.RGBAAt(x, 0)] = true
		}
		got := quantize(img, n)
		if len(got) > n || len(got) > len(distinct) {
			t.Fatalf("%d colors for %d, at most %d", len(got), len(distinct), n)
		}
		for _, c := range got {
			if len(distinct) <= n && !distinct[c] {
				t.Fatalf("%v is not in the picture", c)
			}
		}
	})
}

// The animation's map must not show bands: 255 colors for all of viridis and
// the edges of two paths leave none of them more than a few steps away.
func TestQuantizeIsFineOnAMap(t *testing.T) {
	m := newPathMap("Map", gridOf(-5, 5, -5, 5, 100, pathological), []Path{zigzag(20), spiral(20)}, nil, descentWidth)
	m.growTo(20)
	picture := m.sheet.Image().(*image.RGBA)
	f := newFilm(picture)
	sum, count := 0.0, 0
	for i := 0; i < len(picture.Pix); i += 4 * 17 {
		c := color.RGBA{picture.Pix[i], picture.Pix[i+1], picture.Pix[i+2], 0xff}
		d := step(c, f.palette[f.nearest(c)].(color.RGBA))
		sum, count = sum+float64(d*d), count+1
	}
	if deviation := math.Sqrt(sum / float64(count)); deviation > 2 {
		t.Errorf("colors are off by %.2f of 255", deviation)
	}
}
