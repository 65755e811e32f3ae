package pytorch

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gorgonia.org/tensor"

	"optlab/internal/check"
)

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	check.NoError(t, err)
	return data
}

// content is what PyTorch says a tensor holds.
type content struct {
	Shape  []int
	Values []float32
}

// readExpected returns what the files in testdata hold, by file and tensor.
func readExpected(t testing.TB) map[string]map[string]content {
	t.Helper()
	var expected struct{ Files map[string]map[string]content }
	check.NoError(t, json.Unmarshal(readFile(t, "expected.json"), &expected))
	return expected.Files
}

// compare checks that got is exactly what PyTorch says.
func compare(t testing.TB, got map[string]*tensor.Dense, want map[string]content) {
	t.Helper()
	if len(got) != len(want) || len(want) == 0 {
		t.Fatalf("%d tensors, want %d, and some", len(got), len(want))
	}
	for name, w := range want {
		g := got[name]
		if g == nil {
			t.Errorf("%s is missing", name)
			continue
		}
		if !slices.Equal([]int(g.Shape()), w.Shape) || g.RequiresIterator() || g.Dtype() != tensor.Float32 {
			t.Errorf("%s is %v %v, want float32 %v, contiguous", name, g.Dtype(), g.Shape(), w.Shape)
		}
		if values := floats(g); !slices.Equal(values, w.Values) {
			t.Errorf("%s is %v, want %v", name, values, w.Values)
		}
	}
}

// floats returns the values of t, a scalar's too.
func floats(t *tensor.Dense) []float32 {
	if t.IsScalar() {
		return []float32{t.ScalarValue().(float32)}
	}
	return t.Float32s()
}

// same reports whether two state dicts are equal, bit for bit.
func same(a, b map[string]*tensor.Dense) bool {
	if len(a) != len(b) {
		return false
	}
	for name, x := range a {
		y, ok := b[name]
		if !ok || !slices.Equal([]int(x.Shape()), []int(y.Shape())) {
			return false
		}
		bits := func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) }
		if !slices.EqualFunc(floats(x), floats(y), bits) {
			return false
		}
	}
	return true
}

// record is one of an archive made by hand.
type record struct {
	name, data string
	method     uint16
	flags      uint16
	attributes uint32 // external ones
	size       uint64 // claimed, if not 0
	packed     uint64 // claimed when compressed, if not 0
	noSum      bool   // leave the checksum out
}

// archiveOf writes records as torch.save does, in the folder "model", but as
// they are: with any claims.
func archiveOf(t testing.TB, records ...record) []byte {
	t.Helper()
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	for _, r := range records {
		size := r.size
		if size == 0 {
			size = uint64(len(r.data))
		}
		header := &zip.FileHeader{Name: "model/" + r.name, Method: r.method, Flags: r.flags, ExternalAttrs: r.attributes, CRC32: crc32.ChecksumIEEE([]byte(r.data)),
			CompressedSize64: uint64(len(r.data)), UncompressedSize64: size}
		if r.method == zip.Store {
			header.CompressedSize64 = size
		}
		if r.packed != 0 {
			header.CompressedSize64 = r.packed
		}
		if r.noSum {
			header.CRC32 = 0
		}
		part, err := w.CreateRaw(header)
		check.NoError(t, err)
		_, err = part.Write([]byte(r.data))
		check.NoError(t, err)
	}
	check.NoError(t, w.Close())
	return file.Bytes()
}

// The pieces of pickles made by hand.
const (
	orderedDictText = "ccollections\nOrderedDict\n)R"
	rebuildText     = "ctorch._utils\n_rebuild_tensor_v2\n"
)

func text(s string) string {
	return "X" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(s)))) + s
}

func number(x int64) string {
	return "\x8a\x08" + string(binary.LittleEndian.AppendUint64(nil, uint64(x)))
}

func numbers(list ...int64) string {
	s := "("
	for _, x := range list {
		s += number(x)
	}
	return s + "t"
}

// storageText pickles a storage; more is the sixth element in the legacy form.
func storageText(class, key string, count int64, more string) string {
	return "(" + text("storage") + "ctorch\n" + class + "\n" + text(key) + text("cpu") + number(count) + more + "tQ"
}

// tensorText pickles a tensor.
func tensorText(storage string, offset int64, size, stride []int64) string {
	return rebuildText + "(" + storage + number(offset) + numbers(size...) + numbers(stride...) + "\x89" + orderedDictText + "tR"
}

// one pickles a state dict of one tensor, "w", in a storage of four floats,
// "0".
func one(offset int64, size, stride []int64) string {
	return "\x80\x02}" + text("w") + tensorText(storageText("FloatStorage", "0", 4, ""), offset, size, stride) + "s."
}

// fourFloats are the bytes of 1, 2, 3, 4.
const fourFloats = "\x00\x00\x80\x3f\x00\x00\x00\x40\x00\x00\x40\x40\x00\x00\x80\x40"

// withPickle returns an archive of the zip form with the given pickle, and a
// storage "0" of four floats.
func withPickle(t testing.TB, pickle string) []byte {
	t.Helper()
	return archiveOf(t, record{name: "data.pkl", data: pickle}, record{name: "data/0", data: fourFloats})
}

// legacyHeader is the legacy form's first three pickles.
func legacyHeader(version int64, info string) string {
	return "\x80\x02" + magic + "\x80\x02" + number(version) + ".\x80\x02" + info + "."
}

// little are the facts on a little-endian machine.
var little = "}" + text("little_endian") + "\x88s"

// legacyOf returns a file of the legacy form with the given object, list of
// storages and what follows.
func legacyOf(object, keys, rest string) []byte {
	return []byte(legacyHeader(1001, little) + "\x80\x02" + object + ".\x80\x02" + keys + "." + rest)
}
