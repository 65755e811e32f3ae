package dataset

import (
	"slices"

	"github.com/pkg/errors"

	"optlab/internal/parallel"
	"optlab/internal/vec"
	"optlab/random"
)

// LoaderConfig says how a Loader makes batches.
type LoaderConfig struct {
	BatchSize int  // samples per batch, at least 1
	Shuffle   bool // a new order each pass; false: the order of the indices
	DropLast  bool // leave out a last batch of fewer than BatchSize samples
	Pixels    PixelRange
	Threads   int // that gather a batch, at most; 0: as many as there are
}

// Loader passes over the chosen images of a list, batch by batch:
//
//	loader.Start(stream)
//	for n := loader.NextSize(); n > 0; n = loader.NextSize() {
//		err := loader.Next(x[:n*images.Features()], labels[:n])
//		…
//	}
//
// It draws from the stream what a torch DataLoader draws, and so yields the
// same batches from the same seed. It is not safe for concurrent use; any
// number of Loaders may share their images.
type Loader struct {
	set     *Images
	indices []int // into set; nil: all of them
	size    int   // how many indices there are
	cfg     LoaderConfig
	factor  float32
	shift   float32

	order []int // into indices, for this pass; nil: unshuffled
	next  int   // samples of this pass already given
}

// NewLoader returns a Loader for the images of set at the given indices; nil
// means all. The images are shared, the indices are copied. It is an error if
// the fields of set contradict each other, if there is no index or one out of
// range, if the batch size is not positive, or if with DropLast no batch is
// left.
func NewLoader(set *Images, indices []int, cfg LoaderConfig) (*Loader, error) {
	if err := set.check(); err != nil {
		return nil, errors.WithMessage(err, "loader")
	}
	size := len(indices)
	if indices == nil {
		size = set.Len()
	}
	for _, i := range indices {
		if i < 0 || i >= set.Len() {
			return nil, errors.Errorf("loader: index %d is not in a set of %d images", i, set.Len())
		}
	}
	switch {
	case size == 0:
		return nil, errors.New("loader: the list of indices is empty; pass nil for the whole set")
	case cfg.BatchSize < 1:
		return nil, errors.Errorf("loader: batch size %d; use at least 1", cfg.BatchSize)
	case cfg.DropLast && size < cfg.BatchSize:
		return nil, errors.Errorf("loader: %d samples make no full batch of %d; "+
			"use a smaller batch size or keep the last batch", size, cfg.BatchSize)
	}
	factor, shift, err := cfg.Pixels.coefficients()
	if err != nil {
		return nil, errors.WithMessage(err, "loader")
	}
	l := &Loader{set: set, indices: slices.Clone(indices), size: size, cfg: cfg, factor: factor, shift: shift}
	l.next = l.Len() // no pass is under way
	return l, nil
}

// Batches returns the number of batches of a pass.
func (l *Loader) Batches() int {
	return 1 + (l.Len()-1)/l.cfg.BatchSize
}

// Len returns the number of samples of a pass: all, or with DropLast those in
// full batches.
func (l *Loader) Len() int {
	if l.cfg.DropLast {
		return l.size - l.size%l.cfg.BatchSize
	}
	return l.size
}

// Dropped returns the number of samples that every pass leaves out, with
// DropLast, because they do not fill a batch.
func (l *Loader) Dropped() int { return l.size - l.Len() }

// Start begins a new pass, abandoning one that is under way. It consumes s as
// iterating over a torch DataLoader does: first the base seed of worker
// processes, which has no other effect; then, if shuffling, the seed of a
// generator whose randperm is the order of the pass. s may be nil if not
// shuffling, and then nothing is drawn; Start panics if it is nil when
// shuffling.
func (l *Loader) Start(s *random.Stream) {
	if s != nil {
		s.Seed()
	}
	if l.cfg.Shuffle {
		l.order = random.New(s.Seed()).Perm(l.size)
	}
	l.next = 0
}

// NextSize returns the number of samples of the next batch: 0 when the pass is
// over or none was started.
func (l *Loader) NextSize() int {
	return min(l.cfg.BatchSize, l.Len()-l.next)
}

// Next gathers the next batch: the scaled pixels into x, [NextSize(),
// Features()] row by row, and the labels into labels, [NextSize()]. Small
// batches allocate nothing. It is an error, and nothing is consumed, if the
// pass is over or a length does not fit.
func (l *Loader) Next(x []float32, labels []int) error {
	size, features := l.NextSize(), l.set.Features()
	switch {
	case size == 0:
		return errors.New("loader: no batch is left in this pass; call Start to begin another")
	case len(x) != size*features || len(labels) != size:
		return errors.Errorf("loader: the next batch needs %d values for x and %d labels, not %d and %d",
			size*features, size, len(x), len(labels))
	}
	threads := parallel.Threads(l.cfg.Threads)
	if cost := vec.Cost(len(x)); threads.Worth(cost) {
		threads.For(size, cost, func(from, to int) { l.gather(x, labels, from, to) })
	} else {
		l.gather(x, labels, 0, size)
	}
	l.next += size
	return nil
}

// gather writes samples from … to of the batch.
func (l *Loader) gather(x []float32, labels []int, from, to int) {
	const ahead = 16
	features := l.set.Features()
	for i := from; i < to; i++ {
		if soon := l.next + i + ahead; soon < l.size {
			vec.Prefetch(l.set.Image(l.sample(soon)))
		}
		sample := l.sample(l.next + i)
		vec.Pixels(x[i*features:(i+1)*features], l.set.Image(sample), l.factor, l.shift)
		labels[i] = int(l.set.Labels[sample])
	}
}

// sample returns the index in the set of the k-th sample of this pass.
func (l *Loader) sample(k int) int {
	if l.order != nil {
		k = l.order[k]
	}
	if l.indices != nil {
		k = l.indices[k]
	}
	return k
}

// First returns the first n samples in the order of the indices, whatever the
// order of a pass: their scaled pixels, [n, Features()] row by row, and their
// labels. It is an error if there are not as many.
func (l *Loader) First(n int) (x []float32, labels []int, err error) {
	if n < 1 || n > l.size {
		return nil, nil, errors.Errorf("the first %d samples: there are %d", n, l.size)
	}
	plain := *l
	plain.order, plain.next = nil, 0
	x, labels = make([]float32, n*l.set.Features()), make([]int, n)
	plain.gather(x, labels, 0, n)
	return x, labels, nil
}
