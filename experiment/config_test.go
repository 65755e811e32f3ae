package experiment_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"optlab/dataset"
	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/graph"
	"optlab/internal/blocks"
	"optlab/internal/check"
	"optlab/models"
	"optlab/optimizers"
)

// A configuration marshals to what the version before wrote, and back.
func TestConfigJSON(t *testing.T) {
	for name, c := range map[string]experiment.Config{"finished": with(small(), "adam"), "interrupted": with(small(), "momentum")} {
		if name == "finished" {
			c.Optimizer.LearningRate = 0.01
		} else {
			c.Epochs = 60
		}
		var before struct{ Run json.RawMessage }
		check.NoError(t, json.Unmarshal([]byte(readFile(t, "testdata", "before", name, "config.json")), &before))
		set := blocks.Set(10)
		set.Embedded = true // the digest of the data is new
		e, err := experiment.New(c, set)
		check.NoError(t, err)
		got, err := json.MarshalIndent(e.Config(), "  ", "  ")
		check.NoError(t, err)
		if string(got) != string(before.Run) {
			t.Errorf("%s: the configuration is\n%s\nwant\n%s", name, got, before.Run)
		}
	}
	base := experiment.Default(models.BaseNetwork)
	base.Model.Sizes, base.Model.Activation = []int{64, 5, 10}, graph.ReLU
	base.Preparation.Split, base.Start = dataset.NumPySplit, &experiment.Start{Path: "x", SHA256: "00"}
	base.Optimizer = optimizers.Config{Name: "adamw", LearningRate: 0.1, Settings: map[string]float64{"weight_decay": 0.5}}
	base.Optimizer.Schedule = optimizers.Schedule{Name: "cosine", Warmup: 5}
	for _, c := range []experiment.Config{small(), base} {
		data, err := json.Marshal(c)
		check.NoError(t, err)
		var back experiment.Config
		check.NoError(t, json.Unmarshal(data, &back))
		again, err := json.Marshal(back)
		check.NoError(t, err)
		if string(again) != string(data) || back.Preparation != c.Preparation || !reflect.DeepEqual(back.Model, c.Model) || !reflect.DeepEqual(back.Start, c.Start) {
			t.Errorf("%s\ncomes back as\n%s", data, again)
		}
		if strings.Contains(string(data), "preparation") != (c.Model.Architecture == models.BaseNetwork) {
			t.Errorf("a usual preparation is recorded, or an unusual one is not: %s", data)
		}
	}
	var c experiment.Config
	check.Error(t, json.Unmarshal([]byte(`{"seeds":1}`), &c), `"seeds"`)
}

// A limit is recorded, and makes another run; without one there is no trace of
// it.
func TestLimit(t *testing.T) {
	limited := small()
	limited.Limit = 50
	e, err := experiment.New(limited, blocks.Set(10))
	check.NoError(t, err)
	if d := e.Data; d.Train.Len() != 50 || d.Validation.Len() != 50 || d.Test.Len() != 50 {
		t.Errorf("%d samples to train, %d to validate, %d to test", d.Train.Len(), d.Validation.Len(), d.Test.Len())
	}
	dir := folder.Folder{Path: t.TempDir()}
	_, err = e.Run(t.Context(), dir, experiment.Hooks{})
	check.NoError(t, err)
	recorded, results, err := experiment.Read(dir.Path)
	check.NoError(t, err)
	if total := results.Test.Accuracy * 50; recorded.Limit != 50 || total != math.Trunc(total) {
		t.Errorf("the limit is recorded as %d, the accuracy is %v", recorded.Limit, results.Test.Accuracy)
	}
	_, err = newExperiment(t, small()).Run(t.Context(), dir, experiment.Hooks{})
	var different *folder.DifferentError
	if check.Error(t, err, "limit 50 there, null now"); !errors.As(err, &different) {
		t.Errorf("without the limit: %T", err)
	}
	data, err := json.Marshal(small())
	check.NoError(t, err)
	if strings.Contains(string(data), "limit") {
		t.Errorf("no limit is recorded: %s", data)
	}
	// To test alone, a batch may be as large as it likes.
	limited.Limit, limited.Batch, limited.Epochs = 10, 100, 0
	_, err = experiment.New(limited, blocks.Set(10))
	check.NoError(t, err)
}

// Sizes that are not given are the architecture's, for the data at hand.
func TestSizesFollowTheData(t *testing.T) {
	for architecture, want := range map[models.Architecture][]int{
		models.HyperparameterModel: {64, 128, 26}, models.BaseNetwork: {64, 512, 256, 256, 128, 26},
	} {
		e, err := experiment.New(experiment.Default(architecture), blocks.Set(26))
		check.NoError(t, err)
		if got := e.Config().Model.Sizes; !reflect.DeepEqual(got, want) {
			t.Errorf("%s has the sizes %v, want %v", architecture, got, want)
		}
	}
}

func TestConfigErrors(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*experiment.Config)
		field  string
		want   string
	}{
		"architecture": {func(c *experiment.Config) { c.Model = models.Config{Architecture: "nonesuch"} }, "", `"nonesuch"`},
		"first size":   {func(c *experiment.Config) { c.Model.Sizes = []int{63, 10} }, "sizes", "first size must be 64"},
		"last size":    {func(c *experiment.Config) { c.Model.Sizes = []int{64, 9} }, "sizes", "there are 10 classes"},
		"one size":     {func(c *experiment.Config) { c.Model.Sizes = []int{} }, "", "at least two"},
		"activation":   {func(c *experiment.Config) { c.Model.Activation = graph.Tanh }, "", "activation tanh"},
		"split":        {func(c *experiment.Config) { c.Preparation.Split = "thirds" }, "", `"thirds"`},
		"pixels":       {func(c *experiment.Config) { c.Preparation.Pixels = "int8" }, "", `"int8"`},
		"batch":        {func(c *experiment.Config) { c.Batch = 0 }, "batch", "batch 0"},
		"epochs":       {func(c *experiment.Config) { c.Epochs = -1 }, "epochs", "epochs -1"},
		"patience":     {func(c *experiment.Config) { c.Patience = -1 }, "patience", "patience -1"},
		"limit":        {func(c *experiment.Config) { c.Limit = -1 }, "limit", "limit -1: want at least 0"},
		"few to learn": {func(c *experiment.Config) { c.Limit, c.Batch = 9, 1 }, "limit", "limit 9: there are 10 classes"},
		"few to batch": {func(c *experiment.Config) { c.Limit, c.Batch = 20, 21 }, "limit", "limit 20: a batch has 21 samples"},
		"optimizer":    {func(c *experiment.Config) { c.Optimizer.Name = "nonesuch" }, "", `"nonesuch"`},
		"rate":         {func(c *experiment.Config) { c.Optimizer.LearningRate = 0 }, "", "learning_rate"},
		"schedule":     {func(c *experiment.Config) { c.Optimizer.Schedule.Name = "zigzag" }, "", `"zigzag"`},
		"initializer":  {func(c *experiment.Config) { c.Init.Scheme = "nonesuch" }, "", `"nonesuch"`},
	} {
		config := small()
		c.change(&config)
		_, err := experiment.New(config, blocks.Set(10))
		check.Error(t, err, c.want)
		var wrong *experiment.ConfigError
		if !errors.As(err, &wrong) || wrong.Field != c.field {
			t.Errorf("%s: %#v is not a ConfigError of the field %q", name, err, c.field)
		}
	}
	wrong := blocks.Set(10)
	wrong.Test.Labels[3] = 10
	_, err := experiment.New(small(), wrong)
	check.Error(t, err, "test data", "label 10 of image 3, but 10 classes")
	for _, set := range []*dataset.Set{nil, {Name: "none"}} {
		_, err := experiment.New(small(), set)
		check.Error(t, err, "some are missing")
	}
	large := small()
	large.Batch, large.Preparation.DropLast = 1000, true
	_, err = experiment.New(large, blocks.Set(10))
	check.Error(t, err, "training data", "1000")
}

// A file to start from is recorded by its digest, and another one is refused.
func TestStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	e := newExperiment(t, small())
	e.Model.Parameters()[0].Data()[0] = 7
	check.NoError(t, e.Model.Save(path))
	c := small()
	c.Start = &experiment.Start{Path: path}
	started := newExperiment(t, c)
	if got := started.Model.Parameters()[0].Data()[0]; got != 7 {
		t.Errorf("the first weight is %v, want the file's 7", got)
	}
	digest := started.Config().Start.SHA256
	if len(digest) != 64 || c.Start.SHA256 != "" {
		t.Errorf("the digest is %q, and in the caller's configuration %q", digest, c.Start.SHA256)
	}
	c.Start.SHA256 = digest
	newExperiment(t, c)
	c.Start.SHA256 = strings.Repeat("0", 64)
	_, err := experiment.New(c, blocks.Set(10))
	check.Error(t, err, path, digest)
	check.NoError(t, os.Remove(path))
	_, err = experiment.New(c, blocks.Set(10))
	check.Error(t, err, path)
}

// The rates of a run are those of its schedule, which ends with the training.
func TestRates(t *testing.T) {
	c := small() // 12 batches an epoch, 48 in all
	c.Optimizer.Schedule = optimizers.Schedule{Name: "cosine", Warmup: 8}
	rates := newExperiment(t, c).Rates(49)
	if rates[0] != 0.1/8 || rates[7] != 0.1 || rates[8] != 0.1 || rates[28] < 0.0499999 || rates[28] > 0.0500001 || rates[48] > 1e-18 {
		t.Errorf("the rates are %v", rates)
	}
	c.Optimizer.Schedule = optimizers.Schedule{Name: "step", Settings: map[string]float64{"decay": 0.5, "every": 2}}
	rates = newExperiment(t, c).Rates(48)
	if rates[0] != 0.1 || rates[23] != 0.1 || rates[24] != 0.05 || rates[47] != 0.05 {
		t.Errorf("the rates are %v", rates)
	}
	for _, r := range newExperiment(t, small()).Rates(48) {
		if r != 0.1 {
			t.Errorf("the constant rate is %v", r)
		}
	}
}
