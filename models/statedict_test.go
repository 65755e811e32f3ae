package models

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"optlab/internal/atomicfile"
	"optlab/internal/check"
)

func TestStateDictIsACopy(t *testing.T) {
	m := newModel(t, smallConfig, 1)
	before := bits(m)
	dict := m.StateDict()
	if len(dict) != len(m.Parameters()) {
		t.Fatalf("%d tensors, want %d", len(dict), len(m.Parameters()))
	}
	for _, p := range m.Parameters() {
		if !slices.Equal(dict[p.Name].Float32s(), p.Data()) {
			t.Fatalf("%s differs from the parameter", p.Name)
		}
		dict[p.Name].Float32s()[0] = 99
	}
	if !slices.Equal(bits(m), before) {
		t.Error("writing to the state dict changed the model")
	}
	check.NoError(t, m.LoadStateDict(dict))
	loaded := bits(m)
	if slices.Equal(loaded, before) {
		t.Error("LoadStateDict changed nothing")
	}
	dict["net.0.weight"].Float32s()[1] = 98
	if !slices.Equal(bits(m), loaded) {
		t.Error("LoadStateDict kept the tensors instead of copying them")
	}
}

// Loading leaves the passes bound to the parameters.
func TestPassSeesLoadedParameters(t *testing.T) {
	a, b := newModel(t, smallConfig, 1), newModel(t, smallConfig, 2)
	pass, want := runPass(t, a, PassConfig{Batch: 3}), runPass(t, b, PassConfig{Batch: 3})
	check.NoError(t, a.LoadStateDict(b.StateDict()))
	check.NoError(t, pass.Run())
	if !slices.Equal(pass.Logits(), want.Logits()) {
		t.Errorf("logits are %v, the other model's %v", pass.Logits(), want.Logits())
	}
}

func dense(shape ...int) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.Of(tensor.Float32))
}

// The model, 6-5-4-3 with dropout, has net.0, net.3 and net.6.
func TestLoadStateDictErrors(t *testing.T) {
	transposed := dense(6, 5)
	check.NoError(t, transposed.T())
	for _, c := range []struct {
		name   string
		change func(dict map[string]*tensor.Dense)
		parts  []string
	}{
		{"missing", func(d map[string]*tensor.Dense) { delete(d, "net.3.bias") }, []string{`"net.3.bias"`, "missing", "net.0.bias, net.0.weight"}},
		{"nothing", func(d map[string]*tensor.Dense) { clear(d) }, []string{`"net.0.weight"`, "missing", "none"}},
		{"extra", func(d map[string]*tensor.Dense) { d["net.9.bias"] = dense(3) }, []string{`"net.9.bias"`, "net.6.weight"}},
		{"shape", func(d map[string]*tensor.Dense) { d["net.6.bias"] = dense(4) }, []string{`"net.6.bias"`, "(4)", "(3)"}},
		{"swapped", func(d map[string]*tensor.Dense) { d["net.0.weight"] = dense(6, 5) }, []string{`"net.0.weight"`, "(6, 5)", "(5, 6)"}},
		{"column", func(d map[string]*tensor.Dense) { d["net.6.bias"] = dense(3, 1) }, []string{`"net.6.bias"`, "(3, 1)"}},
		{"row", func(d map[string]*tensor.Dense) { d["net.6.bias"] = dense(1, 3) }, []string{`"net.6.bias"`, "(1, 3)"}},
		{"flat", func(d map[string]*tensor.Dense) { d["net.0.weight"] = dense(30) }, []string{`"net.0.weight"`, "(30)"}},
		{"scalar", func(d map[string]*tensor.Dense) { d["net.6.bias"] = tensor.New(tensor.FromScalar(float32(1))) }, []string{`"net.6.bias"`}},
		{"float64", func(d map[string]*tensor.Dense) {
			d["net.6.weight"] = tensor.New(tensor.WithShape(3, 4), tensor.Of(tensor.Float64))
		}, []string{`"net.6.weight"`, "float64"}},
		{"transposed view", func(d map[string]*tensor.Dense) { d["net.0.weight"] = transposed }, []string{`"net.0.weight"`, "contiguous"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newModel(t, smallConfig, 1)
			dict := newModel(t, smallConfig, 2).StateDict()
			c.change(dict)
			before := bits(m)
			check.Error(t, m.LoadStateDict(dict), c.parts...)
			if !slices.Equal(bits(m), before) {
				t.Error("the model has changed")
			}
		})
	}
}

// An error lists a few names of a large state dict, not all.
func TestErrorsStayShort(t *testing.T) {
	dict := make(map[string]*tensor.Dense)
	for i := range 200 {
		dict["tensor."+strings.Repeat("x", i)] = dense(1)
	}
	err := newModel(t, smallConfig, 1).LoadStateDict(dict)
	check.Error(t, err, `"net.0.weight"`, "…")
	if len(err.Error()) > 500 {
		t.Errorf("the error has %d characters: %v", len(err.Error()), err)
	}
}

func TestSaveLoad(t *testing.T) {
	m := newModel(t, smallConfig, 1)
	// Numbers that decimal or arithmetic would not bring back.
	copy(parameter(t, m, "net.0.weight").Data(), []float32{
		-math.MaxFloat32, math.Float32frombits(1), math.Float32frombits(0x80000000), math.SmallestNonzeroFloat32, math.MaxFloat32, 0.1,
	})
	dir := t.TempDir()
	first, second := filepath.Join(dir, "first"), filepath.Join(dir, "second")
	check.NoError(t, m.Save(first))
	other := newModel(t, smallConfig, 2)
	check.NoError(t, other.Load(first))
	if !slices.Equal(bits(other), bits(m)) {
		t.Error("the loaded parameters differ from the saved ones")
	}
	check.NoError(t, other.Save(second))
	a, err := os.ReadFile(first)
	check.NoError(t, err)
	b, err := os.ReadFile(second)
	check.NoError(t, err)
	if !bytes.Equal(a, b) {
		t.Error("equal models were saved as different bytes")
	}
	f, err := ReadTensorFile(first, Wanted{})
	check.NoError(t, err)
	if f.Metadata["format"] != "pt" || len(f.Metadata) != 1 {
		t.Errorf("the metadata is %v, want format: pt", f.Metadata)
	}
}

func TestSaveErrors(t *testing.T) {
	m := newModel(t, smallConfig, 1)
	missing := filepath.Join(t.TempDir(), "no", "model")
	check.Error(t, m.Save(missing), missing)
	dir := atomicfile.Dir{Path: t.TempDir()}
	path := dir.File("file")
	for name, bad := range map[string]*tensor.Dense{"double": tensor.New(tensor.WithShape(2), tensor.Of(tensor.Float64)), "view": dense(3, 2)} {
		if name == "view" {
			check.NoError(t, bad.T())
		}
		check.Error(t, WriteTensorFile(dir, "file", TensorFile{Tensors: map[string]*tensor.Dense{name: bad}}), path, name)
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("a file was written: %v", err)
		}
	}
}

// A file of another architecture names what does not fit.
func TestLoadOtherModel(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	check.NoError(t, newModel(t, Hyperparameter([]int{6, 5, 4, 3}, 0), 1).Save(path))
	m := newModel(t, smallConfig, 2)
	before := bits(m)
	check.Error(t, m.Load(path), path, `"net.3.weight"`, "missing", "net.2.weight")
	if !slices.Equal(bits(m), before) {
		t.Error("the model has changed")
	}
}
