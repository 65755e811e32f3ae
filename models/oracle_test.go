package models

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/nlpodyssey/safetensors"
	"gorgonia.org/tensor"

	"optlab/internal/check"
)

// otherReads checks that another implementation of the format reads want from
// file.
func otherReads(t testing.TB, file []byte, want TensorFile) {
	t.Helper()
	other, err := safetensors.Deserialize(file)
	check.NoError(t, err)
	_, header, err := safetensors.ReadMetadata(file)
	check.NoError(t, err)
	if !maps.Equal(header.Metadata(), want.Metadata) || other.Len() != len(want.Tensors) {
		t.Errorf("another implementation reads %d tensors and the texts %v, want %d and %v", other.Len(), header.Metadata(), len(want.Tensors), want.Metadata)
	}
	for name, x := range want.Tensors {
		view, ok := other.Tensor(name)
		shape := make([]uint64, x.Dims())
		for i, n := range x.Shape() {
			shape[i] = uint64(n)
		}
		var data []byte
		for _, v := range x.Float32s() {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
		}
		if !ok || view.DType() != safetensors.F32 || !slices.Equal(view.Shape(), shape) || !slices.Equal(view.Data(), data) {
			t.Errorf("another implementation reads tensor %q otherwise", name)
		}
	}
}

// otherWrites returns the file that another implementation makes of f.
func otherWrites(t testing.TB, f TensorFile) []byte {
	t.Helper()
	views := make(map[string]safetensors.TensorView)
	for name, x := range f.Tensors {
		shape := make([]uint64, x.Dims())
		for i, n := range x.Shape() {
			shape[i] = uint64(n)
		}
		data := []byte{}
		for _, v := range x.Float32s() {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
		}
		view, err := safetensors.NewTensorView(safetensors.F32, shape, data)
		check.NoError(t, err)
		views[name] = view
	}
	file, err := safetensors.Serialize(views, f.Metadata)
	check.NoError(t, err)
	return file
}

// What is written is, byte for byte, what the implementation writes that the
// first versions of this program used: their folders are this one's.
func TestWrittenAsByAnotherImplementation(t *testing.T) {
	large := tensor.New(tensor.WithShape(3, pieceSize/4+5), tensor.Of(tensor.Float32))
	for i := range large.Float32s() {
		large.Float32s()[i] = float32(i) / 7
	}
	for name, f := range map[string]TensorFile{
		"nothing": {},
		"texts":   {Metadata: map[string]string{"format": "pt", "history": `{"a":[1,2]}`, "<&>": "\u2028\x01"}},
		"tensors": {Tensors: map[string]*tensor.Dense{"b": dense(2, 3), "a.weight": dense(1), "Z": dense(4, 1, 2), "_": dense(1), "ünï<&>\"": dense(7)},
			Metadata: map[string]string{"k": "v"}},
		"large": {Tensors: map[string]*tensor.Dense{"large": large, "model": newModel(t, smallConfig, 1).Parameters()[0].Value}},
	} {
		file := encodeTensors(t, f)
		if !slices.Equal(file, otherWrites(t, f)) {
			t.Errorf("%s: written otherwise", name)
		}
		otherReads(t, file, f)
		again, err := decodeTensors(file)
		check.NoError(t, err)
		if f.Metadata != nil && !equalTensors(again, f) {
			t.Errorf("%s: read otherwise than written", name)
		}
	}
}
