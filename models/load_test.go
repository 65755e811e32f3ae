package models

import (
	"crypto/sha256"
	"fmt"
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

func TestLoadDigest(t *testing.T) {
	want := newModel(t, smallConfig, 1)
	dir := t.TempDir()
	path := filepath.Join(dir, "model")
	check.NoError(t, want.Save(path))
	file, err := os.ReadFile(path)
	check.NoError(t, err)
	digest := fmt.Sprintf("%x", sha256.Sum256(file))
	for _, asked := range []string{"", digest} {
		m := newModel(t, smallConfig, 2)
		got, err := m.LoadDigest(path, asked)
		check.NoError(t, err)
		if got != digest || !slices.Equal(bits(m), bits(want)) {
			t.Errorf("asked for %q: the digest is %s, want %s", asked, got, digest)
		}
	}
	m := newModel(t, smallConfig, 2)
	before := bits(m)
	_, err = m.LoadDigest(path, strings.Repeat("0", 64))
	check.Error(t, err, path, digest, "000000", "another file than it was")
	if !slices.Equal(bits(m), before) {
		t.Error("the model has changed")
	}
}

// The digest of a file that torch.save wrote is that of all its bytes.
func TestLoadDigestOfPyTorch(t *testing.T) {
	path := filepath.Join("pytorch", "testdata", "small_zip2.pt")
	file, err := os.ReadFile(path)
	check.NoError(t, err)
	m := newModel(t, Hyperparameter([]int{7, 5, 3}, 0), 1)
	got, err := m.LoadDigest(path, "")
	check.NoError(t, err)
	if want := fmt.Sprintf("%x", sha256.Sum256(file)); got != want {
		t.Errorf("the digest is %s, want %s", got, want)
	}
}

// A number that is not finite is found before it is in the model.
func TestLoadNotFinite(t *testing.T) {
	for text, x := range map[string]float32{"NaN": float32(math.NaN()), "+Inf": float32(math.Inf(1)), "-Inf": float32(math.Inf(-1))} {
		bad := newModel(t, smallConfig, 1)
		parameter(t, bad, "net.3.bias").Data()[3] = x
		path := filepath.Join(t.TempDir(), "model")
		check.NoError(t, bad.Save(path))
		m := newModel(t, smallConfig, 2)
		before := bits(m)
		check.Error(t, m.Load(path), path, `"net.3.bias"`, text, "number 4 of 4", "finite")
		if !slices.Equal(bits(m), before) {
			t.Error("the model has changed")
		}
		// As a file of tensors it stays readable: a checkpoint may hold any.
		f, err := ReadTensorFile(path, Wanted{})
		check.NoError(t, err)
		if got := f.Tensors["net.3.bias"].Float32s()[3]; math.Float32bits(got) != math.Float32bits(x) {
			t.Errorf("%s is read as %v", text, got)
		}
	}
}

// hostile returns a file whose header of about size bytes holds many tensors of
// one number each.
func hostile(size int) []byte {
	var header strings.Builder
	header.WriteByte('{')
	n := 0
	for ; header.Len() < size; n++ {
		if n > 0 {
			header.WriteByte(',')
		}
		fmt.Fprintf(&header, `"%x":{"dtype":"F32","shape":[1],"data_offsets":[%d,%d]}`, n, 4*n, 4*n+4)
	}
	header.WriteByte('}')
	return withHeader(header.String(), make([]byte, 4*n))
}

// A header is read as far as what is wanted can make it, and no number of a
// file with other tensors.
func TestLoadHostileHeader(t *testing.T) {
	m := newModel(t, smallConfig, 1)
	for _, c := range []struct {
		size int
		part string
		most uint64 // bytes of memory
	}{
		{1 << 19, `tensor "net.0.weight" is missing: there are 0, 1, 10, 100`, 16 << 20},
		{91 << 20, "larger than the", 2 << 20},
	} {
		path := writeFile(t, hostile(c.size))
		var err error
		took := check.Allocated(func() { err = m.Load(path) })
		check.Error(t, err, path, c.part)
		if took > c.most {
			t.Errorf("a header of %d bytes took %d bytes of memory", c.size, took)
		}
		took = check.Allocated(func() { _, err = ReadTensorFile(path, Wanted{}) })
		if (err == nil) != (c.size == 1<<19) || took > 64<<20 {
			t.Errorf("a header of %d bytes, whatever is in it: %d bytes of memory, %v", c.size, took, err)
		}
	}
}

func TestWantedChecksFirst(t *testing.T) {
	sections, data := layout(newModel(t, smallConfig, 1))
	file := handmade(t, sections, nil, data)
	seen := 0
	_, err := readTensors(strings.NewReader(string(file[:len(file)-len(data)])), int64(len(file)), Wanted{Check: func(shapes map[string]tensor.Shape) error {
		seen = len(shapes)
		return os.ErrInvalid
	}})
	check.Error(t, err, os.ErrInvalid.Error())
	if seen != 6 {
		t.Errorf("%d shapes, want 6", seen)
	}
	_, err = readTensors(strings.NewReader(string(file[:len(file)-1])), int64(len(file)), Wanted{})
	check.Error(t, err, `"net.0.weight"`, "EOF") // the file was cut while it was read
}

// A name of any length fits the message.
func TestLongNames(t *testing.T) {
	long := strings.Repeat("x", 5<<20)
	m := newModel(t, smallConfig, 1)
	check.Error(t, m.LoadStateDict(map[string]*tensor.Dense{long: tensor.New(tensor.WithShape(1), tensor.Of(tensor.Float64))}), "xxx")
	check.Error(t, m.LoadStateDict(map[string]*tensor.Dense{long: dense(1)}), "there are xxx")
	dict := m.StateDict()
	dict[long] = dense(1)
	check.Error(t, m.LoadStateDict(dict), "xxx", "is not one of this model")
	check.Error(t, m.Load(long), "xxx")
	dir := atomicfile.Dir{Path: t.TempDir()}
	check.Error(t, WriteTensorFile(dir, "f", TensorFile{Tensors: map[string]*tensor.Dense{long: tensor.New(tensor.WithShape(1), tensor.Of(tensor.Int))}}), "xxx")
	for _, header := range []string{
		`{"` + long + `":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}`,
		`{"` + long + `":{"dtype":"` + long + `","shape":[1],"data_offsets":[0,2]}}`,
		`{"` + long + `":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`,
		`{"` + long + `":{"dtype":"F32","shape":[],"data_offsets":[0,2]}}`,
		`{"` + long + `":{"` + long + `":1}}`,
		`{"w":{"dtype":"F32","shape":[1],"data_offsets":[` + strings.Repeat("1", 1<<20) + `,0]}}`,
		`{"w":{"dtype":` + strings.Repeat("1", 1<<20) + `}}`,
		`{"` + long + `":1,"` + long + `":1}`,
		`{"__metadata__":{"` + long + `":1}}`,
		long,
	} {
		_, err := decodeTensors(withHeader(header, []byte{0, 0}))
		check.Error(t, err)
	}
}
