package models

import (
	"encoding/binary"
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"optlab/graph"
	"optlab/internal/check"
	"optlab/random"
)

// newModel returns the network with PyTorch's default first values.
func newModel(t testing.TB, config Config, seed uint64) *Model {
	t.Helper()
	m, err := New(config)
	check.NoError(t, err)
	check.NoError(t, m.Initialize(NewInitializer(Torch), random.New(seed)))
	return m
}

// smallConfig is a network with every kind of layer and six parameters.
var smallConfig = Hyperparameter([]int{6, 5, 4, 3}, 0.5)

// parameter returns the parameter of the given name.
func parameter(t testing.TB, m *Model, name string) *graph.Parameter {
	t.Helper()
	i := slices.IndexFunc(m.Parameters(), func(p *graph.Parameter) bool { return p.Name == name })
	if i < 0 {
		t.Fatalf("there is no parameter %s", name)
	}
	return m.Parameters()[i]
}

// bits returns the bits of all parameters, to compare models by.
func bits(m *Model) []uint32 {
	var all []uint32
	for _, p := range m.Parameters() {
		for _, x := range p.Data() {
			all = append(all, math.Float32bits(x))
		}
	}
	return all
}

// section is a tensor of a safetensors file made by hand. Begin and end are its
// place in the data.
type section struct {
	name, dtype string
	shape       []int
	begin, end  int
}

// handmade returns a safetensors file as the format describes it: the length of
// the header in eight bytes, little endian; the header in JSON, padded with
// spaces; the data.
func handmade(t testing.TB, sections []section, metadata map[string]string, data []byte) []byte {
	t.Helper()
	fields := make(map[string]any)
	if metadata != nil {
		fields["__metadata__"] = metadata
	}
	for _, s := range sections {
		fields[s.name] = map[string]any{"dtype": s.dtype, "shape": s.shape, "data_offsets": []int{s.begin, s.end}}
	}
	header, err := json.Marshal(fields)
	check.NoError(t, err)
	return withHeader(string(header)+strings.Repeat(" ", 8-len(header)%8), data)
}

// withHeader returns a file with the given header and data.
func withHeader(header string, data []byte) []byte {
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(file, header...), data...)
}

// layout returns the sections of a model's tensors in reversed order, and their
// data.
func layout(m *Model) (sections []section, data []byte) {
	for _, p := range slices.Backward(m.Parameters()) {
		begin := len(data)
		for _, x := range p.Data() {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(x))
		}
		sections = append(sections, section{p.Name, "F32", slices.Clone([]int(p.Value.Shape())), begin, len(data)})
	}
	return sections, data
}

func writeFile(t testing.TB, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tensors.safetensors")
	check.NoError(t, os.WriteFile(path, content, 0o644))
	return path
}

// equalTensors reports whether two files have the same tensors and texts, bit
// for bit.
func equalTensors(a, b TensorFile) bool {
	if len(a.Tensors) != len(b.Tensors) || !maps.Equal(a.Metadata, b.Metadata) {
		return false
	}
	for name, x := range a.Tensors {
		y, ok := b.Tensors[name]
		if !ok || !slices.Equal([]int(x.Shape()), []int(y.Shape())) {
			return false
		}
		same := func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) }
		if !slices.EqualFunc(x.Float32s(), y.Float32s(), same) {
			return false
		}
	}
	return true
}

// summary stands for a tensor too long to store.
type summary struct {
	Name         string
	Shape        []int
	Head, Tail   []float64
	Sum          float64
	SumOfSquares float64 `json:"sum_of_squares"`
}

// reference is testdata/reference.json, which make_reference.py makes with
// PyTorch.
type reference struct {
	Initial []struct {
		Architecture Architecture
		Sizes        []int
		Dropout      float64
		Scheme       Scheme
		Seed         uint64
		Parameters   []summary
		NextUniform  float32 `json:"next_uniform"`
	}
	Gained []struct {
		Activation  graph.Activation
		Sizes       []int
		Scheme      Scheme
		Seed        uint64
		Parameters  []summary
		NextUniform float32 `json:"next_uniform"`
	}
	Forward []struct {
		Architecture Architecture
		Activation   graph.Activation
		Sizes        []int
		Batch        int
		Seed         uint64
		Logits       []float64
		Loss         float64
		Gradients    []summary
	}
}

func readReference(t *testing.T) reference {
	t.Helper()
	data, err := os.ReadFile("testdata/reference.json")
	check.NoError(t, err)
	var ref reference
	check.NoError(t, json.Unmarshal(data, &ref))
	return ref
}

// compareSummary checks values against PyTorch's: each element kept to within
// tolerance, and the sums to within what such errors make of them.
func compareSummary(t *testing.T, name string, shape []int, values []float32, want summary, tolerance float64) {
	t.Helper()
	if name != want.Name || !slices.Equal(shape, want.Shape) {
		t.Fatalf("%s %v, PyTorch has %s %v", name, shape, want.Name, want.Shape)
	}
	if len(want.Head) == 0 || len(want.Head) != len(want.Tail) || len(want.Head) > len(values) {
		t.Fatalf("%s: %d values, the reference keeps %d and %d", name, len(values), len(want.Head), len(want.Tail))
	}
	sum, squares := 0.0, 0.0
	for _, x := range values {
		sum += float64(x)
		squares += float64(x) * float64(x)
	}
	n := float64(len(values))
	near(t, name+" head", values[:len(want.Head)], want.Head, tolerance)
	near(t, name+" tail", values[len(values)-len(want.Tail):], want.Tail, tolerance)
	// Errors of random sign: their sum grows with the root of their number.
	if bound := 4 * tolerance * math.Sqrt(n); math.Abs(sum-want.Sum) > bound {
		t.Errorf("%s: the sum is %v, PyTorch's %v", name, sum, want.Sum)
	}
	if bound := 8 * tolerance * math.Sqrt(want.SumOfSquares); math.Abs(squares-want.SumOfSquares) > bound {
		t.Errorf("%s: the sum of squares is %v, PyTorch's %v", name, squares, want.SumOfSquares)
	}
}

func near(t *testing.T, what string, got []float32, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) || len(want) == 0 {
		t.Fatalf("%s: %d numbers, want %d, and some", what, len(got), len(want))
	}
	for i, w := range want {
		if !(math.Abs(float64(got[i])-w) <= tolerance) {
			t.Errorf("%s: element %d is %v, PyTorch's %v: more than %v apart", what, i, got[i], w, tolerance)
			return
		}
	}
}
