package models

import (
	"encoding/binary"
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

// A file in PyTorch's layout, tensors in another order, with texts, made by
// hand.
func TestLoadHandmade(t *testing.T) {
	want := newModel(t, smallConfig, 1)
	sections, data := layout(want)
	for name, metadata := range map[string]map[string]string{
		"with metadata": {"format": "pt", "note": "\"ünïcode\"\n"}, "empty metadata": {}, "without metadata": nil,
	} {
		t.Run(name, func(t *testing.T) {
			m := newModel(t, smallConfig, 2)
			path := writeFile(t, handmade(t, sections, metadata, data))
			check.NoError(t, m.Load(path))
			if !slices.Equal(bits(m), bits(want)) {
				t.Error("the parameters differ from those in the file")
			}
			f, err := ReadTensorFile(path, Wanted{})
			check.NoError(t, err)
			for key, text := range metadata {
				if f.Metadata[key] != text {
					t.Errorf("text %q is %q, want %q", key, f.Metadata[key], text)
				}
			}
		})
	}
}

// What is written follows the format, byte for byte.
func TestWrittenBytes(t *testing.T) {
	dir := atomicfile.Dir{Path: t.TempDir()}
	path := dir.File("file")
	f := TensorFile{Tensors: map[string]*tensor.Dense{
		"b": tensor.New(tensor.WithShape(2), tensor.WithBacking([]float32{1, -2})),
		"a": tensor.New(tensor.WithShape(1, 1), tensor.WithBacking([]float32{0.5})),
	}, Metadata: map[string]string{"k": "v"}}
	check.NoError(t, WriteTensorFile(dir, "file", f))
	file, err := os.ReadFile(path)
	check.NoError(t, err)
	n := binary.LittleEndian.Uint64(file)
	if n%8 != 0 {
		t.Errorf("the header of %d bytes does not align the data", n)
	}
	header := `{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`
	if got := strings.TrimRight(string(file[8:8+n]), " "); got != header {
		t.Errorf("the header is\n%s, want\n%s", got, header)
	}
	data := "\x00\x00\x00\x3f" + "\x00\x00\x80\x3f" + "\x00\x00\x00\xc0"
	if got := string(file[8+n:]); got != data {
		t.Errorf("the data are % x, want % x", got, data)
	}
}

// brokenTensors are changes to the tensors of a good file that loading refuses,
// saying which tensor it is.
var brokenTensors = []struct {
	name   string
	change func(s []section, data []byte) ([]section, []byte)
	parts  []string
}{
	{"missing tensor", func(s []section, data []byte) ([]section, []byte) {
		last := s[len(s)-1]
		return s[:len(s)-1], data[:last.begin]
	}, []string{`"net.0.weight"`, "missing"}},
	{"extra tensor", func(s []section, data []byte) ([]section, []byte) {
		return append(s, section{"net.8.bias", "F32", []int{1}, len(data), len(data) + 4}), append(data, 0, 0, 0, 0)
	}, []string{`"net.8.bias"`}},
	{"wrong shape", func(s []section, data []byte) ([]section, []byte) {
		s[1].shape = []int{4, 3}
		return s, data
	}, []string{`"net.6.weight"`, "(4, 3)", "(3, 4)"}},
	{"F64", func(s []section, data []byte) ([]section, []byte) {
		s[1].dtype, s[1].shape = "F64", []int{3, 2}
		return s, data
	}, []string{`"net.6.weight"`, "F64", "F32"}},
	{"F16", func(s []section, data []byte) ([]section, []byte) {
		s[1].dtype, s[1].shape = "F16", []int{6, 4}
		return s, data
	}, []string{`"net.6.weight"`, "F16", "F32"}},
	{"I32 of the right size", func(s []section, data []byte) ([]section, []byte) {
		s[1].dtype = "I32"
		return s, data
	}, []string{`"net.6.weight"`, "I32", "F32"}},
	{"unknown type", func(s []section, data []byte) ([]section, []byte) {
		s[1].dtype = "F8_E4M3"
		return s, data
	}, []string{`"net.6.weight"`, "F8_E4M3"}},
	{"scalar", func(s []section, data []byte) ([]section, []byte) {
		s[0].shape, s[0].end = []int{}, s[0].begin+4
		return s[:1], data[:4]
	}, []string{`"net.6.bias"`, "scalar"}},
	{"size 0", func(s []section, data []byte) ([]section, []byte) {
		s[0].shape, s[0].end = []int{0}, s[0].begin
		return s[:1], nil
	}, []string{`"net.6.bias"`, "[0]"}},
	{"sizes 0 and huge", func(s []section, data []byte) ([]section, []byte) {
		s[0].shape, s[0].end = []int{math.MaxInt, 0, math.MaxInt}, s[0].begin
		return s[:1], nil
	}, []string{`"net.6.bias"`, "0"}},
	{"negative size", func(s []section, data []byte) ([]section, []byte) {
		s[1].shape = []int{-3, -4}
		return s, data
	}, []string{`"net.6.weight"`, "shape"}},
	{"overlap", func(s []section, data []byte) ([]section, []byte) {
		s[1].begin -= 4
		s[1].end -= 4
		return s, data
	}, []string{`"net.6.weight"`, "offset"}},
	{"gap", func(s []section, data []byte) ([]section, []byte) {
		s[5].begin += 4
		s[5].end += 4
		return s, append(data, 0, 0, 0, 0)
	}, []string{`"net.0.weight"`, "offset"}},
	{"end before begin", func(s []section, data []byte) ([]section, []byte) {
		s[5].end = s[5].begin - 4
		return s, data
	}, []string{`"net.0.weight"`, "offset"}},
}

func TestLoadBrokenTensors(t *testing.T) {
	for _, c := range brokenTensors {
		t.Run(c.name, func(t *testing.T) {
			sections, data := layout(newModel(t, smallConfig, 1))
			sections, data = c.change(sections, data)
			refused(t, handmade(t, sections, map[string]string{"format": "pt"}, data), c.parts...)
		})
	}
}

// refused checks that loading the file fails with an error that names it and
// says parts, and leaves the model as it was.
func refused(t *testing.T, file []byte, parts ...string) {
	t.Helper()
	m := newModel(t, smallConfig, 2)
	before, path := bits(m), writeFile(t, file)
	check.Error(t, m.Load(path), append(parts, path)...)
	if !slices.Equal(bits(m), before) {
		t.Error("the model has changed")
	}
}

// Files whose header is no header. The size claimed by a shape or a length must
// not be allocated.
func TestLoadBrokenHeader(t *testing.T) {
	for _, c := range []struct {
		name  string
		file  []byte
		parts []string
	}{
		{"empty", nil, []string{"header"}},
		{"seven bytes", make([]byte, 7), []string{"header"}},
		{"length 0", make([]byte, 8), []string{"header"}},
		{"length of all bits", slices.Repeat([]byte{255}, 64), []string{"header"}},
		{"length past the end", binary.LittleEndian.AppendUint64(nil, 1), []string{"header"}},
		{"length below the limit", binary.LittleEndian.AppendUint64(nil, 99_999_999), []string{"header"}},
		{"not JSON", withHeader("net.0.weight", nil), []string{"header"}},
		{"an array", withHeader("[]", nil), []string{"header"}},
		{"a zip file, as torch.save writes", []byte("PK\x03\x04 and more than eight bytes"), []string{"zip"}},
		{"data without tensors", withHeader("{}", make([]byte, 4)), []string{"whole"}},
		{"tensor without type", withHeader(`{"w":{"shape":[1],"data_offsets":[0,4]}}`, make([]byte, 4)), []string{`"w"`}},
		{"fraction as size", withHeader(`{"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}`, make([]byte, 4)), []string{`"w"`}},
		{"one offset", withHeader(`{"w":{"dtype":"F32","shape":[1],"data_offsets":[0]}}`, make([]byte, 4)), []string{`"w"`}},
		{"metadata not texts", withHeader(`{"__metadata__":{"a":1}}`, nil), []string{"__metadata__"}},
		{"product overflow", withHeader(`{"w":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, nil), []string{`"w"`, "overflow"}},
		{"bytes overflow", withHeader(`{"w":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}}`, nil), []string{`"w"`, "overflow"}},
		{"huge tensor", withHeader(`{"w":{"dtype":"F32","shape":[1099511627776],"data_offsets":[0,4398046511104]}}`, nil), []string{"whole"}},
		{"shape and data differ", withHeader(`{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, make([]byte, 4)), []string{`"w"`, "mismatch"}},
	} {
		t.Run(c.name, func(t *testing.T) { refused(t, c.file, c.parts...) })
	}
}

func TestLoadTruncated(t *testing.T) {
	m := newModel(t, Hyperparameter([]int{3, 2}, 0), 1)
	path := filepath.Join(t.TempDir(), "model")
	check.NoError(t, m.Save(path))
	file, err := os.ReadFile(path)
	check.NoError(t, err)
	before := bits(m)
	for n := range len(file) {
		check.NoError(t, os.WriteFile(path, file[:n], 0o644))
		if err := m.Load(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Fatalf("the first %d bytes of %d: error %v, want one that names the file", n, len(file), err)
		}
	}
	check.NoError(t, os.WriteFile(path, append(file, 0), 0o644))
	check.Error(t, m.Load(path), path)
	if !slices.Equal(bits(m), before) {
		t.Error("the model has changed")
	}
	check.NoError(t, os.WriteFile(path, file, 0o644))
	check.NoError(t, m.Load(path))
}

func TestLoadNoFile(t *testing.T) {
	m := newModel(t, smallConfig, 1)
	before := bits(m)
	missing := filepath.Join(t.TempDir(), "missing.safetensors")
	check.Error(t, m.Load(missing), missing, "no such file")
	folder := t.TempDir()
	check.Error(t, m.Load(folder), folder, "not a regular file")
	large := filepath.Join(t.TempDir(), "large")
	check.NoError(t, os.WriteFile(large, []byte("PK\x03\x04"), 0o644))
	check.NoError(t, os.Truncate(large, 1<<40)) // sparse: takes no space
	check.Error(t, m.Load(large), large, "1099511627776 bytes are more than the")
	if !slices.Equal(bits(m), before) {
		t.Error("the model has changed")
	}
}
