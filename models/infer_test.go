package models

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gorgonia.org/tensor"

	"optlab/graph"
	"optlab/internal/atomicfile"
	"optlab/internal/check"
)

// shapesOf returns the shapes of a network's tensors.
func shapesOf(t *testing.T, c Config) map[string]tensor.Shape {
	t.Helper()
	shapes := make(map[string]tensor.Shape)
	for name, value := range newModel(t, c, 1).StateDict() {
		shapes[name] = value.Shape()
	}
	return shapes
}

// A network is known by its tensors but for what they do not depend on.
func TestInfer(t *testing.T) {
	for _, c := range []struct{ of, want Config }{
		{Hyperparameter([]int{6, 5, 4, 3}, 0.5), Hyperparameter([]int{6, 5, 4, 3}, 0.2)},
		{Hyperparameter([]int{6, 5, 4, 3}, 0), Hyperparameter([]int{6, 5, 4, 3}, 0)},
		{Hyperparameter([]int{1, 1, 1}, 0), Hyperparameter([]int{1, 1, 1}, 0)},
		{Hyperparameter([]int{6, 3}, 0), Hyperparameter([]int{6, 3}, 0.2)}, // there is no hidden unit to drop
		{Base(graph.ReLU, 6, 3, []int{5, 4}), Base(graph.Tanh, 6, 3, []int{5, 4})},
		{Base(graph.Tanh, 6, 3, slices.Repeat([]int{4}, 12)), Base(graph.Tanh, 6, 3, slices.Repeat([]int{4}, 12))},
	} {
		got, err := Infer(shapesOf(t, c.of))
		check.NoError(t, err)
		if got.Architecture != c.want.Architecture || !slices.Equal(got.Sizes, c.want.Sizes) || got.Activation != c.want.Activation || got.Dropout != c.want.Dropout {
			t.Errorf("of %+v: %+v, want %+v", c.of, got, c.want)
		}
	}
}

func TestInferErrors(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(shapes map[string]tensor.Shape)
		parts  []string
	}{
		{"nothing", func(s map[string]tensor.Shape) { clear(s) }, []string{"hyperparameter, base", "none"}},
		{"no matrix", func(s map[string]tensor.Shape) { clear(s); s["net.0.bias"] = tensor.Shape{3} }, []string{"names", "net.0.bias"}},
		{"other names", func(s map[string]tensor.Shape) { clear(s); s["fc.weight"] = tensor.Shape{3, 4} }, []string{"names", "fc.weight"}},
		{"a matrix more", func(s map[string]tensor.Shape) { s["fc.weight"] = tensor.Shape{3, 4} }, []string{"names", "fc.weight"}},
		{"a bias less", func(s map[string]tensor.Shape) { delete(s, "net.3.bias") }, []string{"not the hyperparameter model", `"net.3.bias" is missing`}},
		{"a bias more", func(s map[string]tensor.Shape) { s["net.9.bias"] = tensor.Shape{3} }, []string{"not the hyperparameter model", `"net.9.bias"`}},
		{"not in a row", func(s map[string]tensor.Shape) { s["net.3.weight"] = tensor.Shape{4, 1 << 40} }, []string{`"net.3.weight" of shape (4, 1099511627776) follows a layer of 5 units`}},
		{"too large", func(s map[string]tensor.Shape) {
			clear(s)
			s["net.0.weight"], s["net.0.bias"] = tensor.Shape{1 << 28, 2}, tensor.Shape{1 << 28}
		}, []string{"more than 268435456 parameters"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			shapes := shapesOf(t, smallConfig)
			c.change(shapes)
			_, err := Infer(shapes)
			check.Error(t, err, c.parts...)
		})
	}
}

// Both forms are read, whatever the model.
func TestReadAnyTensors(t *testing.T) {
	dir := atomicfile.Dir{Path: t.TempDir()}
	want := TensorFile{Tensors: map[string]*tensor.Dense{"any": dense(2, 3)}, Metadata: map[string]string{"k": "v"}}
	check.NoError(t, WriteTensorFile(dir, "file", want))
	f, err := ReadAnyTensors(dir.File("file"))
	check.NoError(t, err)
	if !equalTensors(f, want) {
		t.Errorf("the file has %v", f)
	}
	f, err = ReadAnyTensors(filepath.Join("pytorch", "testdata", "small_legacy2.pth"))
	check.NoError(t, err)
	if len(f.Tensors) != 4 || f.Metadata != nil {
		t.Errorf("of torch.save there are %d tensors, metadata %v", len(f.Tensors), f.Metadata)
	}
	for name, parts := range map[string][]string{
		"":                                {"a folder, not a regular file"},
		"missing":                         {"missing"},
		"pytorch/testdata/dtype_int8.pt":  {"dtype_int8.pt", "int8"},
		"pytorch/testdata/expected.json":  {"expected.json", "not a whole safetensors file"},
		"pytorch/testdata/no_tensors.pt":  {"no_tensors.pt", "state_dict"},
		"pytorch/testdata/whole_model.pt": {"whole_model.pt"},
	} {
		_, err := ReadAnyTensors(filepath.FromSlash(name))
		if name == "" {
			_, err = ReadAnyTensors(dir.Path)
		}
		check.Error(t, err, parts...)
	}
}

// What does not fit into memory is not read, whatever the form: here files of
// which no byte is stored.
func TestReadAnyTensorsTooLarge(t *testing.T) {
	const large = 1 << 40
	if fit(large) == nil {
		t.Skip("it is not known how much memory there is, or there is too much")
	}
	header := handmade(t, []section{{"w", "F32", []int{large / 4}, 0, large}}, nil, nil)
	path := writeFile(t, header)
	check.NoError(t, os.Truncate(path, int64(len(header))+large))
	_, err := ReadAnyTensors(path)
	check.Error(t, err, path, "takes 1024.0 GiB of memory, there are")
	path = writeFile(t, []byte("PK\x03\x04"))
	check.NoError(t, os.Truncate(path, large))
	_, err = ReadAnyTensors(path)
	check.Error(t, err, path, "takes 2048.0 GiB of memory, there are")
}
