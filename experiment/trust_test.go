package experiment_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/atomicfile"
	"optlab/internal/blocks"
	"optlab/internal/check"
	"optlab/models"
	"optlab/models/training"
	"optlab/optimizers"
)

// runIn runs a configuration in a folder and returns what came of it, and the
// warnings.
func runIn(t *testing.T, c experiment.Config, path string) (results *training.Results, warnings []string, err error) {
	t.Helper()
	dir := folder.Folder{Path: path}
	e, err := experiment.New(experiment.Recall(c, dir), blocks.Set(10))
	check.NoError(t, err)
	results, err = e.Run(t.Context(), dir, experiment.Hooks{Warn: func(text string) { warnings = append(warnings, text) }})
	return results, warnings, err
}

// A run may go further than before: it ends with the bytes of one that was to
// go as far from the start. It may not go back.
func TestGrows(t *testing.T) {
	base := t.TempDir()
	short, long := filepath.Join(base, "short"), filepath.Join(base, "long")
	c := with(small(), "adam")
	further := c
	further.Epochs = 7
	_, _, err := runIn(t, c, short)
	check.NoError(t, err)
	grown, _, err := runIn(t, further, short)
	check.NoError(t, err)
	whole, _, err := runIn(t, further, long)
	check.NoError(t, err)
	for _, name := range []string{training.BestFile, folder.ConfigFile} {
		if readFile(t, short, name) != readFile(t, long, name) {
			t.Errorf("%s is another than that of a run of 7 epochs from the start", name)
		}
	}
	if len(grown.Epochs) != 7 || !slices.Equal(grown.TrainLosses, whole.TrainLosses) || grown.Test.Loss != whole.Test.Loss {
		t.Errorf("grown to %d epochs, the numbers are others", len(grown.Epochs))
	}
	_, _, err = runIn(t, c, short)
	var different *folder.DifferentError
	if !errors.As(err, &different) || !slices.Equal(different.Differences, []string{"epochs 7 there, 4 now"}) {
		t.Errorf("fewer epochs: %v", err)
	}
	patient := further
	patient.Patience = 5
	if _, _, err = runIn(t, patient, short); !errors.As(err, &different) {
		t.Errorf("less patience: %v", err)
	}
	// The rates of a cosine over the whole training depend on its length.
	c.Optimizer.Schedule = optimizers.Schedule{Name: "cosine"}
	cosine := filepath.Join(base, "cosine")
	_, _, err = runIn(t, c, cosine)
	check.NoError(t, err)
	c.Epochs = 7
	if _, _, err = runIn(t, c, cosine); !errors.As(err, &different) {
		t.Errorf("a longer cosine: %v", err)
	}
}

// Data count by their content, whatever the path to them.
func TestDataByContent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run")
	c := small()
	_, _, err := runIn(t, c, path)
	check.NoError(t, err)
	c.Data = "./elsewhere/blocks"
	before := readFile(t, path, folder.ManifestFile)
	_, _, err = runIn(t, c, path)
	check.NoError(t, err)
	if readFile(t, path, folder.ManifestFile) != before {
		t.Error("by another path to the same data the run was not shown")
	}
	other := blocks.Set(10)
	other.Train.Pixels[0]++
	e, err := experiment.New(c, other)
	check.NoError(t, err)
	_, err = e.Run(t.Context(), folder.Folder{Path: path}, experiment.Hooks{})
	var different *folder.DifferentError
	if !errors.As(err, &different) || !strings.HasPrefix(different.Differences[0], "data_sha256 ") {
		t.Errorf("other data: %v", err)
	}
}

// A file to start from is kept in the folder: the run is shown, and goes on,
// without it.
func TestStartIsKept(t *testing.T) {
	base := t.TempDir()
	file, path := filepath.Join(base, "model.safetensors"), filepath.Join(base, "run")
	check.NoError(t, newExperiment(t, small()).Model.Save(file))
	c := small()
	c.Start = &experiment.Start{Path: file}
	first, _, err := runIn(t, c, path)
	check.NoError(t, err)
	model := readFile(t, path, training.BestFile)
	check.NoError(t, os.Rename(file, filepath.Join(base, "moved.safetensors")))
	shown, _, err := runIn(t, c, path)
	check.NoError(t, err)
	check.NoError(t, os.Remove(filepath.Join(path, folder.ManifestFile)))
	check.NoError(t, os.Remove(filepath.Join(path, training.LastFile)))
	again, _, err := runIn(t, c, path)
	check.NoError(t, err)
	if shown.Test.Loss != first.Test.Loss || again.Test.Loss != first.Test.Loss || readFile(t, path, training.BestFile) != model {
		t.Error("without the file the run ends with other numbers")
	}
	c.Start = &experiment.Start{Path: filepath.Join(base, "moved.safetensors")}
	if _, _, err = runIn(t, c, path); err != nil {
		t.Errorf("under another path: %v", err)
	}
}

// tamper changes what a checkpoint is bound to, and keeps its digest right.
func tamper(t *testing.T, path, name, value string) {
	t.Helper()
	f, err := models.ReadTensorFile(filepath.Join(path, training.LastFile), models.Wanted{})
	check.NoError(t, err)
	if f.Metadata["binding."+name] == "" {
		t.Fatalf("the checkpoint is bound to no %s: %v", name, slices.Sorted(maps.Keys(f.Metadata)))
	}
	f.Metadata["binding."+name] = value
	f.Metadata[models.DigestKey], err = f.Digest()
	check.NoError(t, err)
	check.NoError(t, models.WriteTensorFile(atomicfile.Dir{Path: path}, training.LastFile, f))
	check.NoError(t, os.Remove(filepath.Join(path, folder.ManifestFile)))
}

// A checkpoint is good for its configuration, data and kernels alone.
func TestBinding(t *testing.T) {
	for _, name := range []string{"configuration", "data", "kernels"} {
		path := filepath.Join(t.TempDir(), "run")
		_, _, err := runIn(t, small(), path)
		check.NoError(t, err)
		tamper(t, path, name, "other")
		_, _, err = runIn(t, small(), path)
		var bound *training.BindingError
		if !errors.As(err, &bound) || bound.Name != name || bound.There != "other" {
			t.Errorf("%s: %v", name, err)
		}
		c := small()
		c.OtherKernels = true
		r, _, err := runIn(t, c, path)
		switch {
		case name != "kernels" && !errors.As(err, &bound):
			t.Errorf("%s: other kernels are allowed, and so it goes on: %v", name, err)
		case name == "kernels" && (err != nil || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "from epoch 5 on with")):
			t.Errorf("with other kernels: %v, %+v", err, r)
		}
	}
}

// What is damaged or missing of a finished run is made again from its
// checkpoint, with a word; its results are refused.
func TestMadeWhole(t *testing.T) {
	damage := func(path string) {
		data, err := os.ReadFile(path)
		check.NoError(t, err)
		data[len(data)/2] ^= 1
		check.NoError(t, os.WriteFile(path, data, 0o644))
	}
	for _, name := range []string{training.BestFile, experiment.MetricsFile} {
		for _, what := range []string{"damaged", "missing"} {
			path := filepath.Join(t.TempDir(), "run")
			_, _, err := runIn(t, small(), path)
			check.NoError(t, err)
			want := readFile(t, path, name)
			if what == "damaged" {
				damage(filepath.Join(path, name))
			} else {
				check.NoError(t, os.Remove(filepath.Join(path, name)))
			}
			_, warnings, err := runIn(t, small(), path)
			check.NoError(t, err)
			if readFile(t, path, name) != want || len(warnings) != 1 || !strings.Contains(warnings[0], name) {
				t.Errorf("%s %s: warned %q", name, what, warnings)
			}
		}
	}
	for _, name := range []string{experiment.ResultsFile, training.LastFile} {
		path := filepath.Join(t.TempDir(), "run")
		_, _, err := runIn(t, small(), path)
		check.NoError(t, err)
		damage(filepath.Join(path, name))
		_, _, err = runIn(t, small(), path)
		var damaged *folder.DamagedError
		if check.Error(t, err, name); !errors.As(err, &damaged) {
			t.Errorf("%s: %#v", name, err)
		}
	}
}

// A learning rate that changes nothing is said.
func TestRateTooSmall(t *testing.T) {
	c := small()
	c.Optimizer.LearningRate = 1e-30
	_, warnings, err := runIn(t, c, filepath.Join(t.TempDir(), "run"))
	check.NoError(t, err)
	if len(warnings) != 1 || !strings.Contains(warnings[0], "no parameter changed") {
		t.Errorf("the warnings are %q", warnings)
	}
	if _, warnings, err = runIn(t, small(), filepath.Join(t.TempDir(), "run")); err != nil || len(warnings) > 0 {
		t.Errorf("a usual rate warns of %q, %v", warnings, err)
	}
}
