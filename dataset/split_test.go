package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"testing"

	"optlab/random"
)

func summarize(indices []int) summary {
	var b []byte
	for _, i := range indices {
		b = binary.LittleEndian.AppendUint64(b, uint64(i))
	}
	sum := sha256.Sum256(b)
	n := len(indices)
	return summary{indices[:min(n, 8)], indices[max(0, n-8):], hex.EncodeToString(sum[:])}
}

func (a summary) equal(b summary) bool {
	return slices.Equal(a.Head, b.Head) && slices.Equal(a.Tail, b.Tail) && a.SHA256 == b.SHA256
}

// The values are those of numpy.random.RandomState(42).permutation(60000), made
// with NumPy 1.24.
func TestSplitNumPy(t *testing.T) {
	train, val, err := splitNumPy(60000)
	if err != nil {
		t.Fatal(err)
	}
	if len(train) != 48000 || len(val) != 12000 {
		t.Fatalf("%d to train, %d to validate", len(train), len(val))
	}
	want := summary{
		Head:   []int{12628, 37730, 39991, 8525, 8279, 51012, 14871, 15127},
		Tail:   []int{54886, 11284, 44732, 54343, 38158, 860, 15795, 56422},
		SHA256: "f5a3b57ab9891bd94079690ff2951e2cf7f8773c601e091724e508c92ff9523e",
	}
	if got := summarize(slices.Concat(train, val)); !got.equal(want) {
		t.Errorf("got %v, NumPy has %v", got, want)
	}
}

func TestSplitTorchFollowsTorch(t *testing.T) {
	cases := readReference(t).Splits
	if len(cases) == 0 {
		t.Fatal("no reference")
	}
	for _, c := range cases {
		s := random.New(c.Seed)
		train, val, err := splitTorch(c.N, c.Val, s)
		if err != nil {
			t.Fatal(err)
		}
		if got := summarize(train); !got.equal(c.Train) {
			t.Errorf("split of %d: train %v, torch has %v", c.N, got, c.Train)
		}
		if got := summarize(val); !got.equal(c.Validation) {
			t.Errorf("split of %d: validation %v, torch has %v", c.N, got, c.Validation)
		}
		next := make([]float32, 1)
		if s.Uniform(next, 0, 1); next[0] != c.NextUniform {
			t.Errorf("split of %d: the stream goes on with %v, torch with %v", c.N, next[0], c.NextUniform)
		}
	}
}

// Of other sizes, every index is in exactly one part, of the stated sizes.
func TestSplitsPartition(t *testing.T) {
	for _, n := range []int{2, 5, 6, 11, 12, 100, 101} {
		train, val, err := splitNumPy(n)
		checkPartition(t, n, int(float64(n)*0.8), train, val, err)
		train, val, err = splitTorch(n, max(1, n/6), random.New(1))
		checkPartition(t, n, n-max(1, n/6), train, val, err)
	}
	divide, err := TorchSplit.find()
	if err != nil {
		t.Fatal(err)
	}
	if _, val, err := divide(60000, random.New(1)); err != nil || len(val) != 10000 {
		t.Errorf("of 60000, %d validate, %v", len(val), err)
	}
}

func checkPartition(t *testing.T, n, trainSize int, train, val []int, err error) {
	t.Helper()
	if err != nil || len(train) != trainSize || len(val) != n-trainSize {
		t.Errorf("n %d: %d + %d indices, %v", n, len(train), len(val), err)
	}
	all := slices.Concat(train, val)
	slices.Sort(all)
	for i, index := range all {
		if i != index {
			t.Fatalf("n %d: sorted, the parts are %v", n, all)
		}
	}
}

func TestSplitsRefuseAnEmptyPart(t *testing.T) {
	for _, n := range []int{-1, 0, 1} {
		if _, _, err := splitNumPy(n); err == nil {
			t.Errorf("splitNumPy(%d) succeeded", n)
		}
	}
	s := random.New(9)
	for _, c := range [][2]int{{10, 0}, {10, -1}, {10, 10}, {10, 11}, {0, 0}, {1, 1}, {-3, -5}} {
		if _, _, err := splitTorch(c[0], c[1], s); err == nil {
			t.Errorf("splitTorch(%d, %d) succeeded", c[0], c[1])
		}
	}
	if s.Uint32() != random.New(9).Uint32() {
		t.Error("a refused split drew from the stream")
	}
}

// Appending to the training indices must not overwrite the others.
func TestSplitPartsAreSeparate(t *testing.T) {
	train, val, err := splitNumPy(10)
	if err != nil {
		t.Fatal(err)
	}
	before := slices.Clone(val)
	_ = append(train, -1)
	if !slices.Equal(val, before) {
		t.Error("the parts share memory that append reaches")
	}
}
