package training

import (
	"encoding/base64"
	"encoding/json"
	"path/filepath"
	"strconv"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"optlab/internal/random"
	"optlab/models"
)

// Names of the files that a run keeps in its folder.
const (
	BestFile = "model.safetensors"      // the best parameters on validation
	LastFile = "checkpoint.safetensors" // all that going on after the last epoch takes
)

// Files keeps the best and the last state of a run. The zero value keeps
// nothing.
type Files struct{ Folder string }

// saveBest writes the parameters of m under PyTorch's names.
func (f Files) saveBest(m *models.Model) error {
	if f.Folder == "" {
		return nil
	}
	return errors.WithMessage(m.Save(filepath.Join(f.Folder, BestFile)), "saving the best parameters")
}

// saveLast writes everything that the next epoch depends on: parameters as
// "model.…", the optimizer's state as "optimizer.…", every batch's loss, and as
// texts the number of steps, the random streams and the rest of the history.
func (f Files) saveLast(t *Trainer, h *History) error {
	if f.Folder == "" {
		return nil
	}
	file := models.TensorFile{Tensors: make(map[string]*tensor.Dense)}
	for _, p := range t.Model.Parameters() {
		file.Tensors["model."+p.Name] = p.Value
	}
	state := t.Optimizer.State()
	for name, value := range state.Tensors {
		file.Tensors["optimizer."+name] = value
	}
	file.Tensors["history.train_losses"] = tensor.New(tensor.WithShape(len(h.TrainLosses)), tensor.WithBacking(h.TrainLosses))

	rest := *h
	rest.TrainLosses = nil
	history, err := json.Marshal(rest)
	if err != nil {
		return errors.Wrap(err, "saving a checkpoint")
	}
	file.Metadata = map[string]string{
		"epoch":           strconv.Itoa(h.Epochs()),
		"optimizer.steps": strconv.Itoa(state.Steps),
		"history":         string(history),
	}
	for name, s := range map[string]*random.Stream{"stream": t.Stream, "masks": t.Masks} {
		state, err := s.MarshalBinary()
		if err != nil {
			return errors.Wrap(err, "saving a checkpoint")
		}
		file.Metadata["random."+name] = base64.StdEncoding.EncodeToString(state)
	}
	path := filepath.Join(f.Folder, LastFile)
	return errors.WithMessage(models.WriteTensorFile(path, file), "saving a checkpoint")
}
