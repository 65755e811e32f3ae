package folder

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"optlab/internal/brief"
)

// Difference is a field in which two configurations differ.
type Difference struct {
	Name        string // of the field, with the names of those that it is in: "optimizer.name"
	Before, Now string // its values as JSON, "null" where there is none
}

// String writes the difference as "name before there, now now".
func (d Difference) String() string {
	return fmt.Sprintf("%s %s there, %s now", brief.Name(d.Name), brief.Path(d.Before), brief.Path(d.Now))
}

// Differences returns how the configurations of the runs in two folders differ,
// and, apart from that, what they were made on: the first is before, the second
// now. A folder that holds no run is an error.
func Differences(before, now Folder) (run, environment []Difference, err error) {
	var runs, environments [2]map[string]any
	for i, f := range []Folder{before, now} {
		d, err := f.readDocument(ConfigFile)
		if err != nil {
			return nil, nil, err
		}
		if runs[i], err = decode(d.Run); err != nil {
			return nil, nil, err
		}
		// Which explains, and is missed by nobody.
		environments[i], _ = decode(d.Environment)
	}
	return differences("", runs[0], runs[1]), differences("", environments[0], environments[1]), nil
}

// differences lists where two JSON values differ, sorted by name.
func differences(name string, before, now any) []Difference {
	a, aok := before.(map[string]any)
	b, bok := now.(map[string]any)
	if !aok || !bok {
		if reflect.DeepEqual(before, now) {
			return nil
		}
		return []Difference{{Name: name, Before: compact(before), Now: compact(now)}}
	}
	keys := make(map[string]any)
	maps.Copy(keys, a)
	maps.Copy(keys, b)
	var list []Difference
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		path := k
		if name != "" {
			path = name + "." + k
		}
		list = append(list, differences(path, a[k], b[k])...)
	}
	return list
}

func compact(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(data)
}
