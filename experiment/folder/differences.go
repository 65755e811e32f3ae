package folder

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sort"

	"optlab/internal/brief"
)

// differences lists where two JSON values differ, as "name before there, now
// now".
func differences(name string, before, now any) []string {
	a, aok := before.(map[string]any)
	b, bok := now.(map[string]any)
	if !aok || !bok {
		if reflect.DeepEqual(before, now) {
			return nil
		}
		return []string{fmt.Sprintf("%s %s there, %s now", brief.Name(name), brief.Path(compact(before)), brief.Path(compact(now)))}
	}
	keys := make(map[string]bool)
	for k := range a {
		keys[k] = true
	}
	for k := range b {
		keys[k] = true
	}
	var list []string
	for k := range keys {
		path := k
		if name != "" {
			path = name + "." + k
		}
		list = append(list, differences(path, a[k], b[k])...)
	}
	sort.Strings(list)
	return list
}

func compact(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(data)
}
