package experiment

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"optlab/internal/blocks"
	"optlab/internal/check"
	"optlab/models"
	"optlab/optimizers"
)

// FuzzConfig reads any configuration: what is accepted is written as it was
// read, is the same run as itself, and is either wrong, which an error says in a
// line, or an experiment that can be set up.
func FuzzConfig(f *testing.F) {
	set := blocks.Set(2)
	for _, a := range []models.Architecture{models.HyperparameterModel, models.BaseNetwork} {
		for _, name := range optimizers.Names() {
			c := Default(a)
			c.Optimizer.Name = name
			data, err := json.Marshal(c)
			check.NoError(f, err)
			f.Add(data)
			c.Model.Sizes, c.Epochs, c.Batch = []int{blocks.Side * blocks.Side, 3, len(set.Classes)}, 2, 3
			c.Start = &Start{Path: "m.safetensors", SHA256: strings.Repeat("0", 64)}
			c.Optimizer.Schedule = optimizers.Schedule{Name: "cosine"}
			data, err = json.Marshal(c)
			check.NoError(f, err)
			f.Add(data)
		}
	}
	for _, text := range []string{
		``, `null`, `[]`, `{"seed":-1}`, `{"epochs":9223372036854775807,"batch":9223372036854775807}`,
		`{"model":{"architecture":"base","sizes":[9223372036854775807,9223372036854775807]}}`, `{"typo":1}`, `{"preparation":{}}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var c, again Config
		if err := c.UnmarshalJSON(data); err != nil {
			return
		}
		written, err := json.Marshal(c)
		if err != nil {
			return // a number that JSON has none for; New refuses it
		}
		check.NoError(t, again.UnmarshalJSON(written))
		rewritten, err := json.Marshal(again)
		check.NoError(t, err)
		if !bytes.Equal(written, rewritten) {
			t.Errorf("read again, it is written as\n%s, not as\n%s", rewritten, written)
		}
		var before, now map[string]any
		check.NoError(t, json.Unmarshal(written, &before))
		check.NoError(t, json.Unmarshal(written, &now))
		if grown := c.same(before, now); grown || !reflect.DeepEqual(before, now) {
			t.Errorf("another run than itself: grown %v,\n%v,\n%v", grown, before, now)
		}
		if c.Start != nil {
			c.Start = nil // a file that anything may name
		}
		c, err = c.Complete(set)
		if err == nil {
			_, err = c.binding()
			check.NoError(t, err)
			err = c.fits(1<<24, true)
		}
		if err == nil {
			_, err = New(c, set)
		}
		if err == nil {
			return
		}
		if text := err.Error(); strings.ContainsAny(text, "\n\r\x00") || len(text) > 4000 {
			t.Errorf("an error of %d bytes: %.300q", len(text), text)
		}
	})
}
