package cli

import (
	"slices"
	"strings"

	"optlab/experiment"
	"optlab/graph"
	"optlab/models"
	"optlab/optimizers"
)

// Lists are the flags of a training of which each may list several values: they
// make the product of experiments, which are compared.
type Lists struct {
	flags    *Flags
	settings *Settings // of the optimizers

	optimizers  List
	rates       Values[float64] // empty: each optimizer's usual one
	activations Values[graph.Activation]
	dropouts    Values[float64]
	inits       Values[models.Scheme]
	batches     Values[int]
	seeds       Values[uint64]
}

// NewLists returns lists that have what an experiment has.
func NewLists(f *Flags, c experiment.Config) *Lists {
	return &Lists{
		flags: f, optimizers: List{c.Optimizer.Name}, activations: Values[graph.Activation]{c.Model.Activation},
		dropouts: Values[float64]{c.Model.Dropout}, inits: Values[models.Scheme]{c.Init.Scheme},
		batches: Values[int]{c.Batch}, seeds: Values[uint64]{c.Seed},
	}
}

// BindNetwork defines the flags of the network.
func (l *Lists) BindNetwork() {
	Bind(l.flags, &l.activations, "activation", Several(OneOf(graph.Activations...)), "`NAME` of the base model's activation: "+Join(graph.Activations, ", ")+" (default tanh)")
	Bind(l.flags, &l.dropouts, "dropout", Several(Fraction), "`P`robability to drop a hidden unit in training, 0 for none; the base model has none")
	Bind(l.flags, &l.inits, "init", Several(OneOf(models.Schemes...)), "`SCHEME` of the first values: "+Join(models.Schemes, ", "))
}

// BindTraining defines the flags of the training, also those for the settings
// of the optimizers.
func (l *Lists) BindTraining() {
	Bind(l.flags, &l.optimizers, "optimizer", ListOf(optimizers.Names()...), "`RULE` of the update: "+strings.Join(optimizers.Names(), ", "))
	l.flags.Alias("optimizers", "optimizer")
	Bind(l.flags, &l.rates, "lr", Several(Positive), "learning `RATE` "+UsualRates())
	l.settings = DefineSettings(l.flags, optimizers.Settings())
	Bind(l.flags, &l.batches, "batch", Several(IntFrom(1)), "`N` samples per step")
	Bind(l.flags, &l.seeds, "seed", Several(Seed), "`N` that decides every random draw")
}

// Complete sets what was not given and depends on the architecture. Settings
// that no listed optimizer has, and too many experiments, are a UsageError.
func (l *Lists) Complete(usual experiment.Config) error {
	if !l.flags.Given("activation") {
		l.activations = Values[graph.Activation]{usual.Model.Activation}
	}
	if !l.flags.Given("dropout") {
		l.dropouts = Values[float64]{usual.Model.Dropout}
	}
	const most = 200
	n := 1
	for _, a := range l.axes() {
		if n *= a.values; n > most {
			return Usagef("the lists of -%s make more than %d runs: want fewer values", strings.Join(l.Listed(), ", -"), most)
		}
	}
	if err := CheckInitializer(l.flags.Given, l.inits...); err != nil {
		return err
	}
	return l.settings.Check(l.optimizers...)
}

// axis is a flag with its values.
type axis struct {
	flag   string // its name, and that of the setting for experiment.Config.Named
	values int
	set    func(c *experiment.Config, i int)
}

// axes are all of them, in the order in which experiments are made: the last
// changes fastest.
func (l *Lists) axes() []axis {
	return []axis{
		{"optimizer", len(l.optimizers), func(c *experiment.Config, i int) { l.choose(&c.Optimizer, l.optimizers[i]) }},
		{"lr", max(1, len(l.rates)), func(c *experiment.Config, i int) {
			if len(l.rates) > 0 {
				c.Optimizer.LearningRate = l.rates[i]
			}
		}},
		{"activation", len(l.activations), func(c *experiment.Config, i int) { c.Model.Activation = l.activations[i] }},
		{"dropout", len(l.dropouts), func(c *experiment.Config, i int) { c.Model.Dropout = l.dropouts[i] }},
		{"init", len(l.inits), func(c *experiment.Config, i int) {
			c.Init.Scheme = l.inits[i]
			c.Init.Gain = c.Init.Gain && slices.Contains(models.SchemesWithGain, c.Init.Scheme)
		}},
		{"batch", len(l.batches), func(c *experiment.Config, i int) { c.Batch = l.batches[i] }},
		{"seed", len(l.seeds), func(c *experiment.Config, i int) { c.Seed = l.seeds[i] }},
	}
}

// choose makes an optimizer that of a name, with its usual learning rate.
func (l *Lists) choose(optimizer *optimizers.Config, name string) {
	optimizer.Name, optimizer.Settings = name, l.settings.Of(name)
	if kind, err := optimizers.Lookup(name); err == nil {
		optimizer.LearningRate = kind.LearningRate
	}
}

// Listed returns the flags that list several values.
func (l *Lists) Listed() (flags []string) {
	for _, a := range l.axes() {
		if a.values > 1 {
			flags = append(flags, a.flag)
		}
	}
	return flags
}

// Product returns an experiment with every combination of the values.
func (l *Lists) Product(c experiment.Config) []experiment.Config {
	all := []experiment.Config{c}
	for _, a := range l.axes() {
		var product []experiment.Config
		for _, c := range all {
			for i := range a.values {
				a.set(&c, i)
				product = append(product, c)
			}
		}
		all = product
	}
	return all
}

// Name names the experiments: after the optimizers, and then after what else is
// listed.
func (l *Lists) Name() string {
	name := strings.Join(l.optimizers, "+")
	for _, flag := range l.Listed() {
		if flag != "optimizer" {
			name += "-" + flag
		}
	}
	return name
}
