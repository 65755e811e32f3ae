package optimizers

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/pkg/errors"
)

const (
	nameKey     = "name"
	rateKey     = "learning_rate"
	scheduleKey = "schedule"
	warmupKey   = "warmup"
)

// MarshalJSON returns an object that fixes every number that updates depend on:
// the name, the learning rate, the settings that the optimizer uses with the
// values that they have, and the schedule unless it is constant. A setting
// whose default is 0 is left out where it is 0, so that an optimizer can get
// another one and what was written before still describes the same. A
// configuration that Validate refuses is an error.
func (c Config) MarshalJSON() ([]byte, error) {
	kind, values, err := c.check()
	if err != nil {
		return nil, err
	}
	object := encode(kind.settings, values)
	object[nameKey], object[rateKey] = c.Name, c.LearningRate
	if !c.Schedule.Constant() {
		object[scheduleKey] = c.Schedule
	}
	return json.Marshal(object)
}

// UnmarshalJSON reads what MarshalJSON writes. A setting that is absent has its
// default; an unknown name or key is an error. Threads stays what it was.
func (c *Config) UnmarshalJSON(data []byte) error {
	o, err := decode(data)
	if err != nil {
		return errors.Wrap(err, "optimizer")
	}
	read := Config{Threads: c.Threads}
	if err := o.require(nameKey, &read.Name); err != nil {
		return errors.Wrap(err, "optimizer")
	}
	kind, err := Lookup(read.Name)
	if err != nil {
		return err
	}
	if err = o.require(rateKey, &read.LearningRate); err == nil {
		if _, err = o.take(scheduleKey, &read.Schedule); err == nil {
			read.Settings, err = o.settings(kind.settings)
		}
	}
	if err != nil {
		return errors.Wrapf(err, "optimizer %s", read.Name)
	}
	*c = read
	return nil
}

// MarshalJSON returns an object with the name, the warm-up unless there is
// none, and the settings that the schedule uses, as [Config.MarshalJSON] does.
func (s Schedule) MarshalJSON() ([]byte, error) {
	kind, values, err := s.check()
	if err != nil {
		return nil, err
	}
	object := encode(kind.settings, values)
	object[nameKey] = kind.name
	if s.Warmup != 0 {
		object[warmupKey] = s.Warmup
	}
	return json.Marshal(object)
}

// UnmarshalJSON reads what MarshalJSON writes. The schedule is not resolved.
func (s *Schedule) UnmarshalJSON(data []byte) error {
	o, err := decode(data)
	if err != nil {
		return errors.Wrap(err, "schedule")
	}
	var read Schedule
	if err := o.require(nameKey, &read.Name); err != nil {
		return errors.Wrap(err, "schedule")
	}
	kind, err := read.kind()
	if err != nil {
		return err
	}
	if _, err = o.take(warmupKey, &read.Warmup); err == nil {
		read.Settings, err = o.settings(kind.settings)
	}
	if err != nil {
		return errors.Wrapf(err, "schedule %s", read.Name)
	}
	*s = read
	return nil
}

// encode returns an object of the settings.
func encode(used []*Setting, values map[string]float64) map[string]any {
	object := make(map[string]any)
	for _, s := range used {
		if x := values[s.Name]; x != 0 || s.Default != 0 {
			object[s.Name] = x
		}
	}
	return object
}

// object is a JSON object as far as it has not been read.
type object map[string]json.RawMessage

func decode(data []byte) (object, error) {
	var o object
	if err := json.Unmarshal(data, &o); err != nil {
		return nil, errors.Wrap(err, "want an object")
	}
	return o, nil
}

// take moves the value of the key to v and reports whether there is one.
func (o object) take(key string, v any) (bool, error) {
	data, ok := o[key]
	if !ok {
		return false, nil
	}
	delete(o, key)
	return true, errors.Wrapf(json.Unmarshal(data, v), "%q", key)
}

// require is take of a key that must be there.
func (o object) require(key string, v any) error {
	found, err := o.take(key, v)
	if err == nil && !found {
		err = errors.Errorf("%q is missing", key)
	}
	return err
}

// settings reads the rest, which must be settings in use.
func (o object) settings(used []*Setting) (map[string]float64, error) {
	values := make(map[string]float64)
	for _, key := range slices.Sorted(maps.Keys(o)) {
		if !slices.ContainsFunc(used, func(s *Setting) bool { return s.Name == key }) {
			return nil, errors.Errorf("unknown key %q: of settings, want %s", key, someOf(used))
		}
		var x float64
		if _, err := o.take(key, &x); err != nil {
			return nil, err
		}
		values[key] = x
	}
	return values, nil
}
