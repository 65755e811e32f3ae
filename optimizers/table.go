package optimizers

import (
	"strings"

	"github.com/pkg/errors"

	"optlab/internal/parallel"
)

// table has a row for every optimizer, in the order of [Names].
var table = []*Kind{sgd, momentum, adam, nesterov, rmsprop, adamw}

// Kind is what the table says about one optimizer.
type Kind struct {
	// Name is the one in a Config: lower case, for flags and file names.
	Name string

	// Title is the name in a sentence, as "SGD" or "momentum".
	Title string

	// LearningRate is a usual one, for the training of a network.
	LearningRate float64

	settings []*Setting // the first is the one that matters most
	moments  []string   // that it keeps, by their letters in the equation
	rule     func(values map[string]float64) rule

	// Where the rate of another optimizer, rateLike, has been tuned, a part of
	// it suits this one: divided by ratePart, which keeps decimal fractions
	// short.
	rateLike string
	ratePart float64
}

// rule is the update of one optimizer with its settings.
type rule interface {
	// prepare computes what update t, from 1, with that learning rate has in
	// common for all parameters.
	prepare(t int, rate float64)

	// update updates w and the moments of p from g, for both types: the slices
	// of the type that p does not have are empty.
	update(threads parallel.Threads, p *parameter)
}

// Names returns the names of all optimizers, the lab's own first.
func Names() []string {
	names := make([]string, len(table))
	for i, k := range table {
		names[i] = k.Name
	}
	return names
}

// Kinds returns all optimizers, in the order of Names.
func Kinds() []Kind {
	kinds := make([]Kind, len(table))
	for i, k := range table {
		kinds[i] = *k
	}
	return kinds
}

// Lookup returns the optimizer of the given name, or an error that lists the
// names.
func Lookup(name string) (Kind, error) {
	for _, k := range table {
		if k.Name == name {
			return *k, nil
		}
	}
	return Kind{}, errors.Errorf("unknown optimizer %q: want one of %s", name, strings.Join(Names(), ", "))
}

// Moments returns how many tensors the optimizer keeps for each parameter, of
// its shape.
func (k Kind) Moments() int { return len(k.moments) }

// Settings returns the settings that the optimizer uses, the one that matters
// most first.
func (k Kind) Settings() []Setting {
	var c collector
	c.add(k.Name, k.settings)
	return c.copies()
}

// Settings returns the settings of all optimizers, each once, with the names of
// those that use it.
func Settings() []Setting {
	var c collector
	for _, k := range table {
		c.add(k.Name, k.settings)
	}
	return c.copies()
}

// RateAmong returns a learning rate for a problem on which those of some
// optimizers have been tuned: its own, or that of another divided by what
// usually lies between the two, or else the usual one.
func (k Kind) RateAmong(tuned map[string]float64) float64 {
	if rate, ok := k.tuned(tuned); ok {
		return rate
	}
	return k.LearningRate
}

func (k Kind) tuned(rates map[string]float64) (rate float64, ok bool) {
	if rate, ok = rates[k.Name]; ok {
		return rate, true
	}
	other, err := Lookup(k.rateLike)
	if err != nil {
		return 0, false
	}
	rate, ok = other.tuned(rates)
	return rate / k.ratePart, ok
}
