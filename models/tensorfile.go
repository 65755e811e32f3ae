package models

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"optlab/internal/atomicfile"
	"optlab/internal/brief"
)

// TensorFile is the content of a safetensors file: float32 tensors by name, and
// any texts by key. The format is described at
// https://huggingface.co/docs/safetensors.
type TensorFile struct {
	Tensors  map[string]*tensor.Dense
	Metadata map[string]string
}

// WriteTensorFile writes f to a file in dir, atomically and without a copy of
// it in memory. Equal contents give equal bytes. A tensor that is not a
// contiguous float32 one is an error.
func WriteTensorFile(dir atomicfile.Dir, name string, f TensorFile) error {
	return dir.WriteFrom(name, f.encode)
}

// DigestKey is the key in the metadata that Digest leaves out.
const DigestKey = "digest"

// Digest returns the SHA-256 of the file that f makes, in hexadecimal, but for
// a text under the key DigestKey: whoever stores the digest there can check it
// when reading.
func (f TensorFile) Digest() (string, error) {
	f.Metadata = maps.Clone(f.Metadata)
	delete(f.Metadata, DigestKey)
	hash := sha256.New()
	if err := f.encode(hash); err != nil {
		return "", errors.WithMessage(err, "digesting tensors")
	}
	return fmt.Sprintf("%x", hash.Sum(nil)), nil
}

// description is what the header of a safetensors file says of a tensor.
type description struct {
	Type    string   `json:"dtype"`
	Shape   []int    `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"` // in the data, bytes
}

// The key of the texts in the header, and the only type of numbers here.
const (
	metadataKey = "__metadata__"
	float32Type = "F32"
)

// encode writes the file: the length of the header in eight bytes, the header
// in JSON, padded with spaces so that the data are aligned, and the data in the
// order of the names.
func (f TensorFile) encode(w io.Writer) error {
	header := make(map[string]any, len(f.Tensors)+1)
	if len(f.Metadata) > 0 {
		header[metadataKey] = f.Metadata
	}
	names := slices.Sorted(maps.Keys(f.Tensors))
	offset := int64(0)
	for _, name := range names {
		t := f.Tensors[name]
		if t.Dtype() != tensor.Float32 || t.RequiresIterator() {
			return errors.Errorf("tensor %s is %v, want a contiguous float32 tensor", brief.Quote(name), t.Dtype())
		}
		end := offset + 4*int64(len(t.Float32s()))
		header[name] = description{float32Type, append([]int{}, t.Shape()...), [2]int64{offset, end}}
		offset = end
	}
	text, err := json.Marshal(header)
	if err != nil {
		return errors.Wrap(err, "the header")
	}
	for len(text)%8 != 0 {
		text = append(text, ' ')
	}
	if _, err := w.Write(append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...)); err != nil {
		return err
	}
	buffer := make([]byte, 0, pieceSize)
	for _, name := range names {
		for piece := range slices.Chunk(f.Tensors[name].Float32s(), pieceSize/4) {
			buffer = buffer[:0]
			for _, x := range piece {
				buffer = binary.LittleEndian.AppendUint32(buffer, math.Float32bits(x))
			}
			if _, err := w.Write(buffer); err != nil {
				return err
			}
		}
	}
	return nil
}

// pieceSize is how many bytes of a tensor are encoded or decoded at once.
const pieceSize = 1 << 16
