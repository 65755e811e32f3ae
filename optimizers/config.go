package optimizers

import (
	"maps"

	"github.com/pkg/errors"
)

// Config describes an optimizer as data. In JSON it is an object with the keys
// "name", "learning_rate", the settings that the optimizer uses, and "schedule"
// unless the rate is constant; see [Config.MarshalJSON].
type Config struct {
	// Name is one of [Names].
	Name string

	// LearningRate is η, positive and finite. Zero is an error: usual rates are
	// in the table, [Lookup].
	LearningRate float64

	// Schedule is how the learning rate changes from update to update; the zero
	// value leaves it constant.
	Schedule Schedule

	// Settings are the other numbers by name, as "beta1". One that is absent
	// has its default; one that the optimizer does not use is an error.
	Settings map[string]float64

	// Threads bounds the threads that share an update; 0 is as many as Go may
	// use. It changes no number, and is not in the JSON.
	Threads int
}

// New returns the optimizer that c describes, or an error that names the field
// at fault. A schedule with settings in epochs must have been resolved.
func New(c Config) (Optimizer, error) {
	kind, values, err := c.check()
	if err == nil {
		err = c.Schedule.checkResolved()
	}
	if err != nil {
		return nil, err
	}
	c.Settings = values
	c.Schedule.Settings = maps.Clone(c.Schedule.Settings)
	return &optimizer{
		memory: memory{moments: kind.moments},
		rule:   kind.rule(values),
		config: c,
	}, nil
}

// Validate returns an error that names the field at fault where New would
// refuse the configuration with its schedule resolved.
func (c Config) Validate() error {
	_, _, err := c.check()
	return err
}

// Rate returns the learning rate of an update, counted from 0: LearningRate
// times the schedule's factor. It panics where the schedule is one that New
// refuses: of an unknown name, or in epochs and not resolved.
func (c Config) Rate(update int) float64 {
	return c.LearningRate * c.Schedule.factor(update)
}

// check returns the row of the table and the values of its settings.
func (c Config) check() (Kind, map[string]float64, error) {
	kind, err := Lookup(c.Name)
	if err != nil {
		return Kind{}, nil, err
	}
	values, err := effective(kind.settings, c.Settings)
	switch {
	case err != nil:
	case !isPositive(c.LearningRate):
		err = errors.Errorf("learning_rate is %v: want %s", c.LearningRate, wantPositive)
	case c.Threads < 0:
		err = errors.Errorf("Threads is %d: want at least 0", c.Threads)
	default:
		_, _, err = c.Schedule.check()
	}
	return kind, values, errors.Wrapf(err, "configuring %s", c.Name)
}
