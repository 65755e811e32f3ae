package experiment

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"optlab/dataset"
	"optlab/models"
	"optlab/optimizers"
)

// Config describes an experiment: all that its numbers depend on. [Default]
// makes one.
type Config struct {
	Data        string // where the set comes from: mnist, fashion or a folder
	DataSHA256  string // what it contains; New fills it in where Data is a folder
	Preparation dataset.Preparation
	// Limit, if it is not 0, takes only the first samples, so many, of each
	// part: of the training data after the split, of validation and of test.
	Limit     int
	Model     models.Config // without Sizes: the architecture's for the data
	Init      models.Initializer
	Start     *Start // nil: from what Init draws
	Optimizer optimizers.Config
	Batch     int // samples per step, at least 1
	Epochs    int // passes over the training data; 0 only tests
	Patience  int // epochs without a better validation accuracy to stop after; 0: never
	Seed      uint64

	// OtherKernels lets a run go on that was begun with kernels of another
	// family, which round differently: what comes of it is neither's. A note in
	// the results says so.
	OtherKernels bool

	// Threads bounds the threads that the experiment takes, 0 for as many as
	// there are. The numbers do not depend on it, and so it is not recorded.
	Threads int
}

// Start is a file of parameters that an experiment starts from. Its content
// counts: without a digest New fills it in, with one the file must have it.
type Start struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"` // in hexadecimal

	// kept is where a copy of the file is, if that is to be read instead.
	kept string
}

// Default returns the configuration that the notebook has for an architecture:
// SGD with learning rate 0.1, batches of 16, 20 epochs, seed 42.
func Default(a models.Architecture) Config {
	model, err := models.DefaultConfig(a, 1, 1)
	if err != nil {
		model.Architecture = a // which New refuses
	}
	model.Sizes = nil
	return Config{
		Data:        "mnist",
		Preparation: preparation(a),
		Model:       model,
		Init:        models.NewInitializer(models.Torch),
		Optimizer:   optimizers.Config{Name: "sgd", LearningRate: 0.1},
		Batch:       16,
		Epochs:      20,
		Seed:        42,
	}
}

// preparation returns how the part of the notebook that has the architecture
// prepares its data: part 4 for the base network, else part 1.
func preparation(a models.Architecture) dataset.Preparation {
	if a == models.BaseNetwork {
		return dataset.Preparation{Split: dataset.TorchSplit, Pixels: dataset.Symmetric, DropLast: true}
	}
	return dataset.Preparation{Split: dataset.NumPySplit, Pixels: dataset.UnitInterval, ShuffleValidation: true}
}

// ConfigError says that a configuration is wrong, in itself or for its data.
type ConfigError struct {
	Field string // that is at fault, where it is one alone: "sizes"
	Err   error  // starts with its value
}

// Error names the field and says what is wrong.
func (e *ConfigError) Error() string {
	if e.Field == "" {
		return e.Err.Error()
	}
	return e.Field + " " + e.Err.Error()
}

// Unwrap returns Err.
func (e *ConfigError) Unwrap() error { return e.Err }

// Complete returns c with the sizes, and the digest of a set from a folder,
// that it leaves to the set; or, as a *ConfigError, what is wrong with c.
func (c Config) Complete(set *dataset.Set) (Config, error) {
	if err := set.Validate(); err != nil {
		return c, err
	}
	features, classes := set.Train.Features(), len(set.Classes)
	if c.Model.Sizes == nil {
		model, err := models.DefaultConfig(c.Model.Architecture, features, classes)
		if err != nil {
			return c, &ConfigError{Err: err}
		}
		c.Model.Sizes = model.Sizes
	}
	c.Model.Sizes = slices.Clone(c.Model.Sizes)
	if c.DataSHA256 == "" && !set.Embedded {
		c.DataSHA256 = set.Digest()
	}
	c.Optimizer.Settings = maps.Clone(c.Optimizer.Settings)
	c.Optimizer.Schedule.Settings = maps.Clone(c.Optimizer.Schedule.Settings)
	return c, c.validate(set.Name, features, classes)
}

func (c Config) validate(data string, features, classes int) error {
	sizes := c.Model.Sizes
	list := strings.ReplaceAll(strings.Trim(fmt.Sprint(sizes), "[]"), " ", ",")
	switch n := len(sizes); {
	case n > 0 && sizes[0] != features:
		return &ConfigError{"sizes", errors.Errorf("%s: the images of %s have %d pixels, so the first size must be %d", list, data, features, features)}
	case n > 0 && sizes[n-1] != classes:
		return &ConfigError{"sizes", errors.Errorf("%s: there are %d classes, so the last size must be %d", list, classes, classes)}
	case c.Batch < 1:
		return &ConfigError{"batch", errors.Errorf("%d: want at least 1", c.Batch)}
	case c.Epochs < 0:
		return &ConfigError{"epochs", errors.Errorf("%d: want at least 0", c.Epochs)}
	case c.Patience < 0:
		return &ConfigError{"patience", errors.Errorf("%d: want at least 0", c.Patience)}
	case c.Limit < 0:
		return &ConfigError{"limit", errors.Errorf("%d: want at least 0, which is no limit", c.Limit)}
	case c.Limit > 0 && c.Limit < classes:
		return &ConfigError{"limit", errors.Errorf("%d: there are %d classes: want at least as many samples", c.Limit, classes)}
	case c.Limit > 0 && c.Limit < c.Batch && c.Epochs > 0:
		return &ConfigError{"limit", errors.Errorf("%d: a batch has %d samples: want at least as many, or a smaller batch", c.Limit, c.Batch)}
	}
	for _, part := range []interface{ Validate() error }{c.Preparation, c.Model, c.Optimizer} {
		if err := part.Validate(); err != nil {
			return &ConfigError{Err: err}
		}
	}
	return nil
}

// configFile is a Config as config.json has it.
type configFile struct {
	Data       string `json:"data"`
	DataSHA256 string `json:"data_sha256,omitempty"`
	// Nil stands for the architecture's own, so that what was recorded before
	// there was a choice is the same run.
	Preparation *dataset.Preparation `json:"preparation,omitempty"`
	Limit       int                  `json:"limit,omitempty"`
	Model       models.Config        `json:"model"`
	Init        models.Initializer   `json:"init"`
	Start       *Start               `json:"load"`
	Optimizer   optimizers.Config    `json:"optimizer"`
	Batch       int                  `json:"batch"`
	Epochs      int                  `json:"epochs"`
	Patience    int                  `json:"patience"`
	Seed        uint64               `json:"seed"`
}

// MarshalJSON writes c as config.json has it.
func (c Config) MarshalJSON() ([]byte, error) {
	f := configFile{
		Data: c.Data, DataSHA256: c.DataSHA256, Limit: c.Limit, Model: c.Model, Init: c.Init, Start: c.Start, Optimizer: c.Optimizer,
		Batch: c.Batch, Epochs: c.Epochs, Patience: c.Patience, Seed: c.Seed,
	}
	if c.Preparation != preparation(c.Model.Architecture) {
		f.Preparation = &c.Preparation
	}
	return json.Marshal(f)
}

// UnmarshalJSON reads what MarshalJSON writes. A field that it does not write
// is an error. Threads stays what it was.
func (c *Config) UnmarshalJSON(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var f configFile
	if err := decoder.Decode(&f); err != nil {
		return errors.Wrap(err, "the configuration of an experiment")
	}
	*c = Config{
		Threads: c.Threads, OtherKernels: c.OtherKernels,
		Data: f.Data, DataSHA256: f.DataSHA256, Preparation: preparation(f.Model.Architecture), Limit: f.Limit, Model: f.Model, Init: f.Init, Start: f.Start, Optimizer: f.Optimizer,
		Batch: f.Batch, Epochs: f.Epochs, Patience: f.Patience, Seed: f.Seed,
	}
	if f.Preparation != nil {
		c.Preparation = *f.Preparation
	}
	return nil
}
