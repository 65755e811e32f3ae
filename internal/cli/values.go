package cli

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// The functions below make the parse functions of [Bind].

// Text accepts any text.
func Text(text string) (string, error) { return text, nil }

// Path accepts any text but an empty one.
func Path(text string) (string, error) {
	if text == "" {
		return "", errors.New("want the name of a file or folder")
	}
	return text, nil
}

// OneOf accepts the given names.
func OneOf[T ~string](names ...T) func(string) (T, error) {
	return func(text string) (T, error) {
		if slices.Contains(names, T(text)) {
			return T(text), nil
		}
		return "", errors.Errorf("want one of %s", Join(names, ", "))
	}
}

// Join joins names as strings.Join does.
func Join[T ~string](names []T, separator string) string {
	parts := make([]string, len(names))
	for i, n := range names {
		parts[i] = string(n)
	}
	return strings.Join(parts, separator)
}

// IntFrom accepts integers of at least low.
func IntFrom(low int) func(string) (int, error) {
	return func(text string) (int, error) {
		n, err := strconv.Atoi(text)
		if err != nil || n < low {
			return 0, errors.Errorf("want an integer of at least %d", low)
		}
		return n, nil
	}
}

// IntBetween accepts integers from low to high.
func IntBetween(low, high int) func(string) (int, error) {
	return func(text string) (int, error) {
		n, err := strconv.Atoi(text)
		if err != nil || n < low || n > high {
			return 0, errors.Errorf("want an integer from %d to %d", low, high)
		}
		return n, nil
	}
}

// Seed accepts unsigned 64-bit integers.
func Seed(text string) (uint64, error) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, errors.New("want an integer from 0 to 2⁶⁴−1")
	}
	return n, nil
}

// Finite accepts finite numbers.
func Finite(text string) (float64, error) {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, errors.New("want a finite number")
	}
	return x, nil
}

// Positive accepts finite numbers above 0.
func Positive(text string) (float64, error) {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !(x > 0) || math.IsInf(x, 0) {
		return 0, errors.New("want a finite number above 0")
	}
	return x, nil
}

// Values is a list of values of a flag.
type Values[T any] []T

// String returns the values with commas.
func (v Values[T]) String() string {
	parts := make([]string, len(v))
	for i, x := range v {
		parts[i] = fmt.Sprint(x)
	}
	return strings.Join(parts, ",")
}

// Several accepts what parse does, or several such values with commas, each
// once.
func Several[T comparable](parse func(string) (T, error)) func(string) (Values[T], error) {
	return func(text string) (Values[T], error) {
		var list Values[T]
		for _, part := range strings.Split(text, ",") {
			x, err := parse(strings.TrimSpace(part))
			if err != nil {
				return nil, errors.Errorf("%v, or several with commas", err)
			}
			if slices.Contains(list, x) {
				return nil, errors.Errorf("%v is there twice, want each value once", x)
			}
			list = append(list, x)
		}
		return list, nil
	}
}

// Fraction accepts numbers in [0, 1).
func Fraction(text string) (float64, error) {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !(x >= 0 && x < 1) {
		return 0, errors.New("want a number from 0 up to, not including, 1")
	}
	return x, nil
}

// Sizes accepts at least two positive integers separated by commas.
func Sizes(text string) ([]int, error) {
	wrong := errors.New("want at least two positive integers with commas, as 784,128,10")
	parts := strings.Split(text, ",")
	if len(parts) < 2 {
		return nil, wrong
	}
	sizes := make([]int, len(parts))
	for i, p := range parts {
		n, err := strconv.Atoi(strings.TrimSpace(p))
		if err != nil || n < 1 {
			return nil, wrong
		}
		sizes[i] = n
	}
	return sizes, nil
}

// JoinInts joins integers as strings.Join does.
func JoinInts(list []int, separator string) string {
	parts := make([]string, len(list))
	for i, n := range list {
		parts[i] = strconv.Itoa(n)
	}
	return strings.Join(parts, separator)
}

// Pair is a point of the plane.
type Pair = [2]float64

// ParsePair accepts two finite numbers separated by a comma.
func ParsePair(text string) (Pair, error) {
	wrong := errors.New("want two finite numbers with a comma, as 5,5")
	parts := strings.Split(text, ",")
	if len(parts) != 2 {
		return Pair{}, wrong
	}
	var p Pair
	for i, part := range parts {
		x, err := Finite(strings.TrimSpace(part))
		if err != nil {
			return Pair{}, wrong
		}
		p[i] = x
	}
	return p, nil
}

// List is a list of names.
type List []string

// String returns the names with commas.
func (l List) String() string { return strings.Join(l, ",") }

// ListOf accepts any of the given names, each once, separated by commas.
func ListOf(names ...string) func(string) (List, error) {
	return func(text string) (List, error) {
		list := List(strings.Split(text, ","))
		for i, name := range list {
			list[i] = strings.TrimSpace(name)
			if !slices.Contains(names, list[i]) || slices.Contains(list[:i], list[i]) {
				return nil, errors.Errorf("want some of %s, each once, with commas", strings.Join(names, ", "))
			}
		}
		return list, nil
	}
}
