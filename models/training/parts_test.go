package training_test

import (
	"path/filepath"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"optlab/internal/check"
	"optlab/models"
	"optlab/models/training"
)

// The tensors of a checkpoint come apart, and of nothing else.
func TestParts(t *testing.T) {
	path := filepath.FromSlash("../../experiment/testdata/before/finished/")
	f, err := models.ReadAnyTensors(filepath.Join(path, training.LastFile))
	check.NoError(t, err)
	parts, ok := training.Parts(f)
	if !ok || len(parts) != 4 {
		t.Fatalf("a checkpoint has %d parts, %v", len(parts), ok)
	}
	for i, name := range []string{"net.0.bias", "net.0.bias", "v.net.3.weight", "train_losses"} {
		if parts[i].Tensors[name] != f.Tensors[parts[i].Prefix+name] || parts[i].Tensors[name] == nil || strings.Contains(parts[i].Content, "\n") {
			t.Errorf("part %s has %v", parts[i].Prefix, parts[i].Tensors)
		}
	}
	for _, change := range []func(){
		func() { delete(f.Tensors, "history.train_losses") },
		func() { f.Tensors["other"] = f.Tensors["model.net.0.bias"] },
		func() {
			f.Tensors = map[string]*tensor.Dense{"history.train_losses": tensor.New(tensor.WithShape(1), tensor.WithBacking([]float32{1}))}
		},
		func() { clear(f.Tensors) },
	} {
		before := f.Tensors
		f.Tensors = map[string]*tensor.Dense{}
		for name, value := range before {
			f.Tensors[name] = value
		}
		change()
		if parts, ok := training.Parts(f); ok {
			t.Errorf("%d parts of %v are those of a checkpoint", len(parts), f.Tensors)
		}
		f.Tensors = before
	}
}
