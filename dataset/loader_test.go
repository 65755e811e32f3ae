package dataset

import (
	"math"
	"slices"
	"testing"

	"optlab/random"
)

// mustLoader returns a Loader or ends the test.
func mustLoader(t testing.TB, set *Images, indices []int, cfg LoaderConfig) *Loader {
	t.Helper()
	l, err := NewLoader(set, indices, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// pass runs a whole pass over numbered images and returns the index of each
// image, batch by batch. It fails the test if pixels and labels disagree.
func pass(t *testing.T, l *Loader, s *random.Stream) (batches [][]int) {
	t.Helper()
	l.Start(s)
	for n := l.NextSize(); n > 0; n = l.NextSize() {
		x, labels, batch := make([]float32, 2*n), make([]int, n), make([]int, n)
		if err := l.Next(x, labels); err != nil {
			t.Fatal(err)
		}
		for k := range batch {
			i := int(math.Round(float64(x[2*k]) * 255))
			if second := float32(byte(2*i)) / 255; x[2*k+1] != second || labels[k] != i%10 {
				t.Fatalf("image %d came with second pixel %v and label %d", i, x[2*k+1], labels[k])
			}
			batch[k] = i
		}
		batches = append(batches, batch)
	}
	return batches
}

// The indices 100 … 100+n−1 pass in the order in which torch's DataLoader
// yields them, and leave the stream where torch's generator is.
func TestLoaderFollowsTorch(t *testing.T) {
	cases := readReference(t).Loaders
	if len(cases) == 0 {
		t.Fatal("no reference")
	}
	for _, c := range cases {
		indices := make([]int, c.N)
		for i := range indices {
			indices[i] = 100 + i
		}
		cfg := LoaderConfig{BatchSize: c.Batch, DropLast: c.DropLast, Pixels: UnitInterval}
		plain := mustLoader(t, numberedSet(120), indices, cfg)
		cfg.Shuffle = true
		shuffled := mustLoader(t, numberedSet(120), indices, cfg)

		s := random.New(c.Seed)
		for i, want := range c.Passes {
			l := []*Loader{shuffled, plain}[i%2]
			got := pass(t, l, s)
			if !slices.EqualFunc(got, want, slices.Equal[[]int]) {
				t.Errorf("n %d, batch %d, seed %d, pass %d: %v, torch has %v", c.N, c.Batch, c.Seed, i, got, want)
			}
			if l.Batches() != len(want) {
				t.Errorf("n %d, batch %d: Batches() = %d, torch has %d", c.N, c.Batch, l.Batches(), len(want))
			}
		}
		next := make([]float32, 1)
		if s.Uniform(next, 0, 1); next[0] != c.NextUniform {
			t.Errorf("seed %d: the stream goes on with %v, torch with %v", c.Seed, next[0], c.NextUniform)
		}
	}
}

func TestLoaderPassCoversEveryIndexOnce(t *testing.T) {
	indices := []int{3, 1, 4, 15, 9, 2, 6}
	for _, c := range []struct {
		batch, batches, samples int
		dropLast                bool
	}{
		{1, 7, 7, false}, {3, 3, 7, false}, {7, 1, 7, false}, {100, 1, 7, false}, {math.MaxInt, 1, 7, false},
		{1, 7, 7, true}, {3, 2, 6, true}, {7, 1, 7, true},
	} {
		l := mustLoader(t, numberedSet(20), indices,
			LoaderConfig{BatchSize: c.batch, Shuffle: true, DropLast: c.dropLast, Pixels: UnitInterval})
		if l.Batches() != c.batches || l.Len() != c.samples {
			t.Errorf("%+v: Batches() = %d, Len() = %d", c, l.Batches(), l.Len())
		}
		s := random.New(5)
		for range 3 {
			batches := pass(t, l, s)
			seen := slices.Concat(batches...)
			slices.Sort(seen)
			if len(batches) != c.batches || len(seen) != c.samples {
				t.Errorf("%+v: %d batches of %d samples", c, len(batches), len(seen))
			}
			if len(slices.Compact(seen)) != c.samples {
				t.Errorf("%+v: an index came twice: %v", c, seen)
			}
			for _, i := range seen {
				if !slices.Contains(indices, i) {
					t.Errorf("%+v: index %d was not asked for", c, i)
				}
			}
		}
	}
}

func TestLoaderWithoutIndicesTakesTheWholeSet(t *testing.T) {
	l := mustLoader(t, numberedSet(5), nil, LoaderConfig{BatchSize: 2, Pixels: UnitInterval})
	want := [][]int{{0, 1}, {2, 3}, {4}}
	if got := pass(t, l, nil); !slices.EqualFunc(got, want, slices.Equal[[]int]) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestLoaderKeepsItsOwnIndices(t *testing.T) {
	indices := []int{0, 1}
	l := mustLoader(t, numberedSet(5), indices, LoaderConfig{BatchSize: 2, Pixels: UnitInterval})
	indices[0] = 1000
	if got := pass(t, l, nil); !slices.Equal(got[0], []int{0, 1}) {
		t.Errorf("got %v", got)
	}
}

func TestLoaderStartAbandonsAPass(t *testing.T) {
	l := mustLoader(t, numberedSet(5), nil, LoaderConfig{BatchSize: 2, Pixels: UnitInterval})
	l.Start(nil)
	if err := l.Next(make([]float32, 4), make([]int, 2)); err != nil {
		t.Fatal(err)
	}
	if got := pass(t, l, nil); len(got) != 3 {
		t.Errorf("after a new Start: %v", got)
	}
}

func TestNextRefusesWhatDoesNotFit(t *testing.T) {
	l := mustLoader(t, numberedSet(3), nil, LoaderConfig{BatchSize: 2, Pixels: UnitInterval})
	if l.NextSize() != 0 || l.Next(make([]float32, 4), make([]int, 2)) == nil {
		t.Error("a batch before Start")
	}
	l.Start(nil)
	for _, c := range []struct{ x, labels int }{{3, 2}, {5, 2}, {4, 1}, {4, 3}, {2, 1}, {0, 0}} {
		if l.Next(make([]float32, c.x), make([]int, c.labels)) == nil {
			t.Errorf("no error for %d values and %d labels", c.x, c.labels)
		}
	}
	if got := l.NextSize(); got != 2 {
		t.Errorf("refused calls consumed something: next size %d", got)
	}
	pass(t, l, nil)
	if l.Next(nil, nil) == nil {
		t.Error("no error after the last batch")
	}
}

func TestNewLoaderRefuses(t *testing.T) {
	ok := LoaderConfig{BatchSize: 2, Pixels: UnitInterval}
	for name, c := range map[string]struct {
		set     *Images
		indices []int
		cfg     LoaderConfig
	}{
		"empty set":        {&Images{Rows: 1, Cols: 1}, nil, ok},
		"set without size": {&Images{Labels: []byte{1}}, nil, ok},
		"more labels":      {&Images{Pixels: make([]byte, 4), Labels: make([]byte, 3), Rows: 1, Cols: 2}, nil, ok},
		"half an image":    {&Images{Pixels: make([]byte, 5), Labels: make([]byte, 2), Rows: 1, Cols: 2}, nil, ok},
		"no index":         {numberedSet(3), []int{}, ok},
		"negative index":   {numberedSet(3), []int{0, -1}, ok},
		"index beyond":     {numberedSet(3), []int{3}, ok},
		"batch size 0":     {numberedSet(3), nil, LoaderConfig{}},
		"batch size -1":    {numberedSet(3), nil, LoaderConfig{BatchSize: -1, Pixels: UnitInterval}},
		"no full batch":    {numberedSet(3), nil, LoaderConfig{BatchSize: 4, DropLast: true, Pixels: UnitInterval}},
		"unknown range":    {numberedSet(3), nil, LoaderConfig{BatchSize: 2, Pixels: "int8"}},
	} {
		if l, err := NewLoader(c.set, c.indices, c.cfg); err == nil || l != nil {
			t.Errorf("%s: got %v, %v", name, l, err)
		}
	}
}

func TestNextDoesNotAllocate(t *testing.T) {
	l := mustLoader(t, numberedSet(200), nil, LoaderConfig{BatchSize: 1, Shuffle: true, Pixels: UnitInterval})
	l.Start(random.New(1))
	x, labels := make([]float32, 2), make([]int, 1)
	allocs := testing.AllocsPerRun(100, func() {
		if err := l.Next(x, labels); err != nil {
			t.Fatal(err)
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations per batch", allocs)
	}
}

func TestPixelRangesEqualTorch(t *testing.T) {
	ref := readReference(t).Normalization
	for n, want := range map[PixelRange][]uint32{UnitInterval: ref.Unit, Symmetric: ref.Symmetric} {
		pixels := make([]byte, 256)
		for p := range pixels {
			pixels[p] = byte(p)
		}
		set := &Images{Pixels: pixels, Labels: []byte{0}, Rows: 16, Cols: 16}
		l := mustLoader(t, set, nil, LoaderConfig{BatchSize: 1, Pixels: n})
		l.Start(nil)
		values := make([]float32, len(pixels))
		if err := l.Next(values, make([]int, 1)); err != nil || len(want) != len(values) {
			t.Fatalf("range %s: %d reference values, %v", n, len(want), err)
		}
		for p, v := range values {
			if math.Float32bits(v) != want[p] {
				t.Errorf("range %s: pixel %d becomes %v, torch has %v", n, p, v, math.Float32frombits(want[p]))
			}
		}
	}
}

func TestLoaderScales(t *testing.T) {
	set := &Images{Pixels: []byte{0, 255}, Labels: []byte{7}, Rows: 1, Cols: 2}
	for n, want := range map[PixelRange][]float32{UnitInterval: {0, 1}, Symmetric: {-1, 1}} {
		l := mustLoader(t, set, nil, LoaderConfig{BatchSize: 1, Pixels: n})
		l.Start(nil)
		x := make([]float32, 2)
		if err := l.Next(x, make([]int, 1)); err != nil || !slices.Equal(x, want) {
			t.Errorf("range %s: %v, %v; want %v", n, x, err, want)
		}
	}
}

func BenchmarkNext(b *testing.B) {
	set := &Images{Pixels: make([]byte, 1000*784), Labels: make([]byte, 1000), Rows: 28, Cols: 28}
	l := mustLoader(b, set, nil, LoaderConfig{BatchSize: 16, Shuffle: true, Pixels: UnitInterval})
	x, labels := make([]float32, 16*784), make([]int, 16)
	s := random.New(1)
	b.SetBytes(16 * 784)
	for b.Loop() {
		if l.NextSize() != 16 {
			l.Start(s)
		}
		if err := l.Next(x, labels); err != nil {
			b.Fatal(err)
		}
	}
}
