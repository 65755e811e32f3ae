package inspect

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"gorgonia.org/tensor"
)

// Summary describes a tensor of float32.
type Summary struct {
	Name   string
	Shape  []int
	Values []float32 // the tensor's own, in the order of rows

	// Mean and Std, the standard deviation as numpy.std has it, are those of
	// the finite values; NaN if there are none.
	Mean, Std float64
	NaN, Inf  int // how many values are not finite
}

// Summarize describes each of the tensors, in the order of their names, in
// which layer 10 follows layer 9.
func Summarize(tensors map[string]*tensor.Dense) []Summary {
	list := make([]Summary, 0, len(tensors))
	for _, name := range slices.SortedFunc(maps.Keys(tensors), compareNames) {
		t := tensors[name]
		s := Summary{Name: name, Shape: t.Shape(), Values: values(t)}
		s.moments()
		list = append(list, s)
	}
	return list
}

// values returns the numbers of a tensor; those of a scalar are one.
func values(t *tensor.Dense) []float32 {
	if t.IsScalar() {
		return []float32{t.ScalarValue().(float32)}
	}
	return t.Float32s()
}

// moments sets what depends on all values.
func (s *Summary) moments() {
	sum, n := 0.0, 0.0
	for _, v := range s.Values {
		switch x := float64(v); {
		case math.IsNaN(x):
			s.NaN++
		case math.IsInf(x, 0):
			s.Inf++
		default:
			sum += x
			n++
		}
	}
	s.Mean = sum / n // NaN if there is none
	squares := 0.0
	for _, v := range s.Values {
		if x := float64(v); finite(x) {
			squares += (x - s.Mean) * (x - s.Mean)
		}
	}
	s.Std = math.Sqrt(squares / n)
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// compareNames orders names, but numbers in them by their value.
func compareNames(a, b string) int {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		m, n := digits(a[i:]), digits(b[j:])
		if m == 0 || n == 0 {
			if a[i] != b[j] {
				return cmp.Compare(a[i], b[j])
			}
			i++
			j++
			continue
		}
		// Without leading zeros the longer number is the larger one.
		x, y := significant(a[i:i+m]), significant(b[j:j+n])
		if c := cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y)); c != 0 {
			return c
		}
		i += m
		j += n
	}
	return cmp.Or(cmp.Compare(len(a)-i, len(b)-j), cmp.Compare(a, b))
}

// digits returns how many digits s starts with.
func digits(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}

// significant returns a number without its leading zeros.
func significant(number string) string {
	for len(number) > 0 && number[0] == '0' {
		number = number[1:]
	}
	return number
}
