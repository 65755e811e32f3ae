package experiment

import (
	"encoding/json"
)

// same is the folder.Same of an experiment: it takes out of both configurations
// what makes no other run of them.
//
//   - Data count by their content, not by the path to them; a run of the version
//     before recorded the path alone.
//   - So does the file that a run starts from.
//   - A run may go further than before: for more epochs, if its learning rate
//     does not depend on their number, and with more patience.
func (c Config) same(before, now map[string]any) (grown bool) {
	if _, ok := before[dataDigestKey]; !ok {
		delete(now, dataDigestKey)
	} else if _, ok := now[dataDigestKey]; ok {
		delete(before, dataKey)
		delete(now, dataKey)
	}
	a, aok := before[startKey].(map[string]any)
	b, bok := now[startKey].(map[string]any)
	if aok && bok {
		delete(a, startPathKey)
		delete(b, startPathKey)
	}
	if !c.Optimizer.Schedule.SpansTraining() && further(before, now, epochsKey, false) {
		grown = true
	}
	return further(before, now, patienceKey, true) || grown
}

// further reports whether an integer is larger now than before, and if so makes
// both equal. Where endless is set, 0 is more than any other.
func further(before, now map[string]any, key string, endless bool) bool {
	a, aok := integer(before[key])
	b, bok := integer(now[key])
	if !aok || !bok || a == b {
		return false
	}
	if endless && a == 0 || !(endless && b == 0) && b < a {
		return false
	}
	before[key] = now[key]
	return true
}

func integer(v any) (int64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := n.Int64()
	return i, err == nil
}

// The keys of a configuration, decoded from JSON, that same looks at.
const (
	dataKey       = "data"
	dataDigestKey = "data_sha256"
	startKey      = "load"
	startPathKey  = "path"
	epochsKey     = "epochs"
	patienceKey   = "patience"
	seedKey       = "seed"
)
