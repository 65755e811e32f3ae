package optimizers

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/pkg/errors"
)

// Setting is a number that an optimizer or a schedule takes beside its name:
// what a flag, a form or a search must know about it.
type Setting struct {
	// Name is its key in Settings and in JSON, as "beta1".
	Name string

	// Flag is a name for the command line, as "eps" or "weight-decay".
	Flag string

	// Symbol is the one in the equation, as "β₁".
	Symbol string

	// Usage says what it is, in a line; a word in back quotes stands for the
	// value.
	Usage string

	// Default is the value where none is given.
	Default float64

	// Want says which values are allowed: "a number from …".
	Want string

	// Users are the names of what uses it, in the order of the table.
	Users []string

	allows func(x float64) bool
	epochs bool // it is a number of epochs
}

// The settings that several optimizers share.
var (
	beta1 = &Setting{
		Name: "beta1", Flag: "beta1", Symbol: "β₁", Default: 0.9,
		Usage: "`DECAY` of the mean gradient", Want: wantFraction, allows: isFraction,
	}
	beta2 = &Setting{
		Name: "beta2", Flag: "beta2", Symbol: "β₂", Default: 0.999,
		Usage: "`DECAY` of the mean squared gradient", Want: wantFraction, allows: isFraction,
	}
	epsilon = &Setting{
		Name: "epsilon", Flag: "eps", Symbol: "ε", Default: 1e-8,
		Usage: "`NUMBER` added to the root of the mean square", Want: wantEpsilon, allows: isEpsilon,
	}
)

// What may be allowed. An epsilon below 2⁻¹²⁶ would be lost in float32.
const (
	wantPositive    = "a finite number above 0"
	wantNonnegative = "a finite number of at least 0"
	wantFraction    = "a number from 0 up to, not including, 1"
	wantEpsilon     = "a finite number above 0, at least 2⁻¹²⁶ (about 1.2e-38)"
)

func isPositive(x float64) bool    { return x > 0 && x <= math.MaxFloat64 }
func isNonnegative(x float64) bool { return x >= 0 && x <= math.MaxFloat64 }
func isFraction(x float64) bool    { return x >= 0 && x < 1 }
func isEpsilon(x float64) bool     { return x >= 0x1p-126 && x <= math.MaxFloat64 }

// Check returns an error unless x is allowed.
func (s *Setting) Check(x float64) error {
	if s.allows(x) {
		return nil
	}
	return errors.Errorf("%s is %v: want %s", s.Name, x, s.Want)
}

// in returns its value in the given settings.
func (s *Setting) in(given map[string]float64) float64 {
	if x, ok := given[s.Name]; ok {
		return x
	}
	return s.Default
}

// effective returns the value of every setting in use: the given one, or the
// default. A given one that is not in use, or not allowed, is an error.
func effective(used []*Setting, given map[string]float64) (map[string]float64, error) {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.ContainsFunc(used, func(s *Setting) bool { return s.Name == name }) {
			return nil, errors.Errorf("there is no setting %q: want %s", name, someOf(used))
		}
	}
	values := make(map[string]float64, len(used))
	for _, s := range used {
		x := s.in(given)
		if err := s.Check(x); err != nil {
			return nil, err
		}
		values[s.Name] = x
	}
	return values, nil
}

// someOf lists the names of the settings.
func someOf(settings []*Setting) string {
	if len(settings) == 0 {
		return "none"
	}
	names := make([]string, len(settings))
	for i, s := range settings {
		names[i] = s.Name
	}
	return "some of " + strings.Join(names, ", ")
}

// collector gathers settings, each once, with their users.
type collector struct {
	settings []*Setting
	users    map[*Setting][]string
}

func (c *collector) add(user string, settings []*Setting) {
	for _, s := range settings {
		if c.users[s] == nil {
			c.settings = append(c.settings, s)
		}
		if c.users == nil {
			c.users = make(map[*Setting][]string)
		}
		c.users[s] = append(c.users[s], user)
	}
}

// copies returns copies of the gathered settings that say who uses them.
func (c *collector) copies() []Setting {
	copies := make([]Setting, len(c.settings))
	for i, s := range c.settings {
		copies[i] = *s
		copies[i].Users = c.users[s]
	}
	return copies
}
