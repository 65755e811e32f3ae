package figures

import (
	"cmp"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"pgregory.net/rapid"
)

func TestThinKeepsTheOutline(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := make([]vg.Point, rapid.IntRange(0, 200).Draw(t, "points"))
		for i := range line {
			line[i] = vg.Point{
				X: vg.Length(i) / vg.Length(rapid.IntRange(1, 30).Draw(t, "per column")),
				Y: vg.Length(rapid.IntRange(-9, 9).Draw(t, "y")),
			}
		}
		slices.SortFunc(line, func(a, b vg.Point) int { return cmp.Compare(a.X, b.X) })
		kept := thin(line, 1)

		next := 0 // the kept points are some of the points, in their order
		for _, pt := range kept {
			i := slices.Index(line[next:], pt)
			if i < 0 {
				t.Fatalf("%v is not a point of the line, or out of order", pt)
			}
			next += i + 1
		}
		if full, thinned := columns(line), columns(kept); !slices.Equal(full, thinned) {
			t.Fatalf("thinned columns %v, want %v", thinned, full)
		}
		if len(line) > 4 && len(kept) > 4*len(columns(line)) {
			t.Fatalf("%d points in %d columns", len(kept), len(columns(line)))
		}
	})
}

// columns describes what is seen of a line in every column one wide.
func columns(line []vg.Point) (seen []struct{ column, first, low, high, last vg.Length }) {
	for _, pt := range line {
		column := vg.Length(math.Floor(float64(pt.X)))
		if len(seen) == 0 || seen[len(seen)-1].column != column {
			seen = append(seen, struct{ column, first, low, high, last vg.Length }{column, pt.Y, pt.Y, pt.Y, pt.Y})
		}
		s := &seen[len(seen)-1]
		s.low, s.high, s.last = min(s.low, pt.Y), max(s.high, pt.Y), pt.Y
	}
	return seen
}

func TestAThinnedLineLooksLikeTheWholeLine(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	line := make([]vg.Point, 20_000)
	for i := range line {
		line[i] = vg.Point{X: 100 * vg.Length(i) / 20_000, Y: 50 + vg.Length(8*r.NormFloat64())}
	}
	paint := func(line []vg.Point) *vgimg.Canvas {
		img, _ := newSheet(100, 100)
		stroke(draw.New(img), draw.LineStyle{Color: palette[0], Width: thinLine}, line)
		return img
	}
	thinned := thin(line, pixel)
	if len(thinned) > 900 {
		t.Errorf("%d points left", len(thinned))
	}
	whole, drawn := paint(line), paint(thinned)
	different := 0
	a, b := whole.Image().(*image.RGBA), drawn.Image().(*image.RGBA)
	for y := range dots(100) {
		for x := range dots(100) {
			if step(a.RGBAAt(x, y), b.RGBAAt(x, y)) > 64 {
				different++
			}
		}
	}
	if different > 2*dots(100) { // the tips of a column's line, whose shade depends on every point
		t.Errorf("%d of %d pixels differ", different, dots(100)*dots(100))
	}
}

func TestTicks(t *testing.T) {
	for _, test := range []struct {
		ticks    ticks
		min, max float64
		want     string
	}{
		{ticks{count: 8}, 0, 1, "0.0 0.2 0.4 0.6 0.8 1.0"},
		{ticks{count: 5}, -0.6, 0.6, "−0.50 −0.25 0.00 0.25 0.50"},
		{ticks{count: 8}, 0, 12.5, "0 2 4 6 8 10 12"},
		{ticks{count: 6}, 0, 3e6, "0 0.5×10^6 1.0×10^6 1.5×10^6 2.0×10^6 2.5×10^6 3.0×10^6"},
		{ticks{count: 4}, 0, 4e-5, "0 1×10^−5 2×10^−5 3×10^−5 4×10^−5"},
		{ticks{count: 20, whole: true}, 0.7, 3.3, "1 2 3"},
		{ticks{count: 20, whole: true}, 0.95, 1.05, "1"},
		{ticks{count: 10, whole: true}, 0, 200, "0 20 40 60 80 100 120 140 160 180 200"},
		{ticks{count: 9, limit: 100, unit: " %"}, 98, 100.5, "98.0 % 98.5 % 99.0 % 99.5 % 100.0 %"},
	} {
		var labels []string
		for _, mark := range test.ticks.Ticks(test.min, test.max) {
			labels = append(labels, strings.ReplaceAll(mark.Label, raised, "^"))
		}
		if got := strings.Join(labels, " "); got != test.want {
			t.Errorf("%+v from %g to %g: %s, want %s", test.ticks, test.min, test.max, got, test.want)
		}
	}
}

func TestLogTicks(t *testing.T) {
	for _, test := range []struct {
		count    int
		min, max float64
		want     string // a dot is a small mark
	}{
		{10, 0.5, 30, ".....10^0........10^1.."},
		{10, 1e-3, 1e-2, "10^−3........10^−2"},
		{2, 1, 1e4, "10^0..10^3."}, // every third power has a label
	} {
		var got strings.Builder
		for _, mark := range (logTicks{test.count}).Ticks(test.min, test.max) {
			if got.WriteString(strings.ReplaceAll(mark.Label, raised, "^")); mark.IsMinor() {
				got.WriteByte('.')
			}
		}
		if got.String() != test.want {
			t.Errorf("%d from %g to %g: %s, want %s", test.count, test.min, test.max, got.String(), test.want)
		}
	}
}

func TestPaddedIsNeverEmpty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float64Range(-overflowing, overflowing).Draw(t, "a"), rapid.Float64Range(-overflowing, overflowing).Draw(t, "b")
		if rapid.Bool().Draw(t, "one value") {
			b = a
		}
		lo, hi := padded(min(a, b), max(a, b), 0.05)
		if !(lo < min(a, b) && max(a, b) < hi) {
			t.Fatalf("padded(%g, %g) = %g, %g", a, b, lo, hi)
		}
		if n := len(ticks{count: 8}.Ticks(lo, hi)); n < 2 || n > 9 {
			t.Fatalf("%d ticks from %g to %g", n, lo, hi)
		}
	})
}

func TestLegendTakesTheEmptyCorner(t *testing.T) {
	for _, test := range []struct {
		name        string
		x, y        []float64
		right, high bool
	}{
		{"falling", []float64{0, 1}, []float64{1, 0}, true, true},
		{"rising", []float64{0, 1}, []float64{0, 1}, false, true},
		{"valley", []float64{0, 1, 2, 3, 4}, []float64{1, 1, 0, 1, 1}, false, false},
		{"jump", []float64{0, 0, 1}, []float64{0, 1, 1}, true, false},
	} {
		cv := curve{label: "curve", x: test.x, y: test.y}
		ch := chart{Plot: newPlot()}
		setRange(ch.Plot, cv)
		_, c := newSheet(sheetWidth, sheetHeight)
		data := ch.data(c)
		l := legend{cv}
		rect, hidden := l.place(data, ch.Plot)
		middle := data.Center()
		if right, high := rect.Min.X > middle.X, rect.Min.Y > middle.Y; hidden != 0 || right != test.right || high != test.high {
			t.Errorf("%s: legend at %v hides %v", test.name, rect, hidden)
		}
	}
}

func TestLegendMakesRoomWhereThereIsNone(t *testing.T) {
	cross := curve{label: "taken", x: []float64{0, 1, 1, 0}, y: []float64{1, 2, 1, 2}}
	for _, test := range []struct {
		name string
		log  bool
	}{{"linear", false}, {"logarithmic", true}} {
		ch := chart{Plot: newPlot()}
		if test.log {
			ch.Y.Scale, ch.Y.Tick.Marker = plot.LogScale{}, logTicks{count: 10}
		}
		setRange(ch.Plot, cross)
		_, c := newSheet(sheetWidth, sheetHeight)
		data := ch.data(c)
		l := legend{cross}
		if _, hidden := l.place(data, ch.Plot); hidden == 0 {
			t.Fatalf("%s: a corner is free already", test.name)
		}
		l.makeRoom(data, ch.Plot)
		if rect, hidden := l.place(ch.data(c), ch.Plot); hidden != 0 {
			t.Errorf("%s: legend at %v still hides %v", test.name, rect, hidden)
		}
	}
}

func TestColors(t *testing.T) {
	for v, want := range map[float64]color.NRGBA{
		-1: rgb(0xf7fbff), 0: rgb(0xf7fbff), 0.5: rgb(0x6baed6), 1: rgb(0x08306b), 2: rgb(0x08306b),
		0.0625: {0xeb, 0xf3, 0xfb, 0xff}, // half way from f7fbff to deebf7
	} {
		if got := blues.at(v); got != want {
			t.Errorf("blues at %g: %v, want %v", v, got, want)
		}
	}
	if contrast(blues.at(0)) != ink || contrast(blues.at(1)) != paper {
		t.Error("text in the background's brightness")
	}
	if got := fade(palette[0], 0); got != paper {
		t.Errorf("faded to nothing: %v", got)
	}
}

func TestOneLine(t *testing.T) {
	style := textStyle(tickSize, ink)
	for text, want := range map[string]string{
		"short":                       "short",
		"two\nlines":                  "two lines",
		strings.Repeat("long ", 1000): "long long long long…",
	} {
		if got := oneLine(text, style, 90); got != want {
			t.Errorf("%.20q: %q, want %q", text, got, want)
		}
	}
	if got := oneLine("x", style, 1); got != "" {
		t.Errorf("%q does not fit in a point", got)
	}
}

func TestLines(t *testing.T) {
	style := textStyle(tickSize, ink)
	for text, want := range map[string]string{
		"":                              "",
		"short":                         "short",
		"two\nlines, \n\nno more":       "two|lines,|no more",
		"some words go on another line": "some words go on|another line",
		"784-128-128-128-128-128-10":    "784-128-128-128-|128-128-10",
		"a, 784-128-128-128-128-10":     "a,|784-128-128-128-|128-10",
		strings.Repeat("x", 30):         strings.Repeat("x", 18) + "|" + strings.Repeat("x", 12),
	} {
		if got := strings.Join(lines(text, style, 90), "|"); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := lines("xy", style, 1); len(got) != 2 {
		t.Errorf("on no width there are %q", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("ab-, /é")), 0, 1000, -1).Draw(t, "text")
		width := vg.Length(rapid.Float64Range(10, 600).Draw(t, "width"))
		all := lines(text, style, width)
		for _, line := range all {
			if style.Width(line) > width || line == "" {
				t.Fatalf("line %q is %v wide", line, style.Width(line))
			}
		}
		squeeze := strings.NewReplacer(" ", "").Replace
		if got := strings.Join(all, ""); squeeze(got) != squeeze(text) {
			t.Fatalf("the lines of %q are %q", text, all)
		}
	})
	if all := lines(strings.Repeat("long ", 1000), style, 90); !strings.HasSuffix(all[len(all)-1], "…") {
		t.Errorf("a text without end is %d lines", len(all))
	}
}

// A title in several lines makes the picture higher, not the data smaller.
func TestALongTitleHasRoom(t *testing.T) {
	title := strings.Repeat("784-", 60) + "10"
	ch := chart{Plot: newPlot(), title: title}
	_, short := newSheet(sheetWidth, sheetHeight)
	_, long := newSheet(sheetWidth, sheetHeight+ch.extra(sheetWidth-2*margin))
	data := ch.data(long)
	ch.title = ""
	if a, b := ch.data(short), data; math.Abs(float64(a.Max.Y-a.Min.Y-b.Max.Y+b.Min.Y)) > 1e-9 {
		t.Errorf("the data are %v high, with the title %v", a.Max.Y-a.Min.Y, b.Max.Y-b.Min.Y)
	}
	img := decode(t, mustDraw(t, func() ([]byte, error) { return Loss(title, []float64{1, 2}, 50, nil) }))
	if img.Bounds().Dy() <= 720 {
		t.Errorf("with a title in lines the picture is %v", img.Bounds())
	}
	for _, x := range []int{0, 1, 1198, 1199} {
		for y := range img.Bounds().Dy() {
			if img.RGBAAt(x, y) != color.RGBA(paper) {
				t.Fatalf("there is ink at the edge, %d, %d", x, y)
			}
		}
	}
}
