package dataset

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// encodeIDX returns the IDX file with the given magic number, dimensions and
// content: the inverse of decode.
func encodeIDX(magic uint32, dims []int, content []byte) []byte {
	file := binary.BigEndian.AppendUint32(nil, magic)
	for _, d := range dims {
		file = binary.BigEndian.AppendUint32(file, uint32(d))
	}
	return append(file, content...)
}

// imagesFile returns an IDX file of n images whose pixels count up from 0.
func imagesFile(n, rows, cols int) []byte {
	pixels := make([]byte, n*rows*cols)
	for i := range pixels {
		pixels[i] = byte(i)
	}
	return encodeIDX(magicImages, []int{n, rows, cols}, pixels)
}

func labelsFile(labels ...byte) []byte {
	return encodeIDX(magicLabels, []int{len(labels)}, labels)
}

func gzipped(t testing.TB, content []byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// writeFiles writes files (name → content) to a folder below dir.
func writeFiles(t testing.TB, dir string, files map[string][]byte) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// numberedSet returns a set of n images of 1×2 pixels, where image i is (i, 2i)
// and its label i mod 10.
func numberedSet(n int) *Images {
	s := &Images{Rows: 1, Cols: 2}
	for i := range n {
		s.Pixels = append(s.Pixels, byte(i), byte(2*i))
		s.Labels = append(s.Labels, byte(i%10))
	}
	return s
}

// A summary stands for a list of indices too long to store.
type summary struct {
	Head, Tail []int
	SHA256     string // of the indices as little-endian int64
}

// reference is testdata/reference.json, made with PyTorch.
type reference struct {
	Splits []struct {
		N, Val            int
		Seed              uint64
		Train, Validation summary
		NextUniform       float32 `json:"next_uniform"`
	}
	Loaders []struct {
		N, Batch    int
		Seed        uint64
		DropLast    bool      `json:"drop_last"`
		Passes      [][][]int // pass → batch → value; shuffled and plain passes take turns
		NextUniform float32   `json:"next_uniform"`
	}
	Normalization struct{ Unit, Symmetric []uint32 } // the floats' bits
}

func readReference(t *testing.T) reference {
	t.Helper()
	data, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var ref reference
	if err := json.Unmarshal(data, &ref); err != nil {
		t.Fatal(err)
	}
	return ref
}
