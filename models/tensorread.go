package models

import (
	"encoding/binary"
	"io"
	"math"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"optlab/internal/brief"
	"optlab/internal/regular"
)

// Wanted bounds what is read of a file of tensors.
type Wanted struct {
	// Header is the most bytes that the header may have; 0 is 8 MiB, which is
	// some ten thousand tensors.
	Header int64
	// Check, if it is not nil, is given the shapes of all tensors by name. Its
	// error ends the reading before any number is read.
	Check func(shapes map[string]tensor.Shape) error
}

const defaultHeader = 8 << 20

// ReadTensorFile reads what is wanted of a safetensors file, which is all of
// it. A file that is no such file, or truncated, or that holds other types than
// float32, is an error that says which tensor. Memory is taken for the header,
// a small multiple of its bounded size, and for the numbers that are there.
func ReadTensorFile(path string, want Wanted) (TensorFile, error) {
	file, size, err := regular.Open(path)
	if err != nil {
		return TensorFile{}, errors.WithMessage(err, "reading tensors")
	}
	defer file.Close()
	f, err := readTensors(file, size, want)
	return f, errors.WithMessagef(err, "reading %s", brief.Path(path))
}

// readTensors reads a safetensors file of the given size.
func readTensors(r io.Reader, size int64, want Wanted) (TensorFile, error) {
	if want.Header == 0 {
		want.Header = defaultHeader
	}
	h, err := readHeader(r, size, want.Header)
	if err != nil {
		return TensorFile{}, errors.WithMessage(err, "not a whole safetensors file")
	}
	shapes, err := h.shapes()
	if err == nil && want.Check != nil {
		err = want.Check(shapes)
	}
	if err != nil {
		return TensorFile{}, err
	}
	f := TensorFile{Tensors: make(map[string]*tensor.Dense, len(shapes)), Metadata: h.metadata}
	buffer := make([]byte, pieceSize)
	for _, s := range h.tensors {
		values, err := readValues(r, (s.end-s.begin)/4, buffer)
		if err != nil {
			return TensorFile{}, errors.Wrapf(err, "tensor %s", brief.Quote(s.name))
		}
		f.Tensors[s.name] = tensor.New(tensor.WithShape(shapes[s.name]...), tensor.WithBacking(values))
	}
	return f, nil
}

// readValues reads n numbers by way of a buffer.
func readValues(r io.Reader, n int64, buffer []byte) ([]float32, error) {
	values := make([]float32, 0, n)
	for left := 4 * n; left > 0; left -= int64(len(buffer)) {
		buffer = buffer[:min(left, int64(cap(buffer)))]
		if _, err := io.ReadFull(r, buffer); err != nil {
			return nil, errors.WithStack(err)
		}
		for i := 0; i < len(buffer); i += 4 {
			values = append(values, math.Float32frombits(binary.LittleEndian.Uint32(buffer[i:])))
		}
	}
	return values, nil
}
