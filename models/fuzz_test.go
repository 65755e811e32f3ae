package models

import (
	"bytes"
	"testing"

	"optlab/internal/check"
)

// decodeTensors reads a whole file.
func decodeTensors(file []byte) (TensorFile, error) {
	return readTensors(bytes.NewReader(file), int64(len(file)), Wanted{})
}

// encodeTensors returns the file that f makes.
func encodeTensors(t testing.TB, f TensorFile) []byte {
	t.Helper()
	var file bytes.Buffer
	check.NoError(t, f.encode(&file))
	return file.Bytes()
}

// FuzzReadTensors checks that no input makes readTensors panic or allocate out
// of proportion, that what it accepts another implementation reads as the same,
// and that it accepts it again, unchanged, after encoding.
func FuzzReadTensors(f *testing.F) {
	sections, data := layout(newModel(f, smallConfig, 1))
	f.Add(handmade(f, sections, map[string]string{"format": "pt"}, data))
	f.Add(handmade(f, nil, nil, nil))
	f.Add(handmade(f, []section{{"scalar", "F32", []int{}, 0, 4}, {"row", "F32", []int{1, 2}, 4, 12}}, nil, make([]byte, 12)))
	f.Add(handmade(f, []section{{"none", "F32", []int{0}, 0, 0}}, nil, nil))
	f.Add(handmade(f, []section{{"one", "F32", []int{1, 1, 1}, 0, 4}, {"half", "F16", []int{2}, 4, 8}}, nil, make([]byte, 8)))
	f.Add(withHeader(`{"w":{"dtype":"F32","shape":[1099511627776],"data_offsets":[0,4398046511104]}}`, nil))
	f.Add(withHeader(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, make([]byte, 8)))
	f.Fuzz(func(t *testing.T, file []byte) {
		var decoded TensorFile
		var err error
		took := check.Allocated(func() { decoded, err = decodeTensors(file) })
		// JSON values take some dozens of bytes for each of the header.
		if most := uint64(1<<20 + 100*len(file)); took > most {
			t.Errorf("%d bytes of input took %d bytes of memory", len(file), took)
		}
		if err != nil {
			return
		}
		otherReads(t, file, decoded)
		again, err := decodeTensors(encodeTensors(t, decoded))
		check.NoError(t, err)
		if len(decoded.Metadata) == 0 { // no texts are written as no metadata
			decoded.Metadata, again.Metadata = nil, nil
		}
		if !equalTensors(decoded, again) {
			t.Errorf("decoding, encoding and decoding changed %v to %v", decoded, again)
		}
	})
}
