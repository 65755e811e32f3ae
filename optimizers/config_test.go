package optimizers

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

func TestConfigErrors(t *testing.T) {
	with := func(name string, x float64) map[string]float64 { return map[string]float64{name: x} }
	const rate, decay, epsilon = "want a finite number above 0", "want a number from 0 up to, not including, 1", "at least 2⁻¹²⁶"
	inf, nan := math.Inf(1), math.NaN()
	for _, name := range Names() {
		for _, x := range []float64{0, -1, inf, nan} {
			refused(t, Config{Name: name, LearningRate: x}, "configuring "+name+": learning_rate is ", rate)
		}
		refused(t, Config{Name: name, LearningRate: 1, Settings: with("nonesuch", 1)}, "configuring "+name+`: there is no setting "nonesuch": want `)
		refused(t, Config{Name: name, LearningRate: 1, Threads: -1}, "configuring "+name+": Threads is -1: want at least 0")
		refused(t, Config{Name: name, LearningRate: 1, Schedule: Schedule{Warmup: -1}}, "configuring "+name+": schedule constant: warmup is -1: want at least 0 updates")
	}
	for _, c := range []struct {
		setting string
		want    string
		wrong   []float64
	}{
		{"beta1", decay, []float64{-0.1, 1, nan}},
		{"beta2", decay, []float64{-0.1, 1, nan}},
		{"alpha", decay, []float64{-0.1, 1, nan}},
		{"momentum", decay, []float64{-0.1, 1, nan}},
		{"epsilon", epsilon, []float64{0, -1, 1e-40, inf, nan}},
		{"weight_decay", "want a finite number of at least 0", []float64{-1, inf, nan}},
	} {
		for _, s := range Settings() {
			for _, user := range s.Users {
				for _, x := range c.wrong {
					if s.Name == c.setting {
						refused(t, Config{Name: user, LearningRate: 1, Settings: with(s.Name, x)}, "configuring "+user+": "+s.Name+" is ", c.want)
					}
				}
			}
		}
	}
	refused(t, Config{Name: "nonesuch", LearningRate: 1}, `unknown optimizer "nonesuch": want one of sgd, momentum, adam`)
	refused(t, Config{Name: "sgd", LearningRate: 1, Settings: with("beta1", 1)}, `there is no setting "beta1": want none`)
	refused(t, Config{Name: "adam", LearningRate: 1, Settings: with("alpha", 1)}, `there is no setting "alpha": want some of beta1, beta2, epsilon`)
}

func refused(t *testing.T, c Config, messages ...string) {
	t.Helper()
	_, err := New(c)
	for _, message := range messages {
		wantError(t, err, message)
		wantError(t, c.Validate(), message)
	}
	if _, err := json.Marshal(c); err == nil && c.Threads == 0 {
		t.Errorf("%+v is written as JSON, though it is wrong", c)
	}
}

func TestUnmarshalErrors(t *testing.T) {
	for text, message := range map[string]string{
		`[1]`:                                       "optimizer: want an object: ",
		`{}`:                                        `optimizer: "name" is missing`,
		`{"name":1}`:                                `optimizer: "name": `,
		`{"name":"nonesuch"}`:                       `unknown optimizer "nonesuch": want one of sgd`,
		`{"name":"sgd"}`:                            `optimizer sgd: "learning_rate" is missing`,
		`{"name":"sgd","lr":1}`:                     `optimizer sgd: "learning_rate" is missing`,
		`{"name":"sgd","schedule":{}}`:              `optimizer sgd: "learning_rate" is missing`,
		`{"name":"adam"` + r + `"b":1}`:             `optimizer adam: unknown key "b": of settings, want some of beta1, beta2, epsilon`,
		`{"name":"sgd"` + r + `"b":1}`:              `optimizer sgd: unknown key "b": of settings, want none`,
		`{"name":"adam"` + r + bad + `}`:            `optimizer adam: "beta1": `,
		schedule(`1`):                               `optimizer sgd: "schedule": schedule: want an object: `,
		schedule(`{}`):                              `"schedule": schedule: "name" is missing`,
		schedule(`{"name":"nonesuch"}`):             `unknown schedule "nonesuch": want one of constant, step`,
		schedule(`{"name":"step","warmup":1.5}`):    `schedule step: "warmup": `,
		schedule(`{"name":"step","floor":1}`):       `schedule step: unknown key "floor": of settings, want some of decay, every`,
		schedule(`{"name":"step","decay":"large"}`): `schedule step: "decay": `,
	} {
		c := Config{Name: "adam", LearningRate: 7}
		wantError(t, json.Unmarshal([]byte(text), &c), message)
		same(t, "the configuration after "+text, c, Config{Name: "adam", LearningRate: 7})
	}
}

const (
	r   = `,"learning_rate":1,`
	bad = `"beta1":"large"`
)

func schedule(s string) string { return `{"name":"sgd"` + r + `"schedule":` + s + `}` }

// configuration generates any valid configuration.
func configuration() *rapid.Generator[Config] {
	return rapid.Custom(func(t *rapid.T) Config {
		return Config{
			LearningRate: rapid.Float64Range(1e-6, 10).Draw(t, "rate"),
			Name:         rapid.SampledFrom(Names()).Draw(t, "name"),
		}.fill(t)
	})
}

func (c Config) fill(t *rapid.T) Config {
	c.Settings = drawSettings(t, c.Name, Settings())
	c.Schedule.Name = rapid.SampledFrom(ScheduleNames()).Draw(t, "schedule")
	c.Schedule.Warmup = rapid.IntRange(0, 100).Draw(t, "warmup")
	c.Schedule.Settings = drawSettings(t, c.Schedule.Name, ScheduleSettings())
	return c
}

// drawSettings draws some of the settings that user uses, from values that all
// allow.
func drawSettings(t *rapid.T, user string, settings []Setting) map[string]float64 {
	drawn := make(map[string]float64)
	for _, s := range settings {
		for _, u := range s.Users {
			if u == user && rapid.Bool().Draw(t, "give "+s.Name) {
				drawn[s.Name] = rapid.SampledFrom([]float64{s.Default, 0.25, 0.5, 1e-3}).Draw(t, s.Name)
			}
		}
	}
	return drawn
}

// What is read back takes the same steps, and is written alike.
func TestConfigRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := configuration().Draw(t, "configuration")
		written, err := json.Marshal(c)
		noError(t, err)
		read := Config{Threads: 2}
		noError(t, json.Unmarshal(written, &read))
		again, err := json.Marshal(read)
		noError(t, err)
		if string(again) != string(written) || read.Threads != 2 {
			t.Fatalf("wrote %s, read it back and wrote %s", written, again)
		}
		c.Schedule, read.Schedule = c.Schedule.Resolve(7, 50), read.Schedule.Resolve(7, 50)
		p := drawProblem(t)
		one, err := New(c)
		noError(t, err)
		other, err := New(read)
		noError(t, err)
		sameBits(t, solve[float64](t, one, p), solve[float64](t, other, p))
	})
}

// No text makes UnmarshalJSON panic, and what it accepts and Validate, too, is
// read back as it is written.
func FuzzConfigJSON(f *testing.F) {
	f.Add(`{"name":"sgd","learning_rate":0.1}`)
	f.Add(`{"name":"adam","learning_rate":0.001,"beta1":0.5,"schedule":{"name":"cosine","warmup":5,"length":3}}`)
	f.Add(`{"name":"adamw","learning_rate":1e-3,"weight_decay":0,"schedule":{"name":"step","decay":0.1,"every":10}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var c, again Config
		if json.Unmarshal([]byte(text), &c) != nil || c.Validate() != nil {
			return
		}
		data, err := json.Marshal(c)
		noError(t, err)
		noError(t, json.Unmarshal(data, &again))
		data2, err := json.Marshal(again)
		noError(t, err)
		if string(data2) != string(data) {
			t.Errorf("%s is read and written as %s, and that as %s", text, data, data2)
		}
	})
}

// An optimizer does not see later changes of the maps that it was made from.
func TestNewCopies(t *testing.T) {
	c := Config{
		Name: "momentum", LearningRate: 1, Settings: map[string]float64{"beta1": 0.5},
		Schedule: Schedule{Name: "step", Settings: map[string]float64{"decay": 0.5}}.Resolve(1, 10),
	}
	one, err := New(c)
	noError(t, err)
	gradients := [][]float64{{1}, {1}, {1}}
	want := descend(t, one, []float64{0}, gradients)
	other, err := New(c)
	noError(t, err)
	c.Settings["beta1"], c.Schedule.Settings["decay"] = 0, 1
	if got := descend(t, other, []float64{0}, gradients); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
