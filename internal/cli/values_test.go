package cli_test

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"optlab/internal/check"
	"optlab/internal/cli"
)

// table checks a parse function: texts that it takes, by their values, and
// texts that it refuses with an error that says parts.
func table[T any](t *testing.T, parse func(string) (T, error), good map[string]T, bad []string, parts ...string) {
	t.Helper()
	for text, want := range good {
		got, err := parse(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q became %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range bad {
		t.Run(fmt.Sprintf("%q", text), func(t *testing.T) {
			got, err := parse(text)
			check.Error(t, err, parts...)
			if zero := *new(T); !reflect.DeepEqual(got, zero) {
				t.Errorf("%q became %v beside an error", text, got)
			}
		})
	}
}

func TestPositive(t *testing.T) {
	table(t, cli.Positive, map[string]float64{
		"0.1": 0.1, "1e-3": 1e-3, "5": 5, "+2": 2, ".5": 0.5, "1e30": 1e30, "5e-324": math.SmallestNonzeroFloat64, "0x1p-2": 0.25,
	}, []string{
		"", " ", "0", "-0", "-1", "-1e-300", "NaN", "nan", "Inf", "+Inf", "-Inf", "infinity", "1e999", "1e-999", "abc", "0,1", "1 ", "0.1x",
	}, "finite number above 0")
}

func TestFraction(t *testing.T) {
	table(t, cli.Fraction, map[string]float64{"0": 0, "-0": math.Copysign(0, -1), "0.2": 0.2, "0.999999": 0.999999, "1e-9": 1e-9},
		[]string{"", "1", "1.0", "2", "-0.1", "NaN", "Inf", "-Inf", "1e999", "abc", "20%", "0,2"},
		"from 0", "not including, 1")
}

func TestIntFrom(t *testing.T) {
	table(t, cli.IntFrom(1), map[string]int{"1": 1, "16": 16, "+3": 3, "007": 7},
		[]string{"", "0", "-1", "1.5", "1e3", "NaN", "Inf", "99999999999999999999", "abc", " 1", "0x10", "1_000"},
		"integer of at least 1")
	table(t, cli.IntFrom(0), map[string]int{"0": 0, "20": 20}, []string{"", "-1", "x"}, "integer of at least 0")
}

func TestSeed(t *testing.T) {
	table(t, cli.Seed, map[string]uint64{"0": 0, "42": 42, "18446744073709551615": math.MaxUint64},
		[]string{"", "-1", "+1", "18446744073709551616", "1.0", "1e3", "NaN", "Inf", "abc", "0x2a"},
		"from 0 to 2⁶⁴−1")
}

func TestSizes(t *testing.T) {
	table(t, cli.Sizes, map[string][]int{"784,128,10": {784, 128, 10}, "784, 10": {784, 10}, "1,1": {1, 1}},
		[]string{"", ",", "784", "784,", ",10", "784,,10", "784,0,10", "784,-5,10", "784;10", "784,abc", "784,1.5", "784,NaN", "784,99999999999999999999"},
		"at least two positive integers")
}

type color string

func TestOneOf(t *testing.T) {
	table(t, cli.OneOf[color]("red", "green"), map[string]color{"red": "red", "green": "green"},
		[]string{"", "Red", "red ", "blue", "red,green"}, "want one of red, green")
	if got := cli.Join([]color{"red", "green"}, "/"); got != "red/green" {
		t.Errorf("joined to %q", got)
	}
}

func TestText(t *testing.T) {
	table(t, cli.Text, map[string]string{"": "", "any text": "any text"}, nil)
}

func TestIntBetween(t *testing.T) {
	table(t, cli.IntBetween(2, 4), map[string]int{"2": 2, "4": 4}, []string{"", "1", "5", "-2", "3.0", "NaN", "99999999999999999999"}, "from 2 to 4")
}

func TestFinite(t *testing.T) {
	table(t, cli.Finite, map[string]float64{"0": 0, "-1.5": -1.5, "1e300": 1e300},
		[]string{"", "NaN", "Inf", "-inf", "1e999", "abc", "1,5"}, "finite number")
}

func TestParsePair(t *testing.T) {
	table(t, cli.ParsePair, map[string]cli.Pair{"5,5": {5, 5}, "-1.5, 2e3": {-1.5, 2000}},
		[]string{"", "5", "5,", ",5", "1,2,3", "NaN,1", "1,Inf", "1;2", "a,b"}, "two finite numbers")
}

func TestListOf(t *testing.T) {
	parse := cli.ListOf("sgd", "adam")
	table(t, parse, map[string]cli.List{"sgd": {"sgd"}, "adam, sgd": {"adam", "sgd"}},
		[]string{"", "sgd,", "sgd,sgd", "SGD", "rmsprop", "sgd adam"}, "some of sgd, adam", "each once")
	if got := (cli.List{"adam", "sgd"}).String(); got != "adam,sgd" {
		t.Errorf("printed as %q", got)
	}
}

func TestSeveral(t *testing.T) {
	table(t, cli.Several(cli.Positive), map[string]cli.Values[float64]{"0.1": {0.1}, "10, 1e-3": {10, 0.001}},
		[]string{"", "1,", ",1", "1;2", "0,1", "NaN"}, "finite number above 0, or several with commas")
	table(t, cli.Several(cli.Seed), map[string]cli.Values[uint64]{"1,2": {1, 2}}, []string{"1,2,1"}, "1 is there twice")
	if got := (cli.Values[float64]{10, 0.001}).String(); got != "10,0.001" {
		t.Errorf("printed as %q", got)
	}
}
