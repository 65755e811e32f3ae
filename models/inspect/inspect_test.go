package inspect_test

import (
	"math"
	"slices"
	"testing"

	"gorgonia.org/tensor"

	"optlab/models/inspect"
)

func dense(shape []int, values ...float32) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(values))
}

var nan, inf = float32(math.NaN()), float32(math.Inf(1))

// What is not finite is counted, and left out of the mean.
func TestSummarize(t *testing.T) {
	list := inspect.Summarize(map[string]*tensor.Dense{
		"net.10.bias": dense([]int{2, 2}, 1, 2, 3, 6), "net.9.bias": dense([]int{5}, 1, nan, -inf, 3, inf),
		"net.09.c": dense([]int{1}, nan), "scalar": tensor.New(tensor.FromScalar(float32(2.5))),
		"large": dense([]int{2}, math.MaxFloat32, -math.MaxFloat32),
	})
	want := []inspect.Summary{
		{Name: "large", Shape: []int{2}, Std: math.MaxFloat32},
		{Name: "net.9.bias", Shape: []int{5}, Mean: 2, Std: 1, NaN: 1, Inf: 2},
		{Name: "net.09.c", Shape: []int{1}, Mean: math.NaN(), Std: math.NaN(), NaN: 1},
		{Name: "net.10.bias", Shape: []int{2, 2}, Mean: 3, Std: math.Sqrt(14. / 4)},
		{Name: "scalar", Shape: []int{}, Mean: 2.5},
	}
	if len(list) != len(want) {
		t.Fatalf("there are %d summaries, want %d", len(list), len(want))
	}
	same := func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) }
	for i, w := range want {
		g := list[i]
		if g.Name != w.Name || !slices.Equal(g.Shape, w.Shape) || !same(g.Mean, w.Mean) || !same(g.Std, w.Std) || g.NaN != w.NaN || g.Inf != w.Inf {
			t.Errorf("summary %d is %+v, want %+v", i, g, w)
		}
	}
	if v := list[3].Values; !slices.Equal(v, []float32{1, 2, 3, 6}) {
		t.Errorf("the values are %v", v)
	}
}

func TestCompare(t *testing.T) {
	zero := float32(0)
	other := math.Float32frombits(math.Float32bits(nan) ^ 1)
	for name, c := range map[string]struct {
		a, b       []float32
		identical  bool
		difference float64
		index      []int
	}{
		"identical":     {[]float32{1, 2, nan, inf, zero, 6}, []float32{1, 2, nan, inf, zero, 6}, true, 0, nil},
		"the largest":   {[]float32{1, 2, 3, 4, 5, 6}, []float32{1, 2.25, 3, 4, 4.5, 5.75}, false, 0.5, []int{1, 1}},
		"the first":     {[]float32{1, 2, 3, 4, 5, 6}, []float32{1, 2, 4, 4, 5, 7}, false, 1, []int{0, 2}},
		"sign of zero":  {[]float32{1, 2, 3, zero, 5, 6}, []float32{1, 2, 3, -zero, 5, 6}, true, 0, nil},
		"not a number":  {[]float32{1, nan, 3, 4, 5, 6}, []float32{2, 2, inf, 4, 5, 6}, false, math.NaN(), []int{0, 1}},
		"other NaN":     {[]float32{1, 2, 3, 4, nan, 6}, []float32{1, 2, 3, 4, other, 6}, false, math.NaN(), []int{1, 1}},
		"infinite":      {[]float32{1, 2, 3, 4, 5, inf}, []float32{1, 2, 3, 4, 50, -inf}, false, math.Inf(1), []int{1, 2}},
		"float32 range": {[]float32{1, 2, 3, 4, 5, math.MaxFloat32}, []float32{1, 2, 3, 4, 5, -math.MaxFloat32}, false, 2 * math.MaxFloat32, []int{1, 2}},
	} {
		if name == "sign of zero" { // -zero is a constant 0 in Go
			c.b[3], c.identical, c.index = float32(math.Copysign(0, -1)), false, []int{1, 0}
		}
		p := inspect.Compare(map[string]*tensor.Dense{"w": dense([]int{2, 3}, c.a...)}, map[string]*tensor.Dense{"w": dense([]int{2, 3}, c.b...)})[0]
		same := p.Difference == c.difference || math.IsNaN(p.Difference) && math.IsNaN(c.difference)
		if !same || p.Identical != c.identical || !slices.Equal(p.Index, c.index) {
			t.Errorf("%s: %+v", name, p)
		}
		if i := p.Index; i != nil {
			at := 3*i[0] + i[1]
			if math.Float32bits(p.X) != math.Float32bits(c.a[at]) || math.Float32bits(p.Y) != math.Float32bits(c.b[at]) {
				t.Errorf("%s: there are %v and %v", name, p.X, p.Y)
			}
		}
	}
}

// A line says the most important of a comparison.
func TestConclusion(t *testing.T) {
	type set = map[string]*tensor.Dense
	one, two, near, far := dense([]int{1}, 1), dense([]int{2}, 1, 2), dense([]int{1}, 1.001), dense([]int{1}, 1.5)
	row, column := dense([]int{1, 2}, 1, 2), dense([]int{2, 1}, 1, 2)
	for want, c := range map[string][2]set{
		"identical, bit for bit: 2 tensors":                           {{"a": one, "b": two}, {"a": one, "b": two}},
		"identical, bit for bit: 1 tensor; 2 tensors in one only":     {{"a": one, "b": two}, {"a": one, "c": two}},
		"largest difference 0.001 in a":                               {{"a": one, "b": two}, {"a": near, "b": two}},
		"largest difference 0.5 in b; 1 tensor in one only":           {{"a": one, "b": one}, {"a": near, "b": far, "c": two}},
		"largest difference NaN in b":                                 {{"a": one, "b": one, "c": one}, {"a": near, "b": dense([]int{1}, nan), "c": far}},
		"largest difference 0.5 in a":                                 {{"a": one, "b": one}, {"a": far, "b": far}},
		"nothing in common; 1 tensor of another shape":                {{"a": row}, {"a": column}},
		"nothing in common; 1 tensor in one only":                     {{"a": row}, {}},
		"nothing in common":                                           {},
		"identical, bit for bit: 1 tensor; 1 tensor of another shape": {{"a": row, "b": one}, {"a": two, "b": one}},
	} {
		if got := inspect.Compare(c[0], c[1]).String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
