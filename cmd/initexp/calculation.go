package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"optlab/dataset"
	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/graph"
	"optlab/internal/cli"
	"optlab/models"
)

// settings are those of a scheme that it uses. They are pointers because 0 is a
// value of c.
type settings struct {
	C    *float64 `json:"c,omitempty"`
	Std  *float64 `json:"std,omitempty"`
	Gain bool     `json:"gain,omitempty"`
}

// settingsOf returns what some of the schemes use of an initializer's settings.
func settingsOf(init models.Initializer, schemes ...models.Scheme) (s settings) {
	if slices.Contains(schemes, models.Constant) {
		s.C = &init.Constant
	}
	if slices.Contains(schemes, models.Normal) {
		s.Std = &init.Std
	}
	s.Gain = init.Gain && slices.ContainsFunc(schemes, withGain)
	return s
}

// withGain tells whether a scheme takes a gain.
func withGain(s models.Scheme) bool { return slices.Contains(models.SchemesWithGain, s) }

// list returns the settings as a title has them, each after a comma.
func (s settings) list() string {
	var text string
	if s.C != nil {
		text += fmt.Sprintf(", c %v", *s.C)
	}
	if s.Std != nil {
		text += fmt.Sprintf(", std %v", *s.Std)
	}
	if s.Gain {
		text += ", gain"
	}
	return text
}

// calculation is all that the files depend on: what config.json has of them.
type calculation struct {
	Scheme models.Scheme `json:"scheme"` // or all
	settings
	Activation graph.Activation `json:"activation"`
	Sizes      []int            `json:"sizes"`
	Depth      bool             `json:"depth,omitempty"` // there is a picture of it
	// A set counts by its content, an embedded one by its name.
	Data       string    `json:"data,omitempty"`
	DataSHA256 string    `json:"data_sha256,omitempty"`
	Samples    int       `json:"samples"`
	Bins       int       `json:"bins"`
	Seed       uint64    `json:"seed"`
	Train      *training `json:"train,omitempty"` // nil: none
}

// calculation returns that of a scheme, or of all of them.
func (o *options) calculation(set *dataset.Set, scheme models.Scheme) (calculation, error) {
	schemes := []models.Scheme{scheme}
	if scheme == o.scheme {
		schemes = o.schemes()
	}
	c, err := o.config(set, schemes[0]).Complete(set)
	if err != nil {
		return calculation{}, cli.Misconfigured(err)
	}
	is := calculation{
		Scheme: scheme, settings: settingsOf(o.Init, schemes...), Activation: c.Model.Activation,
		Sizes: c.Model.Sizes, Depth: o.depth > 0, DataSHA256: c.DataSHA256, Samples: o.samples, Bins: o.bins, Seed: c.Seed,
	}
	if set.Embedded {
		is.Data = set.Name
	}
	if o.training.Epochs > 0 {
		is.Train = &o.training
	}
	return is, nil
}

// path returns the folder of the calculation: as given, or named after the
// scheme and what is not as usual.
func (o *options) path(set *dataset.Set) string {
	if o.out != "" {
		return o.out
	}
	usual := defaults()
	parts := []string{"initexp", string(o.scheme)}
	add := func(differs bool, format string, value any) {
		if differs {
			parts = append(parts, fmt.Sprintf(format, value))
		}
	}
	add(o.Init.Constant != usual.Init.Constant, "c=%v", o.Init.Constant)
	add(o.Init.Std != usual.Init.Std, "std=%v", o.Init.Std)
	add(o.Init.Gain, "%s", "gain")
	add(o.Model.Activation != usual.Model.Activation, "%s", o.Model.Activation)
	add(o.depth > 0, "depth=%d", o.depth)
	add(!o.usualSizes(set), "%s", shortSizes(o.Model.Sizes))
	add(set.Name != usual.Data, "%s", set.Name)
	add(o.samples != usual.samples, "samples=%d", o.samples)
	add(o.bins != usual.bins, "bins=%d", o.bins)
	add(o.Seed != usual.Seed, "seed=%d", o.Seed)
	add(o.training.Epochs > 0, "train=%d", o.training.Epochs)
	if t := o.training; t.Epochs > 0 {
		add(t.Optimizer != usual.training.Optimizer, "%s", t.Optimizer)
		add(t.LearningRate > 0, "lr=%v", t.LearningRate)
		add(t.Batch != usual.training.Batch, "batch=%d", t.Batch)
	}
	return filepath.Join("runs", strings.Join(parts, "-"))
}

// usualSizes reports whether the sizes are those that the network has without
// -sizes.
func (o *options) usualSizes(set *dataset.Set) bool {
	usual := *o
	usual.Model.Sizes = nil
	given, err := o.config(set, o.schemes()[0]).Complete(set)
	own, otherErr := usual.config(set, o.schemes()[0]).Complete(set)
	return err != nil || otherErr != nil || slices.Equal(given.Model.Sizes, own.Model.Sizes)
}

// shortSizes writes sizes for a folder's name, with equal ones in a row as
// 256x30.
func shortSizes(sizes []int) string {
	var parts []string
	for i := 0; i < len(sizes); {
		n := 1
		for i+n < len(sizes) && sizes[i+n] == sizes[i] {
			n++
		}
		part := fmt.Sprint(sizes[i])
		if n > 1 {
			part += fmt.Sprintf("x%d", n)
		}
		parts = append(parts, part)
		i += n
	}
	return strings.Join(parts, "-")
}

// folder returns the folder of a scheme, or of all.
func (o *options) folder(path string) folder.Folder {
	return folder.Folder{Path: path, Files: files, Overwrite: o.overwrite, Adopt: func(name string) bool {
		return slices.Contains(files, name) || slices.Contains(models.Schemes, models.Scheme(name))
	}}
}

// place is where a calculation goes.
type place struct {
	folder.Folder
	calculation
}

// take claims it.
func (p place) take() (*folder.Hold, error) { return p.TakeFor(command, p.calculation) }

// places returns where the calculation goes, and every scheme's part of it,
// which is all of it if there is one scheme. That one of them holds another
// calculation is an error.
func (o *options) places(set *dataset.Set) (whole place, parts map[models.Scheme]place, err error) {
	path := o.path(set)
	parts = make(map[models.Scheme]place)
	at := func(path string, scheme models.Scheme) (place, error) {
		c, err := o.calculation(set, scheme)
		if err != nil {
			return place{}, err
		}
		p := place{o.folder(path), c}
		return p, p.Takes(command, c)
	}
	if whole, err = at(path, o.scheme); err != nil || !o.several() {
		parts[o.scheme] = whole
		return whole, parts, err
	}
	for _, scheme := range o.schemes() {
		if parts[scheme], err = at(filepath.Join(path, string(scheme)), scheme); err != nil {
			return whole, parts, err
		}
	}
	return whole, parts, nil
}

// command is the name of the command.
const command = "initexp"

// defaults returns the options without any flag.
func defaults() *options {
	o := &options{Config: experiment.Default(models.BaseNetwork), listed: cli.Values[models.Scheme]{models.EqualVar}, samples: 1024, bins: 50}
	o.training = training{Optimizer: o.Config.Optimizer.Name, Batch: 256}
	o.name()
	o.Data, o.Model.Activation = "fashion", graph.Identity
	o.Batch = 1 // nothing is trained: a set of any size will do
	return o
}
