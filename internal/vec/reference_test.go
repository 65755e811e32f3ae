package vec

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"optlab/internal/parallel"
)

// activations are those that PyTorch has too, by its module's name in small
// letters. fromY says that the gradient is given the value and not x, and lost
// is what the slope loses because that is rounded, or because it is a
// difference of its own.
var activations = map[string]struct {
	value func(t parallel.Threads, dst, x []float32)
	grad  func(t parallel.Threads, dst, x, dy []float32)
	fromY bool
	lost  float64
}{
	"relu":      {ReLU, ReLUGrad, true, 0},
	"leakyrelu": {LeakyReLU, LeakyReLUGrad, false, 0},
	"tanh":      {Tanh, TanhGrad, true, 5e-7},
	"sigmoid":   {Sigmoid, SigmoidGrad, true, 2e-7},
	"elu":       {ELU, ELUGrad, false, 0},
	"silu":      {SiLU, SiLUGrad, false, 2e-7},
	"gelu":      {GELU, GELUGrad, false, 2e-7},
}

// special are the results that are not PyTorch's: limits where it has a NaN,
// and a NaN where it has the slope 1.
var special = []struct {
	name     string
	x, y, dx float32
}{
	{"silu", -inf, minus0, minus0},
	{"silu", inf, inf, 1},
	{"gelu", -inf, minus0, 0},
	{"gelu", inf, inf, 1},
	{"elu", nan, nan, nan},
}

// number is a float64 that may be written as a string, for those that JSON
// lacks.
type number float64

func (x *number) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		b = b[1 : len(b)-1]
	}
	v, err := strconv.ParseFloat(string(b), 64)
	*x = number(v)
	return err
}

type reference struct {
	Y    []number `json:"y"`
	DX   []number `json:"dx"`
	Y32  []number `json:"y32"`
	DX32 []number `json:"dx32"`
}

func readReference(t *testing.T) (x []float32, want map[string]reference) {
	t.Helper()
	file, err := os.ReadFile("testdata/activations.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(file, &all); err != nil {
		t.Fatal(err)
	}
	want = map[string]reference{}
	for name, raw := range all {
		var r reference
		var numbers []number
		if name == "x" {
			err = json.Unmarshal(raw, &numbers)
		} else {
			err = json.Unmarshal(raw, &r)
			want[name] = r
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, v := range numbers {
			x = append(x, float32(v))
		}
	}
	if len(want) != len(activations) || len(x) < 200 {
		t.Fatalf("%d activations of %d numbers", len(want), len(x))
	}
	return x, want
}

// near reports whether got is what is wanted, but for 4 units in the last place
// or the given error.
func near(got float32, want, allowed float64) bool {
	x := float64(got)
	off := math.Abs(x - want)
	return x == want || x != x && want != want || off <= 4*ulpOf(want) || off <= allowed
}

// The values and slopes are PyTorch's of float64 to 4 units in the last place,
// and PyTorch's of float32 to that or to 1e-6, by which those may be off.
func TestPyTorch(t *testing.T) { onEveryPath(t, testPyTorch) }

func testPyTorch(t *testing.T) {
	x, want := readReference(t)
	for name, a := range activations {
		y, dx := valueAndSlope(name, x)
		r := want[name]
		for i, v := range x {
			if isSpecial(name, v) {
				continue
			}
			lost := 3e-16 * math.Abs(float64(v)) // by PyTorch, in 1 + erf and eˣ − 1
			if !near(y[i], float64(r.Y[i]), lost) || !near(y[i], float64(r.Y32[i]), 1e-6) {
				t.Errorf("%s(%v) is %v, want %v", name, v, y[i], r.Y[i])
			}
			if !near(dx[i], float64(r.DX[i]), lost+a.lost) || !near(dx[i], float64(r.DX32[i]), 1e-6) {
				t.Errorf("the slope of %s at %v is %v, want %v", name, v, dx[i], r.DX[i])
			}
		}
	}
}

func TestNotAsPyTorch(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		for _, c := range special {
			y, dx := valueAndSlope(c.name, slices.Repeat([]float32{c.x}, places))
			wantSame(t, c.name, y, slices.Repeat([]float32{c.y}, places))
			for _, v := range dx {
				if v != c.dx && (v == v || c.dx == c.dx) { // of either sign, if 0
					t.Errorf("the slope of %s at %v is %v, want %v", c.name, c.x, v, c.dx)
				}
			}
		}
	})
}

func valueAndSlope(name string, x []float32) (y, dx []float32) {
	a := activations[name]
	y, dx = garbage(len(x)), garbage(len(x))
	a.value(0, y, x)
	of := x
	if a.fromY {
		of = y
	}
	a.grad(0, dx, of, slices.Repeat([]float32{1}, len(x)))
	return y, dx
}

func isSpecial(name string, x float32) bool {
	for _, c := range special {
		if c.name == name && same(c.x, x) {
			return true
		}
	}
	return false
}
