package graph

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gorgonia.org/gorgonia"

	"optlab/internal/check"
	"optlab/random"
)

// dropoutMachine compiles y = Dropout(x) under dot, so that the gradient of x
// is the mask times the coefficients of dot.
type dropoutMachine struct {
	*Machine
	x *Parameter
	c []float32 // dot's coefficients
}

func newDropoutMachine(t testing.TB, p float64, seed uint64, rows, cols int) *dropoutMachine {
	t.Helper()
	s, x := newSketch(t), parameter("x", 5, rows, cols)
	node := s.node(x.Node(s.g))
	y := s.node(Dropout(node, p, random.New(seed)))
	loss, d := newDot(s, y)
	m := s.machine(loss, map[string]*gorgonia.Node{"y": y}, node)
	return &dropoutMachine{m, x, d.c}
}

// run returns copies of y and of the gradient of x.
func (d *dropoutMachine) run(t testing.TB) (y, dx []float32) {
	t.Helper()
	check.NoError(t, d.Run())
	return slices.Clone(floatsOf(t, d.Machine, "y")), gradientsOf(t, d.Machine)[0]
}

// Every element is dropped or multiplied by exactly 1/(1−p), alike forwards and
// backwards, and as many are dropped as chance allows.
func TestDropoutMask(t *testing.T) {
	const rows, cols = 100, 400
	for _, p := range []float64{0.01, 0.2, 0.5, 0.75, 0.99} {
		t.Run(fmt.Sprint(p), func(t *testing.T) {
			d := newDropoutMachine(t, p, 42, rows, cols)
			scale := float32(1 / (1 - p))
			for range 3 {
				y, dx := d.run(t)
				dropped := 0
				for i, x := range d.x.Data() {
					switch {
					case y[i] == 0 && dx[i] == 0:
						dropped++
					case y[i] != x*scale || dx[i] != d.c[i]*scale:
						t.Fatalf("element %d: y is %v and dx %v for x %v and dy %v, want both times %v", i, y[i], dx[i], x, d.c[i], scale)
					}
				}
				n := float64(rows * cols)
				if sigmas := (float64(dropped) - n*p) / math.Sqrt(n*p*(1-p)); math.Abs(sigmas) > 5 {
					t.Errorf("dropped %d of %v: %.1f sigma from the expectation", dropped, n, sigmas)
				}
			}
		})
	}
}

func TestDropoutDraws(t *testing.T) {
	a, b := newDropoutMachine(t, 0.5, 1, 8, 16), newDropoutMachine(t, 0.5, 1, 8, 16)
	other := newDropoutMachine(t, 0.5, 2, 8, 16)
	var last []float32
	for range 3 {
		y, _ := a.run(t)
		if z, _ := b.run(t); !sameBits(y, z) {
			t.Error("two machines of the same seed drop different elements")
		}
		if z, _ := other.run(t); sameBits(y, z) {
			t.Error("two machines of different seeds drop the same elements")
		}
		if sameBits(y, last) {
			t.Error("two runs drop the same elements")
		}
		last = y
	}
}

// Equal ops on the same input must not be merged to one, as Gorgonia does with
// ops that hash alike: two Dropouts have masks of their own.
func TestDropoutsStayApart(t *testing.T) {
	s := newSketch(t)
	x, data := s.input("x", 8, 16)
	fill(data, 3)
	masks := random.New(4)
	a, b := s.node(Dropout(x, 0.5, masks)), s.node(Dropout(x, 0.5, masks))
	la, _ := newDot(s, a)
	lb, _ := newDot(s, b)
	m := s.machine(s.node(gorgonia.Add(la, lb)), map[string]*gorgonia.Node{"a": a, "b": b})
	check.NoError(t, m.Run())
	if sameBits(floatsOf(t, m, "a"), floatsOf(t, m, "b")) {
		t.Error("two Dropouts of the same input drop the same elements")
	}
}

func TestDropoutOfNothing(t *testing.T) {
	s := newSketch(t)
	x := s.x("x", 2, 3)
	for _, masks := range []*random.Stream{nil, random.New(1)} {
		if y := s.node(Dropout(x, 0, masks)); y != x {
			t.Errorf("Dropout with p = 0 is the node %v, want x itself", y)
		}
	}
}

// A probability so near to 1 that all is dropped, or to 0 that nothing is,
// still gives finite numbers.
func TestDropoutExtremes(t *testing.T) {
	for p, kept := range map[float64]int{math.Nextafter(1, 0): 0, math.SmallestNonzeroFloat64: 128} {
		y, _ := newDropoutMachine(t, p, 1, 8, 16).run(t)
		n := 0
		for _, v := range y {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				t.Fatalf("p = %v: y has %v", p, v)
			}
			if v != 0 {
				n++
			}
		}
		if n != kept {
			t.Errorf("p = %v keeps %d elements, want %d", p, n, kept)
		}
	}
}
