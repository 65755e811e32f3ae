package training_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"optlab/internal/atomicfile"
	"optlab/internal/check"
	"optlab/models"
	"optlab/models/training"
)

// resume runs s in its folder from the checkpoint there.
func (s setup) resume(t *testing.T) (*training.Trainer, *training.History, int) {
	t.Helper()
	trainer := s.trainer(t)
	done, err := trainer.Resume()
	check.NoError(t, err)
	h, err := trainer.Run(t.Context())
	check.NoError(t, err)
	return trainer, h, done
}

// A run that was broken off after any epoch, or within one, and resumed ends as
// one that was not.
func TestResume(t *testing.T) {
	for _, s := range []setup{
		{config: hyperparameter, optimizer: "momentum", rate: 0.1, batch: 48, epochs: 5, seed: 3},
		{config: base, optimizer: "adam", rate: 0.01, batch: 48, epochs: 5, seed: 3},
	} {
		whole, want := s.run(t)
		for stop := range len(want.TrainLosses) {
			s.folder = t.TempDir()
			ctx, cancel := context.WithCancel(t.Context())
			steps := 0
			broken := s.trainer(t)
			broken.OnStep = func(training.Step) {
				if steps++; steps > stop {
					cancel()
				}
			}
			_, err := broken.Run(ctx)
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("broken off after step %d: %v", stop, err)
			}
			trainer, h, done := s.resume(t)
			if want := stop / h.BatchesPerEpoch; done != want {
				t.Errorf("broken off after step %d: resumed after %d epochs, want %d", stop+1, done, want)
			}
			if !equalNumbers(h, want) || !slices.Equal(bits(trainer.Model), bits(whole.Model)) {
				t.Errorf("%s, broken off after step %d: another history or other parameters than unbroken", s.config.Architecture, stop+1)
			}
		}
	}
}

func TestResumeOfAFinishedRunDoesNothing(t *testing.T) {
	s := usual
	s.folder = t.TempDir()
	first, want := s.run(t)
	before := readFile(t, s.folder, training.LastFile)
	trainer, h, done := s.resume(t)
	if done != s.epochs || !equalNumbers(h, want) || !slices.Equal(bits(trainer.Model), bits(first.Model)) {
		t.Errorf("resumed after %d epochs: another result than the finished run's", done)
	}
	if !slices.Equal(readFile(t, s.folder, training.LastFile), before) {
		t.Error("the checkpoint was written anew")
	}
}

func TestResumeWithoutCheckpoint(t *testing.T) {
	s := usual
	s.folder = t.TempDir()
	_, h, done := s.resume(t)
	if _, want := usual.run(t); done != 0 || !equalNumbers(h, want) {
		t.Errorf("resumed after %d epochs, want a new run", done)
	}
}

// TestDamagedCheckpoint changes every so many bytes of a checkpoint.
func TestDamagedCheckpoint(t *testing.T) {
	s := usual
	s.epochs, s.folder = 1, t.TempDir()
	s.run(t)
	path := filepath.Join(s.folder, training.LastFile)
	whole := readFile(t, path)
	try := func(data []byte) {
		check.NoError(t, os.WriteFile(path, data, 0o644))
		_, err := s.trainer(t).Resume()
		check.Error(t, err, "resuming", path)
	}
	for i := 8; i < len(whole); i += len(whole)/150 + 1 {
		data := slices.Clone(whole)
		data[i] ^= 1
		try(data)
	}
	for n := 0; n < len(whole); n += len(whole)/50 + 1 {
		try(whole[:n])
	}
}

// TestCheckpointOfAnotherRun tampers with a checkpoint but keeps its digest
// right.
func TestCheckpointOfAnotherRun(t *testing.T) {
	s := usual
	s.epochs, s.folder, s.optimizer = 1, t.TempDir(), "adam"
	s.run(t)
	whole := readCheckpoint(t, s.folder)
	path := filepath.Join(s.folder, training.LastFile)
	for want, change := range map[string]func(models.TensorFile){
		`"history.train_losses"`:  func(f models.TensorFile) { delete(f.Tensors, "history.train_losses") },
		"not one of these data":   func(f models.TensorFile) { f.Metadata["history"] = `{"batches_per_epoch":4}` },
		"the history":             func(f models.TensorFile) { f.Metadata["history"] = "{" },
		"the optimizer's steps":   func(f models.TensorFile) { f.Metadata["optimizer.steps"] = "many" },
		`"u.net.0.weight"`:        func(f models.TensorFile) { f.Tensors["optimizer.u.net.0.weight"] = f.Tensors["model.net.0.weight"] },
		"random.stream":           func(f models.TensorFile) { f.Metadata["random.stream"] = "AAAA" },
		"random.masks":            func(f models.TensorFile) { f.Metadata["random.masks"] = "?" },
		"the best parameters":     func(f models.TensorFile) { delete(f.Tensors, "best.net.0.bias") },
		`tensor "net.3.bias" has`: func(f models.TensorFile) { f.Tensors["model.net.3.bias"] = f.Tensors["model.net.0.bias"] },
	} {
		f := models.TensorFile{Tensors: map[string]*tensor.Dense{}, Metadata: map[string]string{}}
		for name, value := range whole.Tensors {
			f.Tensors[name] = value
		}
		for key, text := range whole.Metadata {
			f.Metadata[key] = text
		}
		change(f)
		digest, err := f.Digest()
		check.NoError(t, err)
		f.Metadata[models.DigestKey] = digest
		check.NoError(t, models.WriteTensorFile(atomicfile.Dir{Path: filepath.Dir(path)}, training.LastFile, f))
		_, err = s.trainer(t).Resume()
		check.Error(t, err, want, path)
	}
}

func TestPatience(t *testing.T) {
	s := usual
	s.epochs = 40
	for _, patience := range []int{1, 3} {
		s.folder = t.TempDir()
		trainer := s.trainer(t)
		trainer.Patience = patience
		h, err := trainer.Run(t.Context())
		check.NoError(t, err)
		if len(h.Epochs) == s.epochs || len(h.Epochs)-h.BestEpoch() != patience {
			t.Errorf("patience %d: stopped after %d epochs, the best being %d", patience, len(h.Epochs), h.BestEpoch())
		}
		again := s.trainer(t)
		again.Patience = patience
		if _, err := again.Resume(); err != nil {
			t.Fatal(err)
		}
		if after, err := again.Run(t.Context()); err != nil || len(after.Epochs) != len(h.Epochs) {
			t.Errorf("patience %d: resumed, it trained to epoch %d, %v", patience, len(after.Epochs), err)
		}
	}
}
