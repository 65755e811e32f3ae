package figures

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden images in testdata/golden")

// Two pictures are the same if at most maxDifferent pixels differ by more than
// maxStep in a channel: rounding may shift an edge's shade, but a single
// changed digit alters over a hundred.
const (
	maxDifferent = 40
	maxStep      = 32
)

var fashion = []string{"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"}

// letters are the 47 classes of EMNIST's balanced split.
var letters = strings.Split("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt", "")

// fallingLosses imitates the batch losses of a training: decreasing, with noise
// in proportion.
func fallingLosses(n int) []float64 {
	r := rand.New(rand.NewPCG(1, 2))
	losses := make([]float64, n)
	for i := range losses {
		level := 2.3*math.Exp(-8*float64(i)/float64(n)) + 0.25
		losses[i] = level * math.Exp(0.4*r.NormFloat64())
	}
	return losses
}

// risingLosses imitates a run that diverges and ends in NaN.
func risingLosses(n int) []float64 {
	losses := make([]float64, n)
	for i := range losses {
		losses[i] = 2.3 * math.Exp(15*float64(i)/float64(n)) * (1 + 0.3*math.Sin(float64(i)))
		if i > n*9/10 {
			losses[i] = math.NaN()
		}
	}
	return losses
}

// warmUpAndCosine returns the learning rates of n batches that rise linearly in
// the first and then fall to 0 along half a cosine.
func warmUpAndCosine(n, first int) []float64 {
	rates := make([]float64, n)
	for i := range rates {
		rates[i] = 0.05 * (1 + math.Cos(math.Pi*float64(i)/float64(n))) * math.Min(1, float64(i+1)/float64(first))
	}
	return rates
}

func accuracies(n int) (train, validation []float64) {
	for i := range n {
		x := float64(i)
		train = append(train, 0.985-0.055*math.Exp(-x/5))
		validation = append(validation, 0.978-0.03*math.Exp(-x/3)+0.001*math.Sin(2*x))
	}
	return train, validation
}

// rings returns n gray images of rings of growing radius.
func rings(n, rows, cols int) []Image {
	images := make([]Image, n)
	for i := range images {
		im := Image{Pixels: make([]byte, rows*cols), Rows: rows, Cols: cols, Title: fashion[i%len(fashion)]}
		for p := range im.Pixels {
			r := math.Hypot(float64(p/cols)-float64(rows)/2, float64(p%cols)-float64(cols)/2)
			im.Pixels[p] = byte(255 * math.Exp(-math.Pow(r-float64(3+i/2), 2)/4))
		}
		images[i] = im
	}
	return images
}

func confusion(n int) [][]int {
	r := rand.New(rand.NewPCG(3, 4))
	counts := make([][]int, n)
	for i := range counts {
		counts[i] = make([]int, n)
		for j := range counts[i] {
			counts[i][j] = int(8 * r.ExpFloat64() * r.Float64())
		}
		counts[i][i] = 980 - r.IntN(60)
	}
	return counts
}

// spiked are losses with a few that are far above the others.
func spiked(n int) []float64 {
	losses := fallingLosses(n)
	for i := range 3 {
		losses[n/2+i] = 2.3 * math.Pow(10, float64(3+i))
	}
	return losses
}

// overfitted imitates the losses of epochs of which the later ones overfit.
func overfitted(n int) (train, validation []float64) {
	for i := range n {
		x := float64(i)
		train = append(train, 0.6*math.Exp(-x/5)+0.02)
		validation = append(validation, 0.5*math.Exp(-x/3)+0.15+0.012*x+0.006*math.Sin(3*x))
	}
	return train, validation
}

// rangeTest imitates a range test of learning rates, with a few losses far
// above the others.
func rangeTest(n int) (rates, losses, smoothed []float64) {
	for i := range n {
		x := float64(i) / float64(n)
		rates = append(rates, 1e-7*math.Pow(1e8, x))
		smoothed = append(smoothed, 2.3-1.8/(1+math.Exp(-40*(x-0.7)))+math.Exp(60*(x-0.98)))
		losses = append(losses, smoothed[i]*(1+0.1*math.Sin(50*float64(i))))
	}
	losses[n-5] = 2.3e5
	return rates, losses, smoothed
}

// ratesTitle is the title of a range test.
const ratesTitle = "Loss against learning rate: mnist, 784-128-10, sgd"

// mistaken returns images with titles and captions.
func mistaken(n int) []Image {
	images := rings(n, 28, 28)
	for i := range images {
		images[i].Caption = fmt.Sprintf("%s\n%.2f %%", fashion[(i+7)%len(fashion)], 99.99-float64(i))
	}
	return images
}

// run is a title of a figure of a run.
func run(what string) string { return what + ": mnist, 784-128-10, sgd 0.1" }

// Notes below the titles.
const (
	overfits = "Overfitting from epoch 10 on: validation loss rises, training loss falls."
	captions = "Above each image what it shows, below, in red, what it was taken for and how probable that was"
)

// longTitle does not fit on a line.
const longTitle = "Confusion matrix of letters by a network of many layers, 784-512-512-256-256-128-128-64-64-47 leakyrelu, adamw 0.001 (cosine, after a warm-up of 500 batches)"

// figure is a golden image's name and two ways to draw it: as it is stored, and
// with one number changed.
type figure struct {
	name           string
	stored, strays func() ([]byte, error)
}

func goldenFigures() []figure {
	losses, stray := fallingLosses(3000), fallingLosses(3000)
	stray[2000] *= 3
	rising, longer := risingLosses(1000), risingLosses(1000)
	longer[950] = 3
	rates, delayed := warmUpAndCosine(3000, 500), warmUpAndCosine(3000, 550)
	train, validation := accuracies(20)
	better := append([]float64(nil), validation...)
	better[10] += 0.001
	spikes, higher := spiked(1000), spiked(1000)
	higher[700] = 4
	onceTrain, once := overfitted(20)
	_, lower := overfitted(20)
	lower[15] -= 0.02
	wrong, wronger := mistaken(7), mistaken(7)
	wronger[4].Caption = "Bag\n95.98 %"
	tried, tests, smooth := rangeTest(300)
	found, missed := []Mark{{"Suggested", 0.05}, {"Another", 0.12}}, []Mark{{"Suggested", 0.05}, {"Another", 0.13}}
	images, other := rings(10, 28, 28), rings(10, 28, 28)
	other[3].Pixels = rings(6, 28, 28)[5].Pixels
	counts, miscounted := confusion(10), confusion(10)
	counts[6][0], miscounted[6][0] = 130, 131
	balanced, confused := confusion(47), confusion(47)
	balanced[3][40], confused[3][40] = 0, 200
	return []figure{
		{"loss", func() ([]byte, error) { return Loss(run("Training loss per batch"), losses, 50, nil) }, func() ([]byte, error) { return Loss(run("Training loss per batch"), stray, 50, nil) }},
		{"diverged", func() ([]byte, error) { return Loss(run("Training loss per batch"), rising, 50, nil) }, func() ([]byte, error) { return Loss(run("Training loss per batch"), longer, 50, nil) }},
		{"schedule",
			func() ([]byte, error) { return Loss(run("Training loss per batch"), losses, 50, rates) },
			func() ([]byte, error) { return Loss(run("Training loss per batch"), losses, 50, delayed) }},
		{"spikes",
			func() ([]byte, error) { return Loss(run("Training loss per batch"), spikes, 50, nil) },
			func() ([]byte, error) { return Loss(run("Training loss per batch"), higher, 50, nil) }},
		{"losses",
			func() ([]byte, error) { return Losses(run("Loss after each epoch"), overfits, onceTrain, once, 12) },
			func() ([]byte, error) { return Losses(run("Loss after each epoch"), overfits, onceTrain, lower, 12) }},
		{"rates",
			func() ([]byte, error) { return Rates(ratesTitle, "", tried, tests, smooth, found) },
			func() ([]byte, error) { return Rates(ratesTitle, "", tried, tests, smooth, missed) }},
		{"mistakes",
			func() ([]byte, error) { return Images(run("The 7 most confident mistakes"), captions, wrong, 5) },
			func() ([]byte, error) { return Images(run("The 7 most confident mistakes"), captions, wronger, 5) }},
		{"accuracy",
			func() ([]byte, error) { return Accuracy("MNIST, 784-128-10", train, validation) },
			func() ([]byte, error) { return Accuracy("MNIST, 784-128-10", train, better) }},
		{"batch", func() ([]byte, error) { return Images(run("Training images"), "", images, 4) }, func() ([]byte, error) { return Images(run("Training images"), "", other, 4) }},
		{"comparison",
			func() ([]byte, error) {
				return Comparison("Learning rates compared", comparedRuns(0), "lr 10 diverged in epoch 1")
			},
			func() ([]byte, error) {
				return Comparison("Learning rates compared", comparedRuns(0.002), "lr 10 diverged in epoch 1")
			}},
		{"tracks",
			func() ([]byte, error) { return Tracks("fashion, 784-256×20-10, relu, sgd, lr 0.1", tracks(21, 0)) },
			func() ([]byte, error) { return Tracks("fashion, 784-256×20-10, relu, sgd, lr 0.1", tracks(21, 1e3)) }},
		{"confusion",
			func() ([]byte, error) { return Confusion(run("Confusion matrix"), counts, fashion) },
			func() ([]byte, error) { return Confusion(run("Confusion matrix"), miscounted, fashion) }},
		{"confusion47",
			func() ([]byte, error) { return Confusion(run(longTitle), balanced, letters) },
			func() ([]byte, error) { return Confusion(run(longTitle), confused, letters) }},
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for _, f := range append(goldenFigures(), goldenMaps()...) {
		t.Run(f.name, func(t *testing.T) {
			path := filepath.Join("testdata", "golden", f.name+".png")
			drawn := mustDraw(t, f.stored)
			if *update {
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, drawn, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			golden, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("%v; make it with -update", err)
			}
			want := decode(t, golden)
			if err := same(decode(t, drawn), want); err != nil {
				t.Errorf("%v; if the new picture is better, run with -update", err)
			}
			if same(decode(t, mustDraw(t, f.strays)), want) == nil {
				t.Error("a picture with one number changed passes for the golden one")
			}
			if again := mustDraw(t, f.stored); !bytes.Equal(again, drawn) {
				t.Error("the same numbers give different bytes")
			}
		})
	}
}

// same returns an error that tells how two pictures differ, or nil.
func same(got, want *image.RGBA) error {
	if got.Bounds() != want.Bounds() {
		return fmt.Errorf("the picture is %v, not %v", got.Bounds().Size(), want.Bounds().Size())
	}
	different := 0
	for y := range got.Bounds().Dy() {
		for x := range got.Bounds().Dx() {
			if step(got.RGBAAt(x, y), want.RGBAAt(x, y)) > maxStep {
				different++
			}
		}
	}
	if different > maxDifferent {
		return fmt.Errorf("%d pixels differ", different)
	}
	return nil
}

// step returns the largest difference of two colors in a channel.
func step(a, b color.RGBA) int {
	between := func(v, w uint8) int { return max(int(v)-int(w), int(w)-int(v)) }
	return max(between(a.R, b.R), between(a.G, b.G), between(a.B, b.B))
}

func mustDraw(t *testing.T, draw func() ([]byte, error)) []byte {
	t.Helper()
	b, err := draw()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func decode(t *testing.T, b []byte) *image.RGBA {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return img.(*image.RGBA) // what opaque colors decode to
}
