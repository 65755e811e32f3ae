package models

import (
	"maps"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"optlab/internal/atomicfile"
	"optlab/internal/brief"
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
	if err := m.fits(dict); err != nil {
		return err
	}
	m.take(dict)
	return nil
}

// take copies the tensors of dict, which fits, into the parameters.
func (m *Model) take(dict map[string]*tensor.Dense) {
	for _, p := range m.parameters {
		copy(p.Data(), dict[p.Name].Float32s())
	}
}

// fits returns an error that names the tensor unless dict is a state dict of
// the model.
func (m *Model) fits(dict map[string]*tensor.Dense) error {
	shapes := make(map[string]tensor.Shape, len(dict))
	for _, name := range slices.Sorted(maps.Keys(dict)) {
		t := dict[name]
		if t.Dtype() != tensor.Float32 || t.RequiresIterator() {
			return errors.Errorf("tensor %s is not a contiguous float32 tensor but %v", brief.Quote(name), t.Dtype())
		}
		shapes[name] = t.Shape()
	}
	return m.CheckShapes(shapes)
}

// CheckShapes returns an error that names the tensor unless shapes are those of
// a state dict of the model.
func (m *Model) CheckShapes(shapes map[string]tensor.Shape) error {
	own := make(map[string]tensor.Shape, len(m.parameters))
	for _, p := range m.parameters {
		own[p.Name] = p.Value.Shape()
		shape, ok := shapes[p.Name]
		if !ok {
			return errors.Errorf("tensor %q is missing: there are %s", p.Name, names(shapes))
		}
		// Not as tensors compare them, where a column is a vector.
		if !slices.Equal(shape, own[p.Name]) {
			return errors.Errorf("tensor %q has shape %v, the model's has %v", p.Name, shape, own[p.Name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(shapes)) {
		if own[name] == nil {
			return errors.Errorf("tensor %s is not one of this model: it has %s", brief.Quote(name), names(own))
		}
	}
	return nil
}

// names lists the first few names, sorted.
func names(shapes map[string]tensor.Shape) string {
	const most = 12
	list := slices.Sorted(maps.Keys(shapes))
	if len(list) == 0 {
		return "none"
	}
	more := len(list) > most
	list = list[:min(most, len(list))]
	for i, name := range list {
		list[i] = brief.Name(name)
	}
	if more {
		list = append(list, "…")
	}
	return strings.Join(list, ", ")
}

// Save writes the parameters to a safetensors file, atomically. PyTorch reads
// it with safetensors.torch.load_file.
func (m *Model) Save(path string) error {
	dir, name := atomicfile.Split(path)
	dict := make(map[string]*tensor.Dense, len(m.parameters))
	for _, p := range m.parameters {
		dict[p.Name] = p.Value
	}
	return WriteStateDict(dir, name, dict)
}

// WriteStateDict writes tensors by name as Save writes those of a model.
func WriteStateDict(dir atomicfile.Dir, name string, dict map[string]*tensor.Dense) error {
	return WriteTensorFile(dir, name, stateDict(dict))
}

// StateDictDigest returns the SHA-256, in hexadecimal, of the file that
// WriteStateDict writes.
func StateDictDigest(dict map[string]*tensor.Dense) (string, error) {
	return stateDict(dict).Digest()
}

func stateDict(dict map[string]*tensor.Dense) TensorFile {
	// What PyTorch's own writer puts there; some readers insist on it.
	return TensorFile{Tensors: dict, Metadata: map[string]string{"format": "pt"}}
}
