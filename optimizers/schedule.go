package optimizers

import (
	"math"
	"strings"

	"github.com/pkg/errors"
)

// schedules has a row for every schedule, in the order of [ScheduleNames].
var schedules = []*scheduleKind{constant, stepwise, exponential, cosine}

// scheduleKind is what the table says about one schedule.
type scheduleKind struct {
	name     string
	settings []*Setting

	// spansTraining reports whether factors depend on the length of the
	// training; nil: they never do.
	spansTraining func(s Schedule) bool

	// factor returns the factor of an update, counted from the end of the
	// warm-up.
	factor func(s Schedule, update int) float64
}

// Schedule says how the learning rate changes from update to update: it is the
// configured rate times a factor, which [Config.Rate] has in it. As the factor
// depends on the number of the update alone, it is right after a restart.
//
// Settings speak of epochs where a schedule is about long stretches, as a user
// does. How many updates those are is what [Schedule.Resolve] must be told
// before the schedule is of use.
type Schedule struct {
	// Name is one of [ScheduleNames]; empty is the first, "constant".
	Name string

	// Warmup is over how many updates, before all else, the factor rises
	// linearly to 1: that of update t, counted from 0, is (t+1)/Warmup. The
	// schedule proper starts after them. It is torch's
	// LinearLR(start_factor=1/Warmup, total_iters=Warmup−1) followed, in a
	// SequentialLR, by the other at milestone Warmup.
	Warmup int

	// Settings are numbers by name, as "decay". One that is absent has its
	// default; one that the schedule does not use is an error.
	Settings map[string]float64

	epoch, training int     // updates of each; epoch is 0 before Resolve
	growth          float64 // of [Growing], else 0
}

// The settings that several schedules share.
var (
	decay = &Setting{
		Name: "decay", Flag: "decay", Symbol: "γ", Default: 0.9,
		Usage: "`FACTOR` of the learning rate from one stretch to the next", Want: wantDecay, allows: isDecay,
	}
	every = &Setting{
		Name: "every", Flag: "decay-every", Symbol: "P", Default: 1, epochs: true,
		Usage: "`N` epochs that such a stretch lasts", Want: wantPositive, allows: isPositive,
	}
)

const wantDecay = "a number above 0, up to 1"

func isDecay(x float64) bool { return x > 0 && x <= 1 }

// ScheduleNames returns the names of all schedules, "constant" first.
func ScheduleNames() []string {
	names := make([]string, len(schedules))
	for i, k := range schedules {
		names[i] = k.name
	}
	return names
}

// ScheduleSettings returns the settings of all schedules, each once, with the
// names of those that use it. They go to Schedule.Settings; the warm-up, which
// goes with every schedule, is not among them.
func ScheduleSettings() []Setting {
	var c collector
	for _, k := range schedules {
		c.add(k.name, k.settings)
	}
	return c.copies()
}

// Constant reports whether every factor is 1.
func (s Schedule) Constant() bool {
	return (s.Name == "" || s.Name == constant.name) && s.Warmup == 0 && s.growth == 0
}

// SpansTraining reports whether factors depend on how long the training is.
func (s Schedule) SpansTraining() bool {
	kind, err := s.kind()
	return err == nil && kind.spansTraining != nil && kind.spansTraining(s)
}

// Resolve returns the schedule for a training of that many updates, with so
// many in each epoch.
func (s Schedule) Resolve(updatesPerEpoch, updates int) Schedule {
	s.epoch, s.training = updatesPerEpoch, updates
	return s
}

// factor returns the factor of an update, counted from 0. It panics where New
// would refuse the schedule: an unknown name, or epochs that are not resolved.
func (s Schedule) factor(update int) float64 {
	kind, err := s.kind()
	if err == nil {
		err = s.checkResolved()
	}
	if err != nil {
		panic(err)
	}
	if s.growth != 0 {
		return s.growing(update)
	}
	if update < s.Warmup {
		return float64(update+1) / float64(s.Warmup)
	}
	return kind.factor(s, update-s.Warmup)
}

// check returns the row of the table and the values of its settings.
func (s Schedule) check() (*scheduleKind, map[string]float64, error) {
	kind, err := s.kind()
	if err != nil {
		return nil, nil, err
	}
	values, err := effective(kind.settings, s.Settings)
	if err == nil && s.Warmup < 0 {
		err = errors.Errorf("warmup is %d: want at least 0 updates", s.Warmup)
	}
	if err == nil && s.growth != 0 && !isPositive(s.growth) {
		err = errors.Errorf("the rate grows by %v: want %s", s.growth, wantPositive)
	}
	return kind, values, errors.Wrapf(err, "schedule %s", kind.name)
}

// checkResolved returns an error if the schedule counts in epochs and has not
// been told how long one is.
func (s Schedule) checkResolved() error {
	kind, err := s.kind()
	if err != nil || s.epoch > 0 {
		return err
	}
	for _, setting := range kind.settings {
		if setting.epochs {
			return errors.Errorf("schedule %s: an epoch has %d updates: want at least 1, by Schedule.Resolve", kind.name, s.epoch)
		}
	}
	return nil
}

// kind returns the row of the table.
func (s Schedule) kind() (*scheduleKind, error) {
	if s.Name == "" {
		return constant, nil
	}
	for _, k := range schedules {
		if k.name == s.Name {
			return k, nil
		}
	}
	return nil, errors.Errorf("unknown schedule %q: want one of %s", s.Name, strings.Join(ScheduleNames(), ", "))
}

// updates returns a setting in epochs as whole updates, at least one.
func (s Schedule) updates(setting *Setting) float64 {
	return max(1, math.Round(setting.in(s.Settings)*float64(s.epoch)))
}
