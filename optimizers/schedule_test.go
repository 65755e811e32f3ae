package optimizers

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// testdata/schedules.json has the rates of torch.optim.lr_scheduler, written by
// make_torch.py, for epochs of one update.
func TestSchedulesAreTorchs(t *testing.T) {
	data, err := os.ReadFile("testdata/schedules.json")
	noError(t, err)
	var file struct {
		Cases []struct {
			Schedule Schedule
			Rates    []float64
		}
	}
	noError(t, json.Unmarshal(data, &file))
	seen := make(map[string]bool)
	for _, c := range file.Cases {
		seen[c.Schedule.Name] = true
		s := c.Schedule.Resolve(1, len(c.Rates))
		for i, want := range c.Rates {
			if got := s.factor(i); math.Abs(got-want) > 1e-12*want {
				t.Errorf("%+v: the factor of update %d is %v, want %v", c.Schedule, i, got, want)
			}
		}
	}
	for _, name := range ScheduleNames() {
		if !seen[name] {
			t.Errorf("schedules.json has no %s", name)
		}
	}
}

// drawSchedule draws a schedule that is resolved, and the updates of a
// training.
func drawSchedule(t *rapid.T) (s Schedule, updates int) {
	epoch := rapid.IntRange(1, 50).Draw(t, "epoch")
	updates = epoch * rapid.IntRange(1, 8).Draw(t, "epochs")
	return configuration().Draw(t, "configuration").Schedule.Resolve(epoch, updates), updates
}

// The warm-up rises evenly to 1; from there the rate never rises.
func TestScheduleIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, updates := drawSchedule(t)
		for i := range s.Warmup {
			if got, want := s.factor(i), float64(i+1)/float64(s.Warmup); got != want {
				t.Fatalf("the factor of update %d in the warm-up is %v, want %v", i, got, want)
			}
		}
		last := 1.0
		for i := s.Warmup; i < s.Warmup+updates+10; i++ {
			now := s.factor(i)
			if i == s.Warmup && now != 1 || now > last || now < 0 {
				t.Fatalf("the factor of update %d is %v after %v", i, now, last)
			}
			last = now
		}
	})
}

// The warm-up shifts the rest.
func TestWarmupShifts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, updates := drawSchedule(t)
		bare := s
		bare.Warmup = 0
		bare.training -= s.Warmup
		for i := range updates {
			if got, want := s.factor(s.Warmup+i), bare.factor(i); got != want {
				t.Fatalf("the factor of update %d after the warm-up is %v, without it %v", i, got, want)
			}
		}
	})
}

// Settings in epochs mean as many updates as an epoch has, and a cosine without
// a length ends with the training.
func TestEpochsBecomeUpdates(t *testing.T) {
	step := Schedule{Name: "step", Settings: map[string]float64{"decay": 0.5, "every": 1.5}}.Resolve(10, 100)
	for i, want := range map[int]float64{0: 1, 14: 1, 15: 0.5, 29: 0.5, 30: 0.25} {
		same(t, "a step's factor", step.factor(i), want)
	}
	brief := Schedule{Name: "step", Settings: map[string]float64{"decay": 0.5, "every": 0.001}}.Resolve(10, 100)
	same(t, "the factor where a stretch is shorter than an update", brief.factor(1), 0.5)
	whole := Schedule{Name: "cosine", Warmup: 20, Settings: map[string]float64{"floor": 0.5}}.Resolve(10, 100)
	for i, want := range map[int]float64{19: 1, 20: 1, 60: 0.75, 100: 0.5, 500: 0.5} {
		same(t, "a cosine's factor", whole.factor(i), want)
	}
	half := Schedule{Name: "cosine", Settings: map[string]float64{"length": 5}}.Resolve(10, 100)
	for i, want := range map[int]float64{0: 1, 25: 0.5, 50: 0, 99: 0} {
		if got := half.factor(i); math.Abs(got-want) > 1e-15 {
			t.Errorf("half a cosine's factor of update %d is %v, want %v", i, got, want)
		}
	}
	late := Schedule{Name: "cosine", Warmup: 200}.Resolve(10, 100)
	same(t, "the factor after a warm-up longer than the training", late.factor(201), 0.0)
}

// An optimizer that is restored goes on with the rates of the schedule.
func TestScheduleContinues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := configuration().Draw(t, "configuration")
		c.Schedule = c.Schedule.Resolve(3, 20)
		p := drawProblem(t)
		whole, err := New(c)
		noError(t, err)
		want := solve[float64](t, whole, p)

		until := rapid.IntRange(0, len(p.gradients)-1).Draw(t, "until")
		first, err := New(c)
		noError(t, err)
		head := solve[float64](t, first, problem{p.start, p.gradients[:until]})
		second, err := New(c)
		noError(t, err)
		noError(t, second.SetState(first.State()))
		if until > 0 {
			p.start = head[until-1]
		}
		tail := solve[float64](t, second, problem{p.start, p.gradients[until:]})
		sameBits(t, append(head, tail...), want)
	})
}

// An update is made at the rate that Rate says.
func TestRate(t *testing.T) {
	c := Config{Name: "sgd", LearningRate: 0.5, Schedule: Schedule{Name: "exponential", Warmup: 3}.Resolve(2, 10)}
	o, err := New(c)
	noError(t, err)
	before := 0.0
	for i, w := range descend(t, o, []float64{0}, [][]float64{{-1}, {-1}, {-1}, {-1}, {-1}, {-1}}) {
		if got, want := w[0]-before, c.Rate(i); math.Abs(got-want) > 1e-15 {
			t.Errorf("update %d is of %v, want %v", i, got, want)
		}
		before = w[0]
	}
}

func validSchedule(s Schedule) error {
	_, _, err := s.check()
	return err
}

func TestScheduleErrors(t *testing.T) {
	for _, c := range []struct {
		schedule Schedule
		message  string
	}{
		{Schedule{Name: "nonesuch"}, `unknown schedule "nonesuch": want one of constant, step, exponential, cosine`},
		{Schedule{Settings: map[string]float64{"decay": 1}}, `schedule constant: there is no setting "decay": want none`},
		{Schedule{Name: "step", Warmup: -1}, "schedule step: warmup is -1: want at least 0 updates"},
		{Schedule{Name: "step", Settings: map[string]float64{"decay": 0}}, "schedule step: decay is 0: want a number above 0, up to 1"},
		{Schedule{Name: "step", Settings: map[string]float64{"decay": 1.1}}, "decay is 1.1: want"},
		{Schedule{Name: "exponential", Settings: map[string]float64{"every": 0}}, "schedule exponential: every is 0: want a finite number above 0"},
		{Schedule{Name: "cosine", Settings: map[string]float64{"length": -1}}, "schedule cosine: length is -1: want a finite number of at least 0"},
		{Schedule{Name: "cosine", Settings: map[string]float64{"floor": 1.1}}, "schedule cosine: floor is 1.1: want a number from 0 to 1"},
		{Schedule{Name: "cosine", Settings: map[string]float64{"floor": math.NaN()}}, "floor is NaN"},
	} {
		wantError(t, validSchedule(c.schedule), c.message)
		refused(t, Config{Name: "sgd", LearningRate: 1, Schedule: c.schedule}, c.message)
		if _, err := json.Marshal(c.schedule); err == nil {
			t.Errorf("%+v is written as JSON, though it is wrong", c.schedule)
		}
	}
}

// A schedule in epochs is of no use before it knows how long one is.
func TestUnresolved(t *testing.T) {
	for _, name := range []string{"step", "exponential", "cosine"} {
		for _, s := range []Schedule{{Name: name}, Schedule{Name: name}.Resolve(0, 10)} {
			noError(t, validSchedule(s))
			_, err := New(Config{Name: "sgd", LearningRate: 1, Schedule: s})
			wantError(t, err, "schedule "+name+": an epoch has 0 updates: want at least 1, by Schedule.Resolve")
			panics(t, func() { s.factor(0) })
		}
	}
	panics(t, func() { Schedule{Name: "nonesuch"}.factor(0) })
	same(t, "the factor of a warm-up alone", Schedule{Warmup: 4}.factor(1), 0.5)
}

func panics(t *testing.T, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	f()
}

// Growing multiplies the rate by the same factor from update to update.
func TestGrowing(t *testing.T) {
	c := Config{Name: "sgd", LearningRate: 1e-3, Schedule: Growing(10)}
	noError(t, c.Validate())
	for update, want := range []float64{1e-3, 1e-2, 1e-1, 1} {
		if got := c.Rate(update); math.Abs(got-want) > 1e-12*want {
			t.Errorf("the rate of update %d is %v, want %v", update, got, want)
		}
	}
	if c.Schedule.Constant() || c.Schedule.SpansTraining() {
		t.Error("it is a constant schedule, or depends on the length of the training")
	}
	for _, growth := range []float64{-1, math.Inf(1), math.NaN()} {
		c.Schedule = Growing(growth)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "the rate grows by") {
			t.Errorf("growth %v: %v", growth, err)
		}
	}
}
