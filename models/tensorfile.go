package models

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"

	"github.com/nlpodyssey/safetensors"
	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"optlab/internal/atomicfile"
)

// maxFileSize bounds what is read into memory at once: twice the largest model,
// as a checkpoint with Adam's state is three models.
const maxFileSize = 4 << 30

// TensorFile is the content of a safetensors file: float32 tensors by name, and
// any texts by key. The format is described at
// https://huggingface.co/docs/safetensors.
type TensorFile struct {
	Tensors  map[string]*tensor.Dense
	Metadata map[string]string
}

// WriteTensorFile writes f to a file in dir, atomically. Equal contents give
// equal bytes. A tensor that is not a contiguous float32 one is an error.
func WriteTensorFile(dir atomicfile.Dir, name string, f TensorFile) error {
	data, err := f.encode()
	if err != nil {
		return errors.Wrapf(err, "writing %s", dir.File(name))
	}
	return dir.Write(name, data)
}

func (f TensorFile) encode() ([]byte, error) {
	views := make(map[string]safetensors.TensorView, len(f.Tensors))
	for name, t := range f.Tensors {
		if t.Dtype() != tensor.Float32 || t.RequiresIterator() {
			return nil, errors.Errorf("tensor %q is %v, want a contiguous float32 tensor", name, t.Dtype())
		}
		shape := make([]uint64, t.Dims())
		for i, n := range t.Shape() {
			shape[i] = uint64(n)
		}
		values := t.Float32s()
		data := make([]byte, 0, 4*len(values))
		for _, v := range values {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
		}
		view, err := safetensors.NewTensorView(safetensors.F32, shape, data)
		if err != nil {
			return nil, errors.Wrapf(err, "tensor %q", name)
		}
		views[name] = view
	}
	return safetensors.Serialize(views, f.Metadata)
}

// Digest returns the SHA-256 of the file that f makes, in hexadecimal, but for
// a text under the key DigestKey: whoever stores the digest there can check it
// when reading.
func (f TensorFile) Digest() (string, error) {
	f.Metadata = maps.Clone(f.Metadata)
	delete(f.Metadata, DigestKey)
	data, err := f.encode()
	if err != nil {
		return "", errors.Wrap(err, "digesting tensors")
	}
	return fmt.Sprintf("%x", sha256.Sum256(data)), nil
}

// DigestKey is the key in the metadata that Digest leaves out.
const DigestKey = "digest"

// ReadTensorFile reads a safetensors file. A file that is no such file, or
// truncated, or that holds other types than float32, is an error that says
// which tensor; whatever the file claims, no more memory is taken than a small
// multiple of its size.
func ReadTensorFile(path string) (TensorFile, error) {
	data, err := readFile(path)
	if err != nil {
		return TensorFile{}, err
	}
	f, err := decodeTensors(data)
	return f, errors.Wrapf(err, "reading %s", path)
}

// FileDigest returns the SHA-256 of a file of parameters, in hexadecimal.
func FileDigest(path string) (string, error) {
	data, err := readFile(path)
	return fmt.Sprintf("%x", sha256.Sum256(data)), err
}

// readFile returns the content of a regular file that can be a model's.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, errors.Wrap(err, "reading tensors")
	}
	if !info.Mode().IsRegular() {
		return nil, errors.Errorf("reading %s: not a regular file", path)
	}
	if info.Size() > maxFileSize {
		return nil, errors.Errorf("reading %s: %d bytes are more than the %d that a model can have", path, info.Size(), int64(maxFileSize))
	}
	data, err := os.ReadFile(path)
	return data, errors.Wrap(err, "reading tensors")
}

// decodeTensors parses the bytes of a safetensors file.
func decodeTensors(data []byte) (TensorFile, error) {
	parsed, err := safetensors.Deserialize(data)
	if err != nil {
		return TensorFile{}, errors.Wrap(err, "not a whole safetensors file"+misfit(data))
	}
	_, header, err := safetensors.ReadMetadata(data)
	if err != nil {
		return TensorFile{}, errors.Wrap(err, "not a whole safetensors file")
	}
	f := TensorFile{Tensors: make(map[string]*tensor.Dense, parsed.Len()), Metadata: header.Metadata()}
	for _, view := range parsed.Tensors() {
		t, err := decodeTensor(view.TensorView)
		if err != nil {
			return TensorFile{}, errors.Wrapf(err, "tensor %q", view.Name)
		}
		f.Tensors[view.Name] = t
	}
	return f, nil
}

func decodeTensor(view safetensors.TensorView) (*tensor.Dense, error) {
	if view.DType() != safetensors.F32 {
		return nil, errors.Errorf("has type %s, want F32", view.DType())
	}
	if len(view.Shape()) == 0 {
		return nil, errors.New("is a scalar, want at least one dimension")
	}
	shape := make(tensor.Shape, len(view.Shape()))
	for i, n := range view.Shape() {
		if n == 0 || n > maxFileSize {
			return nil, errors.Errorf("has shape %v, want sizes from 1 to %d", view.Shape(), int64(maxFileSize))
		}
		shape[i] = int(n)
	}
	data := view.Data()
	values := make([]float32, len(data)/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(values)), nil
}

// misfit names a tensor of a broken file whose place in it has not the size of
// its shape, which the library's error does not; it is empty if there is none.
func misfit(data []byte) string {
	if len(data) < 8 || binary.LittleEndian.Uint64(data) > uint64(len(data)-8) {
		return ""
	}
	var header safetensors.Metadata
	if header.UnmarshalJSON(data[8:8+binary.LittleEndian.Uint64(data)]) != nil {
		return ""
	}
	tensors := header.Tensors()
	for _, name := range slices.Sorted(maps.Keys(tensors)) {
		info := tensors[name]
		size := float64(info.DType.Size()) // which does not overflow
		for _, n := range info.Shape {
			size *= float64(n)
		}
		if begin, end := info.DataOffsets[0], info.DataOffsets[1]; float64(end)-float64(begin) != size {
			return fmt.Sprintf(": tensor %q of shape %v does not fit bytes %d to %d", name, info.Shape, begin, end)
		}
	}
	return ""
}
