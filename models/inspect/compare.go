package inspect

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"gorgonia.org/tensor"

	"optlab/internal/brief"
)

// Pair is a tensor of the same name in two sets, or one that is in one of them
// alone.
type Pair struct {
	Name string
	A, B []int // the shapes, nil where the tensor is not there

	// Identical says that the tensors have the same shape and the same bits.
	Identical bool
	// Difference is the largest |a − b| of tensors of one shape: at Index the
	// first has the value X and the second Y. It is NaN where one of the two is
	// not a number, or both are with other bits, which counts as the largest. It
	// is 0 where bits differ by the sign of a zero.
	Difference float64
	Index      []int
	X, Y       float32
}

// Comparable reports whether both tensors are there, of one shape.
func (p Pair) Comparable() bool { return p.A != nil && p.B != nil && slices.Equal(p.A, p.B) }

// Comparison is how two sets of tensors differ, in the order of [Summarize].
type Comparison []Pair

// Compare compares the tensors of two sets, name by name.
func Compare(a, b map[string]*tensor.Dense) Comparison {
	all := maps.Clone(a)
	maps.Copy(all, b)
	list := make(Comparison, 0, len(all))
	for _, name := range slices.SortedFunc(maps.Keys(all), compareNames) {
		p := Pair{Name: name}
		if t := a[name]; t != nil {
			p.A = shape(t)
		}
		if t := b[name]; t != nil {
			p.B = shape(t)
		}
		if p.Comparable() {
			p.compare(values(a[name]), values(b[name]))
		}
		list = append(list, p)
	}
	return list
}

// shape returns the shape of a tensor, which is not nil for a scalar.
func shape(t *tensor.Dense) []int { return append([]int{}, t.Shape()...) }

// compare sets what depends on the values.
func (p *Pair) compare(a, b []float32) {
	p.Identical = true
	at := -1
	for i, x := range a {
		if math.Float32bits(x) == math.Float32bits(b[i]) {
			continue
		}
		p.Identical = false
		d := math.Abs(float64(x) - float64(b[i]))
		if at < 0 || larger(d, p.Difference) {
			at, p.Difference = i, d
		}
	}
	if at < 0 {
		return
	}
	p.X, p.Y = a[at], b[at]
	p.Index = make([]int, len(p.A))
	for k, rest := len(p.A)-1, at; k >= 0; k-- {
		p.Index[k], rest = rest%p.A[k], rest/p.A[k]
	}
}

// larger reports whether a difference is larger than another.
func larger(d, than float64) bool {
	return d > than || math.IsNaN(d) && !math.IsNaN(than)
}

// largest returns the pair with the largest difference, the first of equals;
// false if all that can be compared are identical.
func (c Comparison) largest() (Pair, bool) {
	var most Pair
	found := false
	for _, p := range c {
		if p.Comparable() && !p.Identical && (!found || larger(p.Difference, most.Difference)) {
			most, found = p, true
		}
	}
	return most, found
}

// String sums the comparison up in a line: "identical, bit for bit: 4 tensors",
// or the largest difference, and how many tensors could not be compared.
func (c Comparison) String() string {
	same, alone, shapes := 0, 0, 0
	for _, p := range c {
		switch {
		case p.Identical:
			same++
		case p.A == nil || p.B == nil:
			alone++
		case !p.Comparable():
			shapes++
		}
	}
	text := "nothing in common"
	if largest, found := c.largest(); found {
		text = fmt.Sprintf("largest difference %.2g in %s", largest.Difference, brief.Name(largest.Name))
	} else if same > 0 {
		text = fmt.Sprintf("identical, bit for bit: %s", count(same))
	}
	if alone > 0 {
		text += fmt.Sprintf("; %s in one only", count(alone))
	}
	if shapes > 0 {
		text += fmt.Sprintf("; %s of another shape", count(shapes))
	}
	return text
}

// count writes a number of tensors.
func count(n int) string {
	if n == 1 {
		return "1 tensor"
	}
	return fmt.Sprintf("%d tensors", n)
}
