package parallel

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// counts is work that counts how often each of its units is done.
func counts(n, threads int, cost time.Duration) (work, []int) {
	done := make([]int, n)
	return work{func(from, to int) {
		for i := from; i < to; i++ {
			done[i]++
		}
	}, n, threads, cost}, done
}

// wantOnce checks that every unit is done once.
func wantOnce(t *testing.T, done []int) {
	t.Helper()
	if slices.ContainsFunc(done, func(n int) bool { return n != 1 }) {
		t.Fatalf("the units are not done once each: %v", done)
	}
}

// Helpers who compete for the pieces of much work do each once. This is a team
// of its own, since the package's starts helpers only if that pays.
func TestTeam(t *testing.T) {
	for _, helpers := range []int{0, 1, 3} {
		var crew team
		crew.recruit(helpers)
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				for i := range 1000 {
					w, done := counts(1+i%100, 2+i%4, minShared)
					if crew.share(w) { // else the other caller has the team
						wantOnce(t, done)
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
		cost, since time.Duration
		want        bool
	}{
		{minShared, patience / 2, false},
		{minRepeated, time.Hour, false},
		{minRepeated, patience / 2, true},
		{minRecruit, time.Hour, true},
	} {
		if got := worthHelpers(test.cost, test.since); got != test.want {
			t.Errorf("%v of work, %v after the last: %v", test.cost, test.since, got)
		}
	}
}

// Work is done by no more threads than it is for, also where there are more
// helpers from the work of others.
func TestBound(t *testing.T) {
	var crew team
	for range 20 {
		for threads := 2; threads <= 4; threads++ {
			crew.recruit(3)
			crew.alone = time.Time{}
			var inside, most atomic.Int32
			w := work{n: 200, threads: threads, cost: minRecruit}
			w.f = func(from, to int) {
				now := inside.Add(1)
				for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
				}
				time.Sleep(10 * time.Microsecond) // lets others in on a single processor, too
				inside.Add(-1)
			}
			if !crew.share(w) {
				t.Fatal("nobody else has the team, but it is busy")
			}
			if got := most.Load(); int(got) > threads {
				t.Fatalf("work for %d threads is done by %d at a time", threads, got)
			}
		}
	}
	wantIdle(t, &crew)
}

// What is left is packed without loss, up to the largest range and most
// helpers.
func TestPack(t *testing.T) {
	for _, want := range [][3]int{{0, 0, 0}, {1, 2, 3}, {0, maxUnits, maxThreads - 1}, {maxUnits, maxUnits, 1}} {
		from, to, helpers := unpack(pack(want[0], want[1], want[2]))
		if got := [3]int{from, to, helpers}; got != want {
			t.Errorf("%v is unpacked as %v", want, got)
		}
	}
}

// Long work starts helpers, who end when no other follows.
func TestHelpersEnd(t *testing.T) {
	var crew team
	for range 5 {
		crew.alone = time.Time{}
		w, done := counts(30, 3, minRecruit)
		if !crew.share(w) {
			t.Fatal("nobody else has the team, but it is busy")
		}
		wantOnce(t, done)
		wantIdle(t, &crew)
	}
}

// After helpers were a hindrance, callers do without for some time.
func TestAlone(t *testing.T) {
	crew := team{alone: time.Now().Add(time.Hour)}
	crew.helpers.Store(1)
	w, done := counts(4, 2, minRecruit)
	if crew.share(w) || slices.Contains(done, 1) {
		t.Error("the work is shared all the same")
	}
	if !crew.busy.TryLock() {
		t.Error("the team stays busy")
	}
}

// Short work is shared with helpers who are there, and starts none.
func TestShort(t *testing.T) {
	var crew team
	w, done := counts(10, 2, minShared)
	crew.started = time.Now()
	if crew.share(w) || crew.helpers.Load() != 0 {
		t.Error("shared although there is no helper")
	}
	crew.helpers.Store(1) // who comes late
	if !crew.share(w) {
		t.Error("not shared although there is a helper")
	}
	wantOnce(t, done)
}

// Short work alone does not keep a helper.
func TestShortKeepsNobody(t *testing.T) {
	var crew team
	crew.start(0)
	for end := time.Now().Add(10 * time.Second); crew.helpers.Load() != 0; {
		if time.Now().After(end) {
			t.Fatal("the helper stays")
		}
		w, _ := counts(10, 2, minShared)
		if !crew.share(w) {
			time.Sleep(patience)
		}
	}
}
