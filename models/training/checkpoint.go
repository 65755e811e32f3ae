package training

import (
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"optlab/internal/atomicfile"
	"optlab/internal/brief"
	"optlab/models"
	"optlab/optimizers"
	"optlab/random"
)

// Names of the files that a run keeps in its folder.
const (
	BestFile = "model.safetensors"      // the best parameters on validation
	LastFile = "checkpoint.safetensors" // all that going on after the last epoch takes
)

// saveBest writes parameters under PyTorch's names.
func (t *Trainer) saveBest(best map[string]*tensor.Dense) error {
	if t.Dir.Path == "" {
		return nil
	}
	return errors.WithMessage(models.WriteStateDict(t.Dir, BestFile, best), "saving the best parameters")
}

// A checkpoint is a safetensors file with everything that the next epoch
// depends on. Its tensors are the parameters after the epoch
// ("model.net.0.weight"), the best so far ("best.…"), the optimizer's state
// ("optimizer.m.…") and every batch's loss; its texts are the rest of the
// state, and a digest of it all.
const (
	modelPrefix     = "model."
	bestPrefix      = "best."
	optimizerPrefix = "optimizer."
	lossesTensor    = historyPrefix + "train_losses"

	epochKey   = "epoch"
	stepsKey   = "optimizer.steps"
	historyKey = "history"
	streamKey  = "random.stream"
	masksKey   = "random.masks"
)

// saveLast writes the checkpoint of the last epoch in the history.
func (r *run) saveLast() error {
	if r.Dir.Path == "" {
		return nil
	}
	f := models.TensorFile{Tensors: make(map[string]*tensor.Dense)}
	for _, p := range r.Model.Parameters() {
		f.Tensors[modelPrefix+p.Name] = p.Value
	}
	for name, value := range r.best {
		f.Tensors[bestPrefix+name] = value
	}
	state := r.Optimizer.View()
	for name, value := range state.Tensors {
		f.Tensors[optimizerPrefix+name] = value
	}
	losses := r.history.TrainLosses
	f.Tensors[lossesTensor] = tensor.New(tensor.WithShape(len(losses)), tensor.WithBacking(losses))

	history, err := r.history.withoutLosses()
	if err != nil {
		return errors.Wrap(err, "saving a checkpoint")
	}
	f.Metadata = map[string]string{
		epochKey:   strconv.Itoa(len(r.history.Epochs)),
		stepsKey:   strconv.Itoa(state.Steps),
		historyKey: string(history),
	}
	for key, stream := range r.streams() {
		state, err := stream.MarshalBinary()
		if err != nil {
			return errors.Wrap(err, "saving a checkpoint")
		}
		f.Metadata[key] = base64.StdEncoding.EncodeToString(state)
	}
	r.bind(f)
	if f.Metadata[models.DigestKey], err = f.Digest(); err != nil {
		return errors.WithMessage(err, "saving a checkpoint")
	}
	return errors.WithMessage(models.WriteTensorFile(r.Dir, LastFile, f), "saving a checkpoint")
}

// streams returns the random streams by their keys in a checkpoint.
func (t *Trainer) streams() map[string]*random.Stream {
	return map[string]*random.Stream{streamKey: t.Stream, masksKey: t.Masks}
}

// Resume sets t to the state in which its folder's checkpoint was written, so
// that Run goes on as if it had never stopped, bit for bit, and returns the
// number of epochs done: 0, with nothing changed, if there is no checkpoint
// yet. t must be set up as it was then. A checkpoint that is damaged, or of
// another model, optimizer or data, is an error, after which t must not be run.
func (t *Trainer) Resume() (epochs int, err error) {
	t.control.working.Lock() // a snapshot waits
	defer t.control.working.Unlock()
	path := t.Dir.File(LastFile)
	f, err := readCheckpoint(t.Dir, t.Epochs, t.checkShapes)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, errors.WithMessage(err, "resuming")
	}
	if err := t.restore(f); err != nil {
		return 0, errors.WithMessagef(err, "resuming from %s", path)
	}
	// The parameters in f are copies now: their memory is that of the
	// gradients, which the first step takes.
	runtime.GC()
	// It may be missing, or of an epoch before: it is written first.
	if err := t.saveBest(t.resumed.best); err != nil {
		return 0, err
	}
	return len(t.resumed.history.Epochs), nil
}

// readCheckpoint reads the checkpoint in a folder, of a run of so many epochs,
// and checks its digest.
func readCheckpoint(dir atomicfile.Dir, epochs int, shapes func(map[string]tensor.Shape) error) (models.TensorFile, error) {
	path := dir.File(LastFile)
	f, err := models.ReadTensorFile(path, models.Wanted{
		// An epoch of the history takes less than 128 bytes.
		Header: 8<<20 + 128*int64(min(epochs, 1<<24)),
		Check:  shapes,
	})
	if err != nil {
		return f, err
	}
	if digest, err := f.Digest(); err != nil || digest != f.Metadata[models.DigestKey] {
		return f, errors.Errorf("reading %s: its content does not match its digest: it is damaged", path)
	}
	return f, nil
}

// checkShapes returns an error unless a file with tensors of these shapes can
// be a checkpoint of t, whatever the number of losses and the optimizer's
// moments.
func (t *Trainer) checkShapes(shapes map[string]tensor.Shape) error {
	parameters := make(map[string]tensor.Shape)
	for _, p := range t.Model.Parameters() {
		parameters[p.Name] = p.Value.Shape()
	}
	model, best := make(map[string]tensor.Shape), make(map[string]tensor.Shape)
	for name, shape := range shapes {
		if rest, ok := strings.CutPrefix(name, modelPrefix); ok {
			model[rest] = shape
		} else if rest, ok := strings.CutPrefix(name, bestPrefix); ok {
			best[rest] = shape
		} else if rest, ok := strings.CutPrefix(name, optimizerPrefix); ok {
			_, parameter, _ := strings.Cut(rest, ".")
			if !slices.Equal(shape, parameters[parameter]) {
				return errors.Errorf("the optimizer's tensor %s of shape %v is that of no parameter", brief.Quote(rest), shape)
			}
		} else if name != lossesTensor || len(shape) != 1 {
			return errors.Errorf("tensor %s of shape %v is none of a checkpoint", brief.Quote(name), shape)
		}
	}
	if err := t.Model.CheckShapes(best); err != nil {
		return errors.WithMessage(err, "the best parameters")
	}
	return errors.WithMessage(t.Model.CheckShapes(model), "the parameters")
}

// resumed is what a run takes over from the one that it continues.
type resumed struct {
	history *History
	best    map[string]*tensor.Dense
}

// restore sets t to the state in f.
func (t *Trainer) restore(f models.TensorFile) error {
	if err := t.checkBinding(f); err != nil {
		return err
	}
	history, err := decodeHistory(f)
	if err != nil {
		return err
	}
	if history.BatchesPerEpoch != t.Data.Train.Batches() {
		return errors.New("the history is not one of these data")
	}
	steps, err := strconv.Atoi(f.Metadata[stepsKey])
	if err != nil {
		return errors.Wrap(err, "the optimizer's steps")
	}
	state := optimizers.State{Steps: steps, Tensors: withPrefix(f, optimizerPrefix)}
	if err := t.Optimizer.Adopt(state); err != nil {
		return err
	}
	for key, stream := range t.streams() {
		state, err := base64.StdEncoding.DecodeString(f.Metadata[key])
		if err != nil {
			return errors.Wrap(err, key)
		}
		if err := stream.UnmarshalBinary(state); err != nil {
			return errors.WithMessage(err, key)
		}
	}
	if err := t.Model.LoadStateDict(withPrefix(f, modelPrefix)); err != nil {
		return errors.WithMessage(err, "the parameters")
	}
	t.resumed = &resumed{history: history, best: withPrefix(f, bestPrefix)}
	return nil
}

// decodeHistory returns the history in f.
func decodeHistory(f models.TensorFile) (*History, error) {
	var r record
	if err := json.Unmarshal([]byte(f.Metadata[historyKey]), &r); err != nil {
		return nil, errors.Wrap(brief.Cut(err), "the history")
	}
	losses, ok := f.Tensors[lossesTensor]
	if !ok {
		return nil, errors.Errorf("tensor %q is missing", lossesTensor)
	}
	r.TrainLosses = losses.Float32s()
	h, err := r.history()
	if err != nil {
		return nil, err
	}
	if n := len(h.Epochs); n < 1 || len(h.TrainLosses) != n*h.BatchesPerEpoch {
		return nil, errors.Errorf("the history is not one of these data: it has %d losses for %d epochs of %d batches", len(h.TrainLosses), n, h.BatchesPerEpoch)
	}
	return h, nil
}

// withPrefix returns the tensors of f whose names start with prefix, without
// it.
func withPrefix(f models.TensorFile, prefix string) map[string]*tensor.Dense {
	part := make(map[string]*tensor.Dense)
	for name, value := range f.Tensors {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			part[rest] = value
		}
	}
	return part
}
