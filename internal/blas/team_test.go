package blas

import (
	"slices"
	"sync"
	"testing"
	"time"
)

// newCall returns p as a call that replaces C, with its operands.
func (p product) newCall(seed uint64) (*call, operands) {
	o := p.operands(seed)
	lda, ldb := p.k, p.n
	if p.transA {
		lda = p.m
	}
	if p.transB {
		ldb = p.k
	}
	return &call{
		m: p.m, n: p.n, k: p.k, alpha: 1,
		a: newMatrix("A", p.transA, p.m, p.k, o.a, lda),
		b: newMatrix("B", p.transB, p.k, p.n, o.b, ldb),
		c: newMatrix("C", false, p.m, p.n, o.c, p.n),
	}, o
}

// The pieces cover C once, and have the bits of the whole.
func TestPieces(t *testing.T) {
	for _, kern := range assembly() {
		for _, size := range [][3]int{{1, 1, 5}, {1, 17, 5}, {40, 3, 5}, {16, 128, 400}, {128, 16, 400}, {33, 100, 7}} {
			fourWays(size[0], size[1], size[2], func(p product) {
				whole, want := p.newCall(1)
				whole.serial(kern)
				for pieces := 1; pieces <= maxPieces; pieces++ {
					cut, o := p.newCall(1)
					cut.add = true // so that an element that is computed twice is wrong
					clear(o.c)
					for i := range pieces {
						if piece, ok := cut.piece(kern, i, pieces); ok {
							piece.serial(kern)
						}
					}
					if !slices.Equal(o.c, want.c) || damaged(o.allC) {
						t.Fatalf("%v with %s: %d pieces differ from the whole", p, kern.name, pieces)
					}
				}
			})
		}
	}
}

// Helpers who compete for the pieces of many products do each once. This works
// with a team of its own, since the package's starts helpers only if that pays.
func TestTeam(t *testing.T) {
	sets := assembly()
	if len(sets) == 0 {
		t.Skip("no kernels run here")
	}
	kern := sets[0]
	p := product{false, true, 33, 70, 50}
	whole, want := p.newCall(1)
	whole.serial(kern)
	for _, helpers := range []int{0, 1, 3} {
		var crew team
		for range helpers {
			crew.helpers.Add(1)
			go crew.help(kern)
		}
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				for i := range 300 {
					c, o := p.newCall(1)
					if !crew.share(c, kern, 2+i%4) {
						c.serial(kern) // the other caller has the team
					}
					if !slices.Equal(o.c, want.c) {
						t.Errorf("with %d helpers, product %d differs", helpers, i)
						return
					}
				}
			})
		}
		wg.Wait()
		wantIdle(t, &crew)
	}
}

// wantIdle waits until the helpers have ended for want of work.
func wantIdle(t *testing.T, crew *team) {
	t.Helper()
	for range 10_000 {
		if crew.helpers.Load() == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("a helper never ends")
}

func TestWorthHelpers(t *testing.T) {
	for _, test := range []struct {
		flops int
		since time.Duration
		want  bool
	}{
		{minShared, patience / 2, false},
		{minRepeated, time.Hour, false},
		{minRepeated, patience / 2, true},
		{minRecruit, time.Hour, true},
	} {
		if got := worthHelpers(test.flops, test.since); got != test.want {
			t.Errorf("%d operations, %v after the last product: %v", test.flops, test.since, got)
		}
	}
}

// A large product starts helpers, who end when no other follows.
func TestHelpersEnd(t *testing.T) {
	sets := assembly()
	if len(sets) == 0 {
		t.Skip("no kernels run here")
	}
	var crew team
	p := product{false, false, 200, 260, 200}
	whole, want := p.newCall(1)
	whole.serial(sets[0])
	for range 5 {
		c, o := p.newCall(1)
		crew.alone = time.Time{}
		if !crew.share(c, sets[0], 3) {
			t.Fatal("nobody else has the team, but it is busy")
		}
		if !slices.Equal(o.c, want.c) {
			t.Fatal("the product differs")
		}
		wantIdle(t, &crew)
	}
}

// After helpers were a hindrance, callers do without for some time.
func TestAlone(t *testing.T) {
	crew := team{alone: time.Now().Add(time.Hour)}
	crew.helpers.Store(1)
	c, o := product{false, false, 3, 4, 5}.newCall(1)
	before := slices.Clone(o.c)
	if crew.share(c, nil, 2) || !slices.Equal(o.c, before) {
		t.Error("the product is shared all the same")
	}
	if !crew.busy.TryLock() {
		t.Error("the team stays busy")
	}
}

// A small product is shared with helpers who are there, and starts none.
func TestSmall(t *testing.T) {
	sets := assembly()
	if len(sets) == 0 {
		t.Skip("no kernels run here")
	}
	var crew team
	p := product{false, false, 16, 128, 100}
	c, _ := p.newCall(1)
	crew.started = time.Now()
	if crew.share(c, sets[0], 2) || crew.helpers.Load() != 0 {
		t.Error("shared although there is no helper")
	}
	crew.helpers.Store(1) // who comes late
	want := slices.Clone(c.c.x)
	c.serial(sets[0])
	want, c.c.x = c.c.x, want
	if !crew.share(c, sets[0], 2) {
		t.Error("not shared although there is a helper")
	}
	if !slices.Equal(c.c.x, want) {
		t.Error("the product differs")
	}
}

// Small products alone do not keep a helper.
func TestSmallKeepNobody(t *testing.T) {
	sets := assembly()
	if len(sets) == 0 {
		t.Skip("no kernels run here")
	}
	var crew team
	crew.helpers.Add(1)
	go crew.help(sets[0])
	c, _ := product{false, false, 16, 64, 64}.newCall(1)
	for end := time.Now().Add(10 * time.Second); crew.helpers.Load() != 0; {
		if time.Now().After(end) {
			t.Fatal("the helper stays")
		}
		if !crew.share(c, sets[0], 2) {
			time.Sleep(patience)
		}
	}
}
