package experiment

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/pkg/errors"

	"optlab/internal/vec"
	"optlab/models/training"
)

// What a checkpoint is bound to, by name.
const (
	configBinding  = "configuration"
	dataBinding    = "data"
	kernelsBinding = "kernels"
)

// binding returns what the checkpoints of a run are bound to: its
// configuration, but for what makes no other run, its data, and the family of
// kernels.
func (c Config) binding() (map[string]string, error) {
	data, err := json.Marshal(c)
	if err != nil {
		return nil, &ConfigError{Err: err}
	}
	var fields map[string]any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber() // two seeds can be the same float64
	if err := decoder.Decode(&fields); err != nil {
		return nil, errors.Wrap(err, "the configuration of an experiment")
	}
	for _, key := range []string{dataKey, dataDigestKey, patienceKey} {
		delete(fields, key)
	}
	if !c.Optimizer.Schedule.SpansTraining() {
		delete(fields, epochsKey)
	}
	if start, ok := fields[startKey].(map[string]any); ok {
		delete(start, startPathKey)
	}
	if data, err = json.Marshal(fields); err != nil {
		return nil, errors.Wrap(err, "the configuration of an experiment")
	}
	b := map[string]string{
		configBinding:  fmt.Sprintf("%x", sha256.Sum256(data)),
		dataBinding:    c.DataSHA256,
		kernelsBinding: vec.Family(),
	}
	if c.DataSHA256 == "" {
		b[dataBinding] = c.Data
	}
	return b, nil
}

// resume is Trainer.Resume, which goes on with other kernels if it may.
func (e *Experiment) resume() (epochs int, err error) {
	epochs, err = e.Resume()
	var bound *training.BindingError
	if !errors.As(err, &bound) || bound.Name != kernelsBinding || !e.config.OtherKernels {
		return epochs, err
	}
	delete(e.Binding, kernelsBinding)
	if epochs, err = e.Resume(); err != nil {
		return 0, err
	}
	e.Note(fmt.Sprintf("from epoch %d on with %s kernels, before with %s ones", epochs+1, bound.Now, bound.There))
	// Neither family's any more: whoever goes on must allow it again.
	e.Binding[kernelsBinding] = bound.There + "+" + bound.Now
	return epochs, nil
}
