package models

import (
	"sort"
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"optlab/internal/atomicfile"
	"optlab/models/pytorch"
)

// StateDict returns a copy of all parameters by name, as PyTorch's state_dict.
func (m *Model) StateDict() map[string]*tensor.Dense {
	dict := make(map[string]*tensor.Dense, len(m.parameters))
	for _, p := range m.parameters {
		dict[p.Name] = p.Value.Clone().(*tensor.Dense)
	}
	return dict
}

// LoadStateDict copies the tensors of dict into the parameters. dict must hold
// a float32 tensor of the right shape for every parameter and nothing else;
// otherwise the error names the tensor and the model stays as it was.
func (m *Model) LoadStateDict(dict map[string]*tensor.Dense) error {
	known := make(map[string]bool, len(m.parameters))
	for _, p := range m.parameters {
		known[p.Name] = true
		t, ok := dict[p.Name]
		if !ok {
			return errors.Errorf("tensor %q is missing: there are %s", p.Name, names(dict))
		}
		if t.Dtype() != tensor.Float32 || t.RequiresIterator() {
			return errors.Errorf("tensor %q is not a contiguous float32 tensor but %v", p.Name, t.Dtype())
		}
		if !t.Shape().Eq(p.Value.Shape()) || t.Dims() != p.Value.Dims() {
			return errors.Errorf("tensor %q has shape %v, the model's has %v", p.Name, t.Shape(), p.Value.Shape())
		}
	}
	for name := range dict {
		if !known[name] {
			return errors.Errorf("tensor %q is not one of this model: it has %s", name, names(m.StateDict()))
		}
	}
	for _, p := range m.parameters {
		copy(p.Data(), dict[p.Name].Float32s())
	}
	return nil
}

// names lists the first few names of dict, sorted.
func names(dict map[string]*tensor.Dense) string {
	const most = 12
	list := make([]string, 0, len(dict))
	for name := range dict {
		list = append(list, name)
	}
	sort.Strings(list)
	if len(list) > most {
		list = append(list[:most], "…")
	}
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

// Save writes the parameters to a safetensors file, atomically. PyTorch reads
// it with safetensors.torch.load_file.
func (m *Model) Save(path string) error {
	dir, name := atomicfile.Split(path)
	return m.SaveIn(dir, name)
}

// SaveIn is Save in the folder of a run.
func (m *Model) SaveIn(dir atomicfile.Dir, name string) error {
	return WriteTensorFile(dir, name, TensorFile{
		Tensors: m.StateDict(),
		// What PyTorch's own writer puts there; some readers insist on it.
		Metadata: map[string]string{"format": "pt"},
	})
}

// readStateDict reads tensors by name from a safetensors file or from one that
// torch.save wrote, whichever it is by its content.
func readStateDict(path string) (map[string]*tensor.Dense, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	if pytorch.Detect(data) {
		dict, err := pytorch.ReadStateDict(data)
		return dict, errors.WithMessagef(err, "reading %s", path)
	}
	f, err := decodeTensors(data)
	return f.Tensors, errors.Wrapf(err, "reading %s", path)
}

// Load reads the parameters from a safetensors file or from a state dict that
// torch.save wrote. On any error (no such file, a truncated one, a tensor that
// is missing, unknown or of another shape) the model stays as it was and the
// error says which file and tensor.
func (m *Model) Load(path string) error {
	dict, err := readStateDict(path)
	if err != nil {
		return err
	}
	return errors.Wrapf(m.LoadStateDict(dict), "loading %s", path)
}
