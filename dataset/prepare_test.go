package dataset

import (
	"math"
	"slices"
	"strings"
	"testing"

	"optlab/random"
)

// The two preparations of the notebook.
var (
	part1 = Preparation{Split: NumPySplit, Pixels: UnitInterval, ShuffleValidation: true}
	part4 = Preparation{Split: TorchSplit, Pixels: Symmetric, DropLast: true}
)

// numberedDataset has 200 numbered images to train and 50 to test.
func numberedDataset() *Set {
	return &Set{Name: "numbers", Train: numberedSet(200), Test: numberedSet(50)}
}

// Part 1 keeps the last, short training batch; part 4 drops it. Both have all
// images for validation and test, these in order.
func TestPrepare(t *testing.T) {
	for name, c := range map[string]struct {
		preparation                Preparation
		train, batches, validation int
		low                        float32 // what black becomes
	}{
		"part 1": {part1, 160, 4, 40, 0},
		"part 4": {part4, 144, 3, 33, -1}, // of 167 images, 23 do not fill a batch
	} {
		t.Run(name, func(t *testing.T) {
			l, err := Prepare(numberedDataset(), c.preparation, 48, 0, random.New(42), 0)
			if err != nil {
				t.Fatal(err)
			}
			if l.Train.Len() != c.train || l.Train.Batches() != c.batches || l.Validation.Len() != c.validation || l.Test.Len() != 50 {
				t.Errorf("%d images in %d batches to train, %d to validate, %d to test",
					l.Train.Len(), l.Train.Batches(), l.Validation.Len(), l.Test.Len())
			}
			l.Test.Start(nil)
			x, labels := make([]float32, 100), make([]int, 50)
			if err := l.Test.Next(x, labels); err != nil {
				t.Fatal(err)
			}
			if second := c.low + (1-c.low)/255; x[0] != c.low || math.Abs(float64(x[2]-second)) > 1e-7 {
				t.Errorf("the pixels 0 and 1 became %v and %v, want %v and %v", x[0], x[2], c.low, second)
			}
			for i, label := range labels {
				if label != i%10 {
					t.Fatal("the test images are not in order")
				}
			}
		})
	}
}

// A limit takes the first samples of each part: those of the split, and of the
// test; one that is larger than a part takes all of it.
func TestPrepareLimit(t *testing.T) {
	all, err := Prepare(numberedDataset(), part1, 16, 0, random.New(42), 0)
	if err != nil {
		t.Fatal(err)
	}
	for limit, want := range map[int][3]int{20: {20, 20, 20}, 45: {45, 40, 45}, 160: {160, 40, 50}, 1000: {160, 40, 50}} {
		l, err := Prepare(numberedDataset(), part1, 16, limit, random.New(42), 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := [3]int{l.Train.Len(), l.Validation.Len(), l.Test.Len()}; got != want {
			t.Errorf("limit %d: %v samples, want %v", limit, got, want)
		}
		for part, loaders := range map[string][2]*Loader{"train": {l.Train, all.Train}, "validation": {l.Validation, all.Validation}, "test": {l.Test, all.Test}} {
			n := loaders[0].Len()
			x, labels, err := loaders[0].First(n)
			y, wanted, err2 := loaders[1].First(n)
			if err != nil || err2 != nil || !slices.Equal(x, y) || !slices.Equal(labels, wanted) {
				t.Errorf("limit %d: the samples of %s are not the first: %v, %v", limit, part, err, err2)
			}
		}
	}
}

// NumPy's split does not depend on the seed, torch's does and is all that is
// drawn.
func TestPrepareDraws(t *testing.T) {
	for _, c := range []struct {
		preparation Preparation
		draw        func(*random.Stream)
	}{{part1, func(*random.Stream) {}}, {part4, func(s *random.Stream) { s.Perm(200) }}} {
		stream, want := random.New(5), random.New(5)
		if _, err := Prepare(numberedDataset(), c.preparation, 16, 0, stream, 0); err != nil {
			t.Fatal(err)
		}
		c.draw(want)
		if stream.Uint32() != want.Uint32() {
			t.Errorf("split %s drew something else", c.preparation.Split)
		}
	}
}

// First gives the samples of an unshuffled pass, and disturbs no pass under
// way.
func TestFirst(t *testing.T) {
	indices := []int{7, 3, 9, 1, 4}
	l := mustLoader(t, numberedSet(20), indices, LoaderConfig{BatchSize: 2, Shuffle: true, Pixels: UnitInterval})
	stream := random.New(3)
	want := pass(t, l, random.New(3))
	l.Start(stream)
	if err := l.Next(make([]float32, 4), make([]int, 2)); err != nil {
		t.Fatal(err)
	}
	x, labels, err := l.First(4)
	if err != nil || !slices.Equal(labels, []int{7, 3, 9, 1}) || len(x) != 8 || x[2] != 3.0/255 || x[3] != 6.0/255 {
		t.Errorf("the first are %v with labels %v, %v", x, labels, err)
	}
	rest := make([]int, 2)
	if err := l.Next(make([]float32, 4), rest); err != nil || !slices.Equal(rest, want[1]) {
		t.Errorf("the pass goes on with %v, %v, want %v", rest, err, want[1])
	}
	for _, n := range []int{-1, 0, 6} {
		if _, _, err := l.First(n); err == nil || !strings.Contains(err.Error(), "there are 5") {
			t.Errorf("the first %d: %v", n, err)
		}
	}
}

func TestPrepareErrors(t *testing.T) {
	single := &Set{Name: "single", Train: numberedSet(1), Test: numberedSet(1)}
	none := &Set{Name: "none", Train: numberedSet(20), Test: new(Images)}
	strange, odd := part1, part4
	strange.Split, odd.Pixels = "thirds", "int8"
	for name, c := range map[string]struct {
		set         *Set
		preparation Preparation
		batch       int
		limit       int
		want        []string
	}{
		"batch 0":         {numberedDataset(), part1, 0, 0, []string{"training data", "batch size 0"}},
		"batch too large": {numberedDataset(), part4, 168, 0, []string{"training data", "167", "168"}},
		"limit":           {numberedDataset(), part1, 1, -1, []string{"first -1 samples"}},
		"limit too small": {numberedDataset(), part4, 16, 15, []string{"training data", "15", "16"}},
		"one image":       {single, part4, 1, 0, []string{"splitting single"}},
		"no test images":  {none, part4, 1, 0, []string{"test data"}},
		"unknown split":   {numberedDataset(), strange, 1, 0, []string{`"thirds"`, "numpy, torch"}},
		"unknown range":   {numberedDataset(), odd, 1, 0, []string{`"int8"`, "unit, symmetric"}},
	} {
		_, err := Prepare(c.set, c.preparation, c.batch, c.limit, random.New(1), 0)
		for _, part := range c.want {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%s: got %v, want %q", name, err, part)
			}
		}
	}
	if _, err := Prepare(numberedDataset(), part1, 1000, 0, random.New(1), 0); err != nil {
		t.Errorf("one short batch: %v", err)
	}
}

// A bound of threads changes nothing but the threads.
func TestThreadsOfALoader(t *testing.T) {
	images := &Images{Pixels: make([]byte, 3000*784), Labels: make([]byte, 3000), Rows: 28, Cols: 28}
	for i := range images.Pixels {
		images.Pixels[i] = byte(i * 7 / 3)
	}
	var all [][]float32
	for _, threads := range []int{0, 1, 2} {
		l := mustLoader(t, images, nil, LoaderConfig{BatchSize: 3000, Pixels: Symmetric, Threads: threads})
		l.Start(nil)
		x := make([]float32, len(images.Pixels))
		if err := l.Next(x, make([]int, 3000)); err != nil {
			t.Fatal(err)
		}
		all = append(all, x)
	}
	if !slices.Equal(all[0], all[1]) || !slices.Equal(all[0], all[2]) {
		t.Error("the values depend on the number of threads")
	}
}

// The names in a configuration are those that the tables have.
func TestNames(t *testing.T) {
	if !slices.Equal(Splits(), []Split{NumPySplit, TorchSplit}) || !slices.Equal(PixelRanges(), []PixelRange{UnitInterval, Symmetric}) {
		t.Errorf("the splits are %v, the ranges %v", Splits(), PixelRanges())
	}
}
