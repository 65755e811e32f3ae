package figures

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"pgregory.net/rapid"
)

// shows returns how many pixels of a picture have about the given color, as
// those of a thin line between two rows have.
func shows(t *testing.T, img *image.RGBA, hex uint32) (count int) {
	t.Helper()
	want := color.RGBA(rgb(hex))
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if step(img.RGBAAt(x, y), want) <= 50 {
				count++
			}
		}
	}
	return count
}

const (
	rawBlue    = 0x75acd0 // C0, faded
	meanOrange = 0xff7f0e
)

func TestLossShowsEveryKindOfRun(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	for _, test := range []struct {
		name   string
		losses []float64
		mean   bool
		least  int // pixels of the batch losses; the legend has 230 of them
	}{
		{"one loss", []float64{2.3}, false, 260},
		{"fewer than the window", fallingLosses(20), false, 1800},
		{"exactly one window", fallingLosses(50), true, 3000},
		{"constant", slices.Repeat([]float64{2.5}, 200), true, 500},
		{"zero", slices.Repeat([]float64{0}, 200), true, 450},
		{"diverged", risingLosses(300), true, 2500},
		{"huge spike", append(fallingLosses(200), 1e30), true, 1100},
		{"spike above the smallest numbers", append(slices.Repeat([]float64{0}, 200), 5e-324, 1e6), true, 500},
		{"zeros below a spike", append(slices.Repeat([]float64{0, 1}, 100), 1e6), true, 600},
		{"infinite at the end", append(fallingLosses(200), inf, nan, -inf), true, 5500},
		{"islands", []float64{nan, 1, nan, 2, nan, inf, 3}, false, 550},
		{"negative", []float64{-1, -5, -3}, false, 1500},
		{"enormous", []float64{1e99, -1e99, 1e300}, false, 1400},
		{"vanishing", []float64{5e-324, 0, 1e-300}, false, 1000},
		{"sixty thousand", fallingLosses(60_000), true, 50000},
	} {
		t.Run(test.name, func(t *testing.T) {
			given := slices.Clone(test.losses)
			img := decode(t, mustDraw(t, func() ([]byte, error) { return Loss("", test.losses, 50, nil) }))
			if img.Bounds().Size() != image.Pt(1200, 720) {
				t.Errorf("size %v", img.Bounds().Size())
			}
			if n := shows(t, img, rawBlue); n < test.least {
				t.Errorf("%d pixels of the batch losses, want %d", n, test.least)
			}
			if n := shows(t, img, meanOrange); (n > 0) != test.mean {
				t.Errorf("%d pixels of the mean, want some: %v", n, test.mean)
			}
			if !slices.EqualFunc(given, test.losses, func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }) {
				t.Error("the caller's losses were changed")
			}
		})
	}
}

func TestLossShowsTheLearningRateWhereItChanges(t *testing.T) {
	t.Parallel()
	losses := fallingLosses(300)
	plain := mustDraw(t, func() ([]byte, error) { return Loss("", losses, 50, nil) })
	constant := mustDraw(t, func() ([]byte, error) { return Loss("", losses, 50, slices.Repeat([]float64{0.1}, 300)) })
	if !bytes.Equal(constant, plain) {
		t.Error("a constant learning rate changes the picture")
	}
	for name, losses := range map[string][]float64{"falling": losses, "diverged": risingLosses(300)} {
		img := decode(t, mustDraw(t, func() ([]byte, error) { return Loss("", losses, 50, warmUpAndCosine(300, 50)) }))
		if img.Bounds().Size() != image.Pt(1200, 945) {
			t.Errorf("%s: size %v", name, img.Bounds().Size())
		}
		const rateGreen = 0x2ca02c
		if n := shows(t, img, rateGreen); n < 2500 {
			t.Errorf("%s: %d pixels of the learning rate", name, n)
		}
		// Both frames begin and end at the same column of pixels.
		above, below := inkColumns(img, 100, 600), inkColumns(img, 720, 840)
		if len(above) < 2 || len(below) < 2 || above[0] != below[0] || above[len(above)-1] != below[len(below)-1] {
			t.Errorf("%s: vertical lines at %v above and %v below", name, above, below)
		}
	}
}

// A run that diverges may have had any rate: that is no error of its picture,
// which would take the place of the run's own.
func TestLossShowsAnyLearningRate(t *testing.T) {
	t.Parallel()
	for _, rates := range [][]float64{{1e200, 1e100}, {math.MaxFloat64, 1e300}, {0, 5e-324}, {1e-300, 1e300}} {
		img := decode(t, mustDraw(t, func() ([]byte, error) { return Loss("", []float64{1, 2}, 50, rates) }))
		if img.Bounds().Size() != image.Pt(1200, 945) {
			t.Errorf("%v: size %v", rates, img.Bounds().Size())
		}
	}
}

// inkColumns returns the columns of a picture that are ink alone between two
// rows.
func inkColumns(img *image.RGBA, top, bottom int) (columns []int) {
	for x := range img.Bounds().Dx() {
		y := top
		for y < bottom && step(img.RGBAAt(x, y), color.RGBA(ink)) <= 50 {
			y++
		}
		if y == bottom {
			columns = append(columns, x)
		}
	}
	return columns
}

func TestLossNotesWhatItLeavesOut(t *testing.T) {
	kept, note := drawable([]float64{1, math.Inf(-1), 2, math.NaN(), 1e200})
	if want := "3 of 5 losses are not finite and left out, the first at batch 1"; note != want {
		t.Errorf("note %q, want %q", note, want)
	}
	if kept[0] != 1 || kept[2] != 2 || isNumber(kept[1]) || isNumber(kept[3]) || isNumber(kept[4]) {
		t.Errorf("kept %v", kept)
	}
	if _, note := drawable([]float64{1, 2}); note != "" {
		t.Errorf("note %q without a reason", note)
	}
}

func TestLossIsLogarithmicOnlyWhenItDiverges(t *testing.T) {
	for _, test := range []struct {
		name   string
		losses []float64
		want   bool
	}{
		{"falling to nothing", []float64{2.3, 1, 1e-3, 1e-6, 1e-7}, false},
		{"a large start", []float64{90, 1, 1, 1}, false},
		{"all large", []float64{1e6, 2e6, 3e6}, false},
		{"a spike", []float64{2, 2, 2, 1e6}, true},
		{"a spike over negative values", []float64{-2, 2, 2, 1e6}, false},
	} {
		if got := logarithmic(slices.Sorted(slices.Values(test.losses))); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

func TestLogarithmicAxisEndsBelowTheUsualLosses(t *testing.T) {
	for _, test := range []struct {
		sorted []float64
		want   float64
	}{
		{[]float64{0.5, 2, 1e30}, 0.5},
		{[]float64{0, 0.5, 2, 3, 1e6}, 0.5},
		{[]float64{0, 1e-12, 2, 3, 1e6}, 2e-6},
		{[]float64{0, 0, 0, 1, 1e6}, 1},
		{[]float64{0, 0, 0, 5e-324, 1e6}, 1e-100},
	} {
		if got := lowerEnd(test.sorted); got != test.want {
			t.Errorf("%v: from %g, want %g", test.sorted, got, test.want)
		}
	}
}

func TestAccuracyShowsEveryKindOfRun(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		epochs int
		value  float64 // of every epoch; 0 for a usual run
		least  int     // pixels of each curve; the legend has 170 of them
	}{
		{"one epoch", 1, 0, 240},
		{"twenty", 20, 0, 4000},
		{"two hundred", 200, 0, 4000},
		{"perfect", 5, 1, 2000},
		{"chance", 5, 0.1, 2000},
	} {
		train, validation := accuracies(test.epochs)
		if test.value != 0 {
			train = slices.Repeat([]float64{test.value}, test.epochs)
			validation = slices.Repeat([]float64{test.value / 1.0001}, test.epochs)
		}
		img := decode(t, mustDraw(t, func() ([]byte, error) { return Accuracy(test.name, train, validation) }))
		if blue, orange := shows(t, img, 0x1f77b4), shows(t, img, 0xff7f0e); blue < test.least || orange < test.least {
			t.Errorf("%s: %d pixels of training, %d of validation", test.name, blue, orange)
		}
	}
}

func TestImagesAreCopiedPixelByPixel(t *testing.T) {
	// 2 × 3 pixels in a lone cell: columns of a whole number of equal pixels.
	im := Image{Pixels: []byte{0, 100, 255, 200, 50, 25}, Rows: 2, Cols: 3}
	img := decode(t, mustDraw(t, func() ([]byte, error) { return Images("", "", []Image{im}, 4) }))
	factor := (widestCell - widestGap) / im.Cols
	left := (img.Bounds().Dx() - im.Cols*factor) / 2
	top := dots(margin)
	for y := range im.Rows * factor {
		for x := range im.Cols * factor {
			want := color.RGBA(rgb(0x010101 * uint32(im.Pixels[y/factor*im.Cols+x/factor])))
			if got := img.RGBAAt(left+x, top+y); got != want {
				t.Fatalf("pixel %d, %d is %v, want %v", x, y, got, want)
			}
		}
	}
}

func TestImagesFitAnyShape(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		images []Image
		cols   int
		want   image.Point
	}{
		{"fewer than cells", rings(7, 28, 28), 5, image.Pt(1198, 530)},
		{"fewer than a row", rings(2, 28, 28), 40, image.Pt(758, 441)},
		{"wide", rings(3, 5, 60), 3, image.Pt(1118, 130)},
		{"tall", rings(3, 600, 2), 3, image.Pt(1118, 705)},
		{"larger than its cell", rings(1, 1000, 1500), 1, image.Pt(398, 329)},
		{"a single pixel", []Image{{Pixels: []byte{7}, Rows: 1, Cols: 1}}, 1, image.Pt(398, 398)},
		{"many columns", rings(100, 28, 28), 50, image.Pt(1638, 132)},
	} {
		img := decode(t, mustDraw(t, func() ([]byte, error) { return Images("", "", test.images, test.cols) }))
		if img.Bounds().Size() != test.want {
			t.Errorf("%s: %v, want %v", test.name, img.Bounds().Size(), test.want)
		}
	}
}

func TestResizeAveragesWhenItShrinks(t *testing.T) {
	im := Image{Pixels: []byte{0, 10, 100, 110, 20, 30, 120, 131}, Rows: 2, Cols: 4}
	if got := resize(im, 2, 1).Pix; !slices.Equal(got, []byte{15, 115}) {
		t.Errorf("means %v", got)
	}
}

func TestConfusionIsSquareForAnyClasses(t *testing.T) {
	t.Parallel()
	long := slices.Repeat([]string{strings.Repeat("Λ long^name\n", 9)}, 12)
	for _, classes := range [][]string{{"only"}, {"no", "yes"}, fashion, long, slices.Repeat(long, 3), letters[10:36], letters, slices.Repeat(fashion, 10), slices.Repeat(letters[:32], 8)} {
		counts := confusion(len(classes))
		counts[0] = make([]int, len(classes)) // a class without examples
		counts[len(classes)-1][0] = 123_456
		img := decode(t, mustDraw(t, func() ([]byte, error) { return Confusion("", counts, classes) }))
		if size := img.Bounds().Size(); size.X != 1200 || size.Y < 700 || size.Y > 1250 {
			t.Errorf("%d classes: %v", len(classes), size)
		}
	}
}

// However many classes there are, their names do not run into each other, and
// none is left out that has room.
func TestClassNamesHaveRoom(t *testing.T) {
	long := make([]string, mostClasses)
	for i := range long {
		long[i] = fmt.Sprint("Class name ", i)
	}
	for _, classes := range [][]string{letters[:2], fashion, letters[10:36], long[:26], long[:36], letters, long[:47], long[:100], long} {
		n := float64(len(classes))
		ch := chart{Plot: newPlot()}
		ch.X.Min, ch.X.Max, ch.Y.Min, ch.Y.Max = -0.5, n-0.5, -0.5, n-0.5
		_, c := newSheet(sheetWidth, sheetWidth)
		nameClasses(ch, c, classes)
		names := ch.X.Tick.Marker.Ticks(ch.X.Min, ch.X.Max)
		data, style := ch.data(c), ch.X.Tick.Label
		pitch := (data.Max.X - data.Min.X) / vg.Length(n) * vg.Length(names[1].Value)
		room := pitch
		switch style.Rotation {
		case 0:
			for _, name := range names {
				room = min(room, pitch-style.Width(name.Label)+style.Font.Size)
			}
		case math.Pi / 4:
			room = pitch / math.Sqrt2
		}
		if room < style.Font.Size || style.Font.Size < smallestName {
			t.Errorf("%d classes like %s, turned by %.1f: names of size %v with room for %v", len(classes), classes[0], style.Rotation, style.Font.Size, room)
		}
		if len(names) < min(len(classes), 26) {
			t.Errorf("%d of %d classes are named", len(names), len(classes))
		}
	}
}

func TestErrorsSayWhatAndWhy(t *testing.T) {
	gray := Image{Pixels: make([]byte, 6), Rows: 2, Cols: 3}
	for _, test := range []struct {
		name string
		draw func() ([]byte, error)
		want string
	}{
		{"no losses", func() ([]byte, error) { return Loss("", nil, 50, nil) }, "there are no losses"},
		{"no window", func() ([]byte, error) { return Loss("", []float64{1}, 0, nil) }, "window is 0"},
		{"no finite loss", func() ([]byte, error) { return Loss("", []float64{math.NaN(), math.Inf(1)}, 50, nil) }, "none of the 2 losses is finite"},
		{"rates", func() ([]byte, error) { return Loss("", []float64{1, 2}, 1, []float64{1}) }, "1 learning rates for 2 losses"},
		{"negative rate", func() ([]byte, error) { return Loss("", []float64{1, 2}, 1, []float64{1, -1}) }, "learning rate of batch 1 is -1"},
		{"rate not a number", func() ([]byte, error) { return Loss("", []float64{1}, 1, []float64{math.NaN()}) }, "learning rate of batch 0 is NaN"},
		{"no losses of epochs", func() ([]byte, error) { return Losses("", "", nil, nil, 1) }, "there is no epoch"},
		{"losses of epochs", func() ([]byte, error) { return Losses("", "", []float64{1}, nil, 1) }, "1 training but 0 validation losses"},
		{"best epoch", func() ([]byte, error) { return Losses("", "", []float64{1}, []float64{1}, 0) }, "best epoch is 0, give one of the 1"},
		{"best epoch too late", func() ([]byte, error) { return Losses("", "", []float64{1}, []float64{1}, 2) }, "best epoch is 2"},
		{"infinite loss", func() ([]byte, error) { return Losses("", "", []float64{1, 2}, []float64{1, math.Inf(1)}, 1) }, "that of epoch 2 is +Inf"},
		{"no rates", func() ([]byte, error) { return Rates("", "", nil, nil, nil, nil) }, "there is no rate"},
		{"losses of rates", func() ([]byte, error) { return Rates("", "", []float64{1}, nil, []float64{1}, nil) }, "0 losses and 1 smoothed ones for 1 rates"},
		{"smoothed losses", func() ([]byte, error) { return Rates("", "", []float64{1}, []float64{1}, nil, nil) }, "1 losses and 0 smoothed"},
		{"rate 0", func() ([]byte, error) { return Rates("", "", []float64{0}, []float64{1}, []float64{1}, nil) }, "rate 0 is 0"},
		{"falling rates", func() ([]byte, error) {
			return Rates("", "", []float64{2, 1}, []float64{1, 1}, []float64{1, 1}, nil)
		}, "rate 1 is 1, give growing ones"},
		{"loss at a rate", func() ([]byte, error) { return Rates("", "", []float64{2}, []float64{math.NaN()}, []float64{1}, nil) }, "losses at the rate 2 are NaN and 1"},
		{"marked rate", func() ([]byte, error) {
			return Rates("", "", []float64{2}, []float64{1}, []float64{1}, []Mark{{"best", -1}})
		}, `rate "best" is -1`},
		{"no epochs", func() ([]byte, error) { return Accuracy("", nil, nil) }, "there is no epoch"},
		{"lengths", func() ([]byte, error) { return Accuracy("", []float64{1}, nil) }, "1 training but 0 validation"},
		{"percents", func() ([]byte, error) { return Accuracy("", []float64{1, 93}, []float64{1, 1}) }, "training accuracy 93 of epoch 2"},
		{"not a number", func() ([]byte, error) { return Accuracy("", []float64{1}, []float64{math.NaN()}) }, "validation accuracy NaN of epoch 1"},
		{"no images", func() ([]byte, error) { return Images("", "", nil, 4) }, "there are none"},
		{"no columns", func() ([]byte, error) { return Images("", "", []Image{gray}, 0) }, "0 images per row"},
		{"empty image", func() ([]byte, error) { return Images("", "", []Image{gray, {}}, 4) }, "image 1 is 0×0"},
		{"overflow", func() ([]byte, error) { return Images("", "", []Image{{Rows: 1 << 62, Cols: 4}}, 4) }, "has 0 pixels"},
		{"pixels", func() ([]byte, error) { return Images("", "", []Image{{Pixels: gray.Pixels, Rows: 2, Cols: 2}}, 4) }, "2×2 but has 6 pixels"},
		{"too many", func() ([]byte, error) { return Images("", "", slices.Repeat([]Image{gray}, 2000), 2) }, "give fewer images"},
		{"no classes", func() ([]byte, error) { return Confusion("", nil, nil) }, "0 classes"},
		{"many classes", func() ([]byte, error) { return Confusion("", nil, make([]string, 257)) }, "257 classes"},
		{"rows", func() ([]byte, error) { return Confusion("", [][]int{{1}}, fashion[:2]) }, "1 rows for 2 classes"},
		{"counts", func() ([]byte, error) { return Confusion("", [][]int{{1, 2}, {1}}, fashion[:2]) }, "row 1 has 1 counts"},
		{"negative", func() ([]byte, error) { return Confusion("", [][]int{{1, 2}, {-3, 1}}, fashion[:2]) }, "count -3 in row 1, column 0"},
		{"nothing counted", func() ([]byte, error) { return Confusion("", [][]int{{0}}, fashion[:1]) }, "all counts are 0"},
	} {
		b, err := test.draw()
		if err == nil || b != nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %d bytes, error %v, want one with %q", test.name, len(b), err, test.want)
		}
	}
}

// Whatever the numbers, a figure is a picture or an error.
func TestNothingPanics(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.SampledFrom([]func(*rapid.T) ([]byte, error){
			func(t *rapid.T) ([]byte, error) {
				losses := rapid.SliceOfN(rapid.Float64(), 0, 40).Draw(t, "losses")
				rates := rapid.SliceOfN(rapid.Float64Range(0, math.MaxFloat64), len(losses), len(losses)).Draw(t, "rates")
				return Loss("", losses, rapid.IntRange(-1, 20).Draw(t, "window"), rates)
			},
			func(t *rapid.T) ([]byte, error) {
				n := rapid.IntRange(1, 9).Draw(t, "rates")
				losses := rapid.SliceOfN(rapid.Float64Range(-overflowing, overflowing), n, n)
				marks := []Mark{{rapid.String().Draw(t, "name"), rapid.Float64Range(vanishing, overflowing).Draw(t, "mark")}}
				return Rates("", "", indices(1, n), losses.Draw(t, "losses"), losses.Draw(t, "smoothed"), marks)
			},
			func(t *rapid.T) ([]byte, error) {
				n := rapid.IntRange(1, 9).Draw(t, "epochs")
				losses := rapid.SliceOfN(rapid.Float64Range(-overflowing, overflowing), n, n)
				return Losses(rapid.String().Draw(t, "title"), rapid.String().Draw(t, "note"), losses.Draw(t, "train"), losses.Draw(t, "validation"), rapid.IntRange(0, n).Draw(t, "best"))
			},
			func(t *rapid.T) ([]byte, error) {
				shares := rapid.SliceOfN(rapid.Float64Range(0, 1), 3, 3)
				return Accuracy(rapid.String().Draw(t, "title"), shares.Draw(t, "train"), shares.Draw(t, "validation"))
			},
			func(t *rapid.T) ([]byte, error) {
				rows, cols := rapid.IntRange(-1, 50).Draw(t, "rows"), rapid.IntRange(-1, 50).Draw(t, "cols")
				im := Image{Pixels: make([]byte, max(0, rows*cols)), Rows: rows, Cols: cols, Title: rapid.String().Draw(t, "title")}
				return Images("", "", slices.Repeat([]Image{im}, rapid.IntRange(0, 9).Draw(t, "images")), rapid.IntRange(-1, 9).Draw(t, "columns"))
			},
			func(t *rapid.T) ([]byte, error) {
				classes := rapid.SliceOfN(rapid.String(), 2, 2).Draw(t, "classes")
				row := rapid.SliceOfN(rapid.IntMin(0), 2, 2)
				return Confusion("", [][]int{row.Draw(t, "first"), row.Draw(t, "second")}, classes)
			},
		}).Draw(t, "figure")
		if b, err := draw(t); (err == nil) != (len(b) > 0) {
			t.Fatalf("%d bytes, error %v", len(b), err)
		}
	})
}
