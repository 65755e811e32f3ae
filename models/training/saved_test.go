package training_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"optlab/internal/check"
	"optlab/models"
	"optlab/models/training"
	"optlab/random"
)

// readCheckpoint returns the file of the last epoch.
func readCheckpoint(t *testing.T, folder string) models.TensorFile {
	t.Helper()
	f, err := models.ReadTensorFile(filepath.Join(folder, training.LastFile), models.Wanted{})
	check.NoError(t, err)
	return f
}

// section returns the tensors whose names start with prefix, without it.
func section(f models.TensorFile, prefix string) map[string]*tensor.Dense {
	part := make(map[string]*tensor.Dense)
	for name, value := range f.Tensors {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			part[rest] = value
		}
	}
	return part
}

// restore sets s to the state in the checkpoint.
func restore(t *testing.T, f models.TensorFile, name string, s *random.Stream) {
	t.Helper()
	state, err := base64.StdEncoding.DecodeString(f.Metadata["random."+name])
	check.NoError(t, err)
	check.NoError(t, s.UnmarshalBinary(state))
}

func TestCheckpoint(t *testing.T) {
	for _, optimizer := range []string{"momentum", "adam"} {
		t.Run(optimizer, func(t *testing.T) {
			s := usual
			s.optimizer, s.folder = optimizer, t.TempDir()
			trainer := s.trainer(t)
			var last []uint32
			trainer.OnEpoch = func(training.Epoch) { last = bits(trainer.Model) }
			h, err := trainer.Run(t.Context())
			check.NoError(t, err)
			f := readCheckpoint(t, s.folder)

			m, err := models.New(s.config)
			check.NoError(t, err)
			check.NoError(t, m.LoadStateDict(section(f, "model.")))
			if !slices.Equal(bits(m), last) {
				t.Error("the parameters are not those after the last epoch")
			}
			state := trainer.Optimizer.State()
			saved := section(f, "optimizer.")
			if !slices.Equal(slices.Sorted(maps.Keys(saved)), slices.Sorted(maps.Keys(state.Tensors))) || len(saved) == 0 {
				t.Fatalf("the optimizer's tensors are %v", slices.Sorted(maps.Keys(saved)))
			}
			for name, value := range state.Tensors {
				if !slices.Equal(saved[name].Float32s(), value.Float32s()) {
					t.Errorf("the optimizer's %s is not that of the last step", name)
				}
			}
			if got, want := f.Metadata["optimizer.steps"], strconv.Itoa(4*s.epochs); got != want || state.Steps != 4*s.epochs {
				t.Errorf("%s steps, want %s", got, want)
			}
			if f.Metadata["epoch"] != strconv.Itoa(s.epochs) {
				t.Errorf("epoch is %q, want %d", f.Metadata["epoch"], s.epochs)
			}
			checkHistory(t, f, h)
			for name, want := range map[string]*random.Stream{"stream": trainer.Stream, "masks": trainer.Masks} {
				got := random.New(0)
				restore(t, f, name, got)
				if got.Uint64() != want.Uint64() {
					t.Errorf("the stream %q is not where the run left it", name)
				}
			}
		})
	}
}

func checkHistory(t *testing.T, f models.TensorFile, want *training.History) {
	t.Helper()
	var h struct {
		TrainScores  []float64 `json:"train_scores"`
		ValScores    []float64 `json:"val_scores"`
		ValLosses    []float64 `json:"val_losses"`
		TrainSeconds []float64 `json:"train_seconds"`
		BestEpoch    int       `json:"best_epoch"`
		Batches      int       `json:"batches_per_epoch"`
	}
	check.NoError(t, json.Unmarshal([]byte(f.Metadata["history"]), &h))
	if h.BestEpoch != want.BestEpoch() || h.Batches != want.BatchesPerEpoch || len(h.ValScores) != len(want.Epochs) ||
		!slices.Equal(f.Tensors["history.train_losses"].Float32s(), want.TrainLosses) {
		t.Errorf("the history is %+v, want %+v", h, want)
	}
	for i, e := range want.Epochs {
		if h.TrainScores[i] != e.TrainAccuracy || h.ValScores[i] != e.ValidationAccuracy || h.ValLosses[i] != e.ValidationLoss || h.TrainSeconds[i] != e.Seconds {
			t.Errorf("epoch %d of the history is another than %+v", i+1, e)
		}
	}
}

func TestBestFile(t *testing.T) {
	s := usual
	s.folder = t.TempDir()
	trainer := s.trainer(t)
	checked := 0
	trainer.OnEpoch = func(e training.Epoch) {
		if !e.Best {
			return
		}
		m, err := models.New(s.config)
		check.NoError(t, err)
		check.NoError(t, m.Load(filepath.Join(s.folder, training.BestFile)))
		if !slices.Equal(bits(m), bits(trainer.Model)) {
			t.Errorf("after epoch %d the file has other parameters", e.Number)
		}
		checked++
	}
	_, err := trainer.Run(t.Context())
	check.NoError(t, err)
	m, err := models.New(s.config)
	check.NoError(t, err)
	check.NoError(t, m.Load(filepath.Join(s.folder, training.BestFile)))
	if !slices.Equal(bits(m), bits(trainer.Model)) || checked == 0 {
		t.Errorf("the file and the model differ after the run; %d epochs were the best so far", checked)
	}
}

// Without a folder no file is written, not even in the working folder.
func TestNoFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	usual.run(t)
	entries, err := os.ReadDir(".")
	check.NoError(t, err)
	if len(entries) > 0 {
		t.Errorf("the run left %v", entries)
	}
}

func TestFilesFail(t *testing.T) {
	gone := filepath.Join(t.TempDir(), "gone")
	file := filepath.Join(t.TempDir(), "file")
	check.NoError(t, os.WriteFile(file, nil, 0o644))
	blocked := func(name string) string {
		folder := t.TempDir()
		check.NoError(t, os.MkdirAll(filepath.Join(folder, name, "something"), 0o755))
		return folder
	}
	best, last := blocked(training.BestFile), blocked(training.LastFile)
	for name, c := range map[string]struct {
		folder string
		parts  []string
	}{
		"no folder":                     {gone, []string{filepath.Join(gone, training.BestFile), "saving the best parameters"}},
		"a file as folder":              {file, []string{file, "saving the best parameters"}},
		"a folder as best file":         {best, []string{filepath.Join(best, training.BestFile), "saving the best parameters"}},
		"a folder as checkpoint's file": {last, []string{filepath.Join(last, training.LastFile), "saving a checkpoint"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := usual
			s.folder = c.folder
			h, err := s.trainer(t).Run(t.Context())
			check.Error(t, err, append(c.parts, "epoch 1")...)
			if h == nil || len(h.TrainLosses) != 4 {
				t.Errorf("the history is %+v, want the four batches", h)
			}
		})
	}
}

// A folder that goes away during the run stops it; what was done stays known.
func TestFolderRemoved(t *testing.T) {
	s := usual
	s.folder = filepath.Join(t.TempDir(), "run")
	check.NoError(t, os.Mkdir(s.folder, 0o755))
	trainer := s.trainer(t)
	trainer.OnEpoch = func(training.Epoch) { check.NoError(t, os.RemoveAll(s.folder)) }
	h, err := trainer.Run(t.Context())
	check.Error(t, err, s.folder, "epoch 2")
	if len(h.TrainLosses) != 8 {
		t.Errorf("%d losses, want those of two epochs", len(h.TrainLosses))
	}
}
