package surface

import (
	"context"
	"math"
	"slices"
	"sync"
	"testing"

	"optlab/optimizers"
)

// walk is all that there is to compute on a surface: a path, and the surface
// around it.
type walk struct {
	path []Point
	grid [][]float64
}

func (w walk) same(v walk) bool {
	return slices.Equal(w.path, v.path) && slices.EqualFunc(w.grid, v.grid, func(a, b []float64) bool { return slices.Equal(a, b) })
}

// walkOn compiles a surface and walks on it with the optimizer named.
func walkOn(t failer, s *Surface, name string) walk {
	p := compile(t, s)
	kind, err := optimizers.Lookup(name)
	noError(t, err)
	path, err := p.Descend(context.Background(), create(t, name, kind.RateAmong(s.Rates)), s.Start, 30)
	noError(t, err)
	grid, err := p.Grid(span(s.X, 5), span(s.Y, 4))
	noError(t, err)
	return walk{path, grid}
}

// Walks on every surface with every optimizer, built and run side by side, have
// the bits that each has alone.
func TestSideBySide(t *testing.T) {
	type job struct {
		surface   *Surface
		optimizer string
	}
	var jobs []job
	var alone []walk
	for _, s := range All() {
		for _, name := range optimizers.Names() {
			jobs = append(jobs, job{s, name})
			alone = append(alone, walkOn(t, s, name))
		}
	}
	together := make([]walk, len(jobs))
	var wait sync.WaitGroup
	for i, j := range jobs {
		wait.Add(1)
		go func() {
			defer wait.Done()
			together[i] = walkOn(panicker{}, j.surface, j.optimizer)
		}()
	}
	wait.Wait()
	for i, j := range jobs {
		if !together[i].same(alone[i]) {
			t.Errorf("%s on %s walks differently beside others", j.optimizer, j.surface.Name)
		}
		if end := alone[i].path[29].Loss; !(end < alone[i].path[0].Loss) {
			t.Errorf("%s on %s comes to a loss of %v from %v", j.optimizer, j.surface.Name, end, alone[i].path[0].Loss)
		}
	}
}

// panicker is a failer for goroutines, where a test must not stop.
type panicker struct{}

func (panicker) Helper()           {}
func (panicker) Fatal(args ...any) { panic(args) }

// A probe walks again as a new one does, after other walks and grids.
func TestProbeIsUsedAgain(t *testing.T) {
	for _, s := range All() {
		p := compile(t, s)
		for range 2 {
			for _, start := range [][2]float64{s.Start, {0.3, 0.4}} {
				got, err := p.Descend(t.Context(), newAdam(t, 0.1), start, 20)
				noError(t, err)
				want, err := compile(t, s).Descend(t.Context(), newAdam(t, 0.1), start, 20)
				noError(t, err)
				if !slices.Equal(got, want) {
					t.Errorf("%s: the path from %v is %v, of a new probe %v", s.Name, start, got, want)
				}
			}
			for _, n := range [][2]int{{3, 4}, {3, 4}, {4, 3}, {1, 1}} {
				xs, ys := span(s.X, max(2, n[0]))[:n[0]], span(s.Y, max(2, n[1]))[:n[1]]
				grid, err := p.Grid(xs, ys)
				noError(t, err)
				first := slices.Clone(grid[0])
				negative := make([]float64, len(xs))
				for i, x := range xs {
					negative[i] = -x
				}
				_, err = p.Grid(negative, ys)
				noError(t, err)
				if !slices.Equal(grid[0], first) {
					t.Errorf("%s: a second grid changed the first", s.Name)
				}
				at := prober(t, s)
				for j := range ys {
					for i := range xs {
						if loss, _ := at(xs[i], ys[j]); math.Float64bits(loss) != math.Float64bits(grid[j][i]) {
							t.Errorf("%s: at (%v, %v) the grid is %v, the loss %v", s.Name, xs[i], ys[j], grid[j][i], loss)
						}
					}
				}
			}
		}
	}
}
