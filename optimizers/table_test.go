package optimizers

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// row is what the tests must know of an optimizer.
type row struct {
	// rate is the learning rate in most tests.
	rate float64

	// On either surface, the bound is about one and a half times the distance
	// from the minimum that is reached in so many steps.
	parabola, rosenbrock convergence

	// twin is update number 3 of a parameter in float32, at the rate and with
	// the usual settings, by the function beneath the equation.
	twin func(w, g []float32, moments [][]float32, rate float64)
}

type convergence struct {
	rate  float64
	steps int
	bound float64
}

// rows has a row for every optimizer: see TestTheTable.
var rows = map[string]row{
	"sgd": {
		rate:       0.1,
		parabola:   convergence{0.09, 100, 1.8e-8},
		rosenbrock: convergence{0.0015, 20000, 8.6e-6},
		twin:       func(w, g []float32, _ [][]float32, rate float64) { updateSGD(w, g, float32(rate)) },
	},
	"momentum": {
		rate:       0.1,
		parabola:   convergence{0.3, 300, 6.6e-7},
		rosenbrock: convergence{0.01, 2000, 2.6e-4},
		twin: func(w, g []float32, m [][]float32, rate float64) {
			updateMomentum(w, g, m[0], float32(rate), 0.9, 0.1)
		},
	},
	"adam": {
		rate:       0.01,
		parabola:   convergence{0.3, 300, 3.9e-7},
		rosenbrock: convergence{0.02, 5000, 1.1e-11},
		twin: func(w, g []float32, m [][]float32, rate float64) {
			updateAdam(w, g, m[0], m[1], usualAdamScalars(rate))
		},
	},
	"nesterov": {
		rate:       0.01,
		parabola:   convergence{0.03, 300, 9e-11},
		rosenbrock: convergence{0.001, 2000, 3.1e-4},
		twin: func(w, g []float32, m [][]float32, rate float64) {
			updateNesterov(w, g, m[0], float32(rate), 0.9)
		},
	},
	"rmsprop": {
		rate:       0.01,
		parabola:   convergence{0.001, 6000, 7.6e-4},
		rosenbrock: convergence{0.0001, 50000, 1.1e-4},
		twin: func(w, g []float32, m [][]float32, rate float64) {
			r := &rmspropRule{alpha: 0.99, epsilon: 1e-8, rate: rate}
			updateRMSprop(w, g, m[0], rmspropScalarsOf[float32](r))
		},
	},
	"adamw": {
		rate:       0.01,
		parabola:   convergence{0.3, 300, 0.01},
		rosenbrock: convergence{0.02, 5000, 0.034},
		twin: func(w, g []float32, m [][]float32, rate float64) {
			updateAdamW(w, g, m[0], m[1], float32(1-rate*0.01), usualAdamScalars(rate))
		},
	},
}

func usualAdamScalars(rate float64) adamScalars[float32] {
	return adamScalarsOf[float32](&adamRule{beta1: 0.9, beta2: 0.999, epsilon: 1e-8}, 3, rate)
}

// Every optimizer and schedule can be told from the others, and is tested.
func TestTheTable(t *testing.T) {
	if got := Names()[:3]; !slices.Equal(got, []string{"sgd", "momentum", "adam"}) {
		t.Errorf("the first optimizers are %q, want the lab's", got)
	}
	titles := make(map[string]bool)
	for _, name := range Names() {
		k, err := Lookup(name)
		noError(t, err)
		if k.Name != name || k.Name != strings.ToLower(k.Name) || k.Title == "" || titles[k.Title] {
			t.Errorf("the table's row of %s says %+v", name, k)
		}
		titles[k.Title] = true
		if rows[name].rate == 0 || rows[name].twin == nil {
			t.Errorf("%s has no row in this test", name)
		}
		noError(t, Config{Name: name, LearningRate: k.LearningRate}.Validate())
	}
	if _, err := Lookup("nonesuch"); err == nil || !strings.HasSuffix(err.Error(), "want one of "+strings.Join(Names(), ", ")) {
		t.Errorf("looking up nonesuch: %v", err)
	}
	if ScheduleNames()[0] != "constant" {
		t.Errorf("the schedules are %q, want constant first", ScheduleNames())
	}
}

// Settings that mean the same are one setting: it has one name, one flag and
// one default, which it allows, and users who know it.
func TestSettings(t *testing.T) {
	names, flags := make(map[string]bool), make(map[string]bool)
	for _, s := range append(Settings(), ScheduleSettings()...) {
		if names[s.Name] || flags[s.Flag] || s.Flag == "" || s.Symbol == "" || s.Want == "" || strings.Count(s.Usage, "`") != 2 {
			t.Errorf("the setting %+v is incomplete, or there twice", s)
		}
		if slices.Contains([]string{nameKey, rateKey, scheduleKey, warmupKey}, s.Name) {
			t.Errorf("in JSON, the setting %q would be taken for something else", s.Name)
		}
		names[s.Name], flags[s.Flag] = true, true
		noError(t, s.Check(s.Default))
	}
	for _, s := range Settings() {
		var users []string
		for _, k := range Kinds() {
			c := Config{Name: k.Name, LearningRate: 1, Settings: map[string]float64{s.Name: s.Default}}
			if c.Validate() == nil {
				users = append(users, k.Name)
			}
		}
		same(t, "the users of "+s.Name, s.Users, users)
	}
	same(t, "the first users of beta1", Settings()[0].Users[:2], []string{"momentum", "adam"})
	for _, s := range ScheduleSettings() {
		for _, name := range s.Users {
			noError(t, validSchedule(Schedule{Name: name, Settings: map[string]float64{s.Name: s.Default}}))
		}
	}
}

// What is not tuned follows what is.
func TestRateAmong(t *testing.T) {
	all := map[string]float64{"sgd": 10, "momentum": 20, "adam": 3}
	for _, c := range []struct {
		name  string
		tuned map[string]float64
		want  float64
	}{
		{"momentum", all, 20}, {"nesterov", all, 2}, {"adamw", all, 3}, {"rmsprop", all, 0.3},
		{"nesterov", map[string]float64{"nesterov": 7, "momentum": 1}, 7},
		{"nesterov", map[string]float64{"sgd": 5}, 0.5},
		{"adam", map[string]float64{"sgd": 5}, 0.001}, {"rmsprop", map[string]float64{"sgd": 5}, 0.001}, {"sgd", nil, 0.1},
	} {
		k, err := Lookup(c.name)
		noError(t, err)
		if got := k.RateAmong(c.tuned); got != c.want {
			t.Errorf("%s among %v: %v, want %v", c.name, c.tuned, got, c.want)
		}
	}
}

// What is written today, a run's configuration, is what was written before
// there was a table.
func TestConfigJSON(t *testing.T) {
	for _, c := range []struct {
		config Config
		want   string
	}{
		{Config{Name: "sgd", LearningRate: 0.1, Threads: 3}, `{"learning_rate":0.1,"name":"sgd"}`},
		{Config{Name: "momentum", LearningRate: 0.1, Settings: map[string]float64{"beta1": 0.8}}, `{"beta1":0.8,"learning_rate":0.1,"name":"momentum"}`},
		{Config{Name: "adam", LearningRate: 0.001}, `{"beta1":0.9,"beta2":0.999,"epsilon":1e-8,"learning_rate":0.001,"name":"adam"}`},
		{Config{Name: "sgd", LearningRate: 1, Schedule: Schedule{Name: "constant"}}, `{"learning_rate":1,"name":"sgd"}`},
		{Config{Name: "sgd", LearningRate: 1, Schedule: Schedule{Warmup: 500}}, `{"learning_rate":1,"name":"sgd","schedule":{"name":"constant","warmup":500}}`},
		{Config{Name: "sgd", LearningRate: 1, Schedule: Schedule{Name: "step"}}, `{"learning_rate":1,"name":"sgd","schedule":{"decay":0.9,"every":1,"name":"step"}}`},
		{Config{Name: "sgd", LearningRate: 1, Schedule: Schedule{Name: "cosine", Warmup: 5}.Resolve(10, 100)}, `{"learning_rate":1,"name":"sgd","schedule":{"name":"cosine","warmup":5}}`},
		{Config{Name: "sgd", LearningRate: 1, Schedule: Schedule{Name: "cosine", Settings: map[string]float64{"length": 2, "floor": 0.1}}}, `{"learning_rate":1,"name":"sgd","schedule":{"floor":0.1,"length":2,"name":"cosine"}}`},
	} {
		data, err := json.Marshal(c.config)
		noError(t, err)
		same(t, fmt.Sprint(c.config), string(data), c.want)
	}
}
