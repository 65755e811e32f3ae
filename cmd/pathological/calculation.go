package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"optlab/experiment/folder"
	"optlab/optimizers"
)

// command is the name of the command.
const command = "pathological"

// usualOptimizers are the lab's.
var usualOptimizers = []string{"sgd", "momentum", "adam"}

// calculation is all that the files depend on: what config.json has of them.
type calculation struct {
	Surface string     `json:"surface"`
	Start   [2]float64 `json:"start"`
	Updates int        `json:"updates"`
	// Optimizers has of each the learning rate and the settings.
	Optimizers map[string]map[string]float64 `json:"optimizers"`
	Order      []string                      `json:"order"`
}

// rateKey is where a calculation has a learning rate, beside settings.
const rateKey = "learning_rate"

// calculation returns that of the options.
func (o *options) calculation() calculation {
	c := calculation{Surface: o.surface.Name, Start: o.start, Updates: o.updates, Optimizers: make(map[string]map[string]float64)}
	for _, config := range o.optimizers {
		c.Order = append(c.Order, config.Name)
		c.Optimizers[config.Name] = settings(config)
	}
	return c
}

// settings returns the learning rate and all settings of an optimizer, by name.
func settings(c optimizers.Config) map[string]float64 {
	values := map[string]float64{rateKey: c.LearningRate}
	kind, err := optimizers.Lookup(c.Name)
	if err != nil {
		return values
	}
	for _, s := range kind.Settings() {
		values[s.Name] = s.Default
		if x, given := c.Settings[s.Name]; given {
			values[s.Name] = x
		}
	}
	return values
}

// unusual returns the flags, in the given order, whose values are not the ones
// that the surface has by itself: "adam-lr=0.3". A setting stands there once,
// whichever optimizers share it.
func (o *options) unusual() []string {
	var list []string
	add := func(flag string, value, usual float64) {
		if part := fmt.Sprintf("%s=%v", flag, value); value != usual && !slices.Contains(list, part) {
			list = append(list, part)
		}
	}
	for _, c := range o.optimizers {
		kind, err := optimizers.Lookup(c.Name)
		if err != nil {
			continue
		}
		add(rateFlag(c.Name), c.LearningRate, kind.RateAmong(o.surface.Rates))
		for _, s := range kind.Settings() {
			add(s.Flag, settings(c)[s.Name], s.Default)
		}
	}
	return list
}

// path returns the folder of the calculation: as given, or named after what is
// not as usual.
func (o *options) path() string {
	if o.out != "" {
		return o.out
	}
	parts := []string{command}
	if name := o.surface.Name; name != command {
		parts = append(parts, name)
	}
	if order := o.calculation().Order; !slices.Equal(order, usualOptimizers) {
		parts = append(parts, strings.Join(order, "+"))
	}
	parts = append(parts, o.unusual()...)
	if o.start != o.surface.Start {
		parts = append(parts, fmt.Sprintf("start=%v,%v", o.start[0], o.start[1]))
	}
	if o.updates != usualUpdates {
		parts = append(parts, fmt.Sprintf("updates=%d", o.updates))
	}
	return filepath.Join("runs", strings.Join(parts, "-"))
}

// folder returns the folder of the calculation.
func (o *options) folder() folder.Folder {
	return folder.Folder{
		Path: o.path(), Files: files, Overwrite: o.overwrite,
		Adopt: func(name string) bool { return slices.Contains(files, name) },
	}
}
