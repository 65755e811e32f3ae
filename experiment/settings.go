package experiment

import (
	"slices"
	"strconv"
	"strings"
)

// setting is a setting in which experiments that are compared may differ.
type setting struct {
	name string
	// plain says that a value tells which setting it is of: "adam".
	plain bool
	value func(c Config) string
}

// settings are all of them, in the order in which they name an experiment.
var settings = []setting{
	{"optimizer", true, func(c Config) string { return c.Optimizer.Name }},
	{"lr", false, func(c Config) string { return number(c.Optimizer.LearningRate) }},
	{"activation", true, func(c Config) string { return string(c.Model.Activation) }},
	{"dropout", false, func(c Config) string { return number(c.Model.Dropout) }},
	{"init", true, func(c Config) string { return string(c.Init.Scheme) }},
	{"batch", false, func(c Config) string { return strconv.Itoa(c.Batch) }},
	{seedKey, false, func(c Config) string { return strconv.FormatUint(c.Seed, 10) }},
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// Named returns the values that c has of some settings: of "optimizer", "lr",
// "activation", "dropout", "init", "batch" and "seed", in that order. A value
// that does not say what it is of comes after the setting's name and between.
// So a folder is called "adam,lr=0.01", with "=" and ",", and a curve
// "adam, lr 0.01".
func (c Config) Named(of []string, between, separator string) string {
	var parts []string
	for _, s := range settings {
		if !slices.Contains(of, s.name) {
			continue
		}
		if value := s.value(c); s.plain {
			parts = append(parts, value)
		} else {
			parts = append(parts, s.name+between+value)
		}
	}
	return strings.Join(parts, separator)
}

// Differing returns the settings that Named knows in which some experiments
// differ.
func Differing(configs []Config) []string {
	var names []string
	for _, s := range settings {
		if slices.ContainsFunc(configs, func(c Config) bool { return s.value(c) != s.value(configs[0]) }) {
			names = append(names, s.name)
		}
	}
	return names
}
