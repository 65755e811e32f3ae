package pytorch

import (
	"strconv"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"optlab/internal/check"
)

// perByte is how many bytes of memory a byte of a file may take. The worst are
// operations of one byte, whose value takes 16 bytes on the stack and a
// multiple of that for what the stack's growth throws away, and tensors of one
// element.
const perByte = 256

// measured reads data and checks that it took no more memory than a multiple of
// its size, and that an error is one line.
func measured(t testing.TB, data []byte) (map[string]*tensor.Dense, error) {
	t.Helper()
	var dict map[string]*tensor.Dense
	var err error
	took := check.Allocated(func() { dict, err = ReadStateDict(data) })
	if most := uint64(1<<20 + perByte*len(data)); took > most {
		t.Errorf("%d bytes of input took %d bytes of memory, more than %d", len(data), took, most)
	}
	if err != nil {
		check.Error(t, err)
		if dict != nil {
			t.Error("tensors beside an error")
		}
	}
	return dict, err
}

// Hostile pickles that are long, and valid up to the end or nearly so.
func TestMemory(t *testing.T) {
	const size = 1 << 18
	repeat := func(s string) string { return strings.Repeat(s, size/len(s)) }
	ones := []int64{1, 1, 1, 1, 1, 1, 1, 1}
	var names strings.Builder
	for i := range size / 8 {
		names.WriteString("\x8c\x03" + string([]byte{byte('0' + i%64), byte('0' + i/64%64), byte('0' + i/4096%64)}) + "h\x00")
	}
	for _, more := range []string{"", "N"} { // the zip form, the legacy form
		id := storageText("FloatStorage", "0", 4, more)
		arguments := "(" + id + "K\x00" + numbers(ones...) + numbers(ones...) + "\x89Nt"
		pickles := map[string]string{
			"values":       repeat("N"),
			"memo":         repeat("N\x94"),
			"marks":        repeat("("),
			"lists":        repeat("]"),
			"dicts":        repeat("}"),
			"numbers":      repeat("M\xff\xff"),
			"texts":        repeat("\x8c\x01a"),
			"tuples":       repeat("N\x85"),
			"nested":       "N" + repeat("\x85"),
			"items":        "](" + repeat("N") + "e.",
			"items singly": "]" + repeat("Na") + ".",
			"keys":         "}(" + repeat("NN") + "u.",
			"keys singly":  "}" + repeat("NNs") + ".",
			"dict calls":   "ccollections\nOrderedDict\nq\x00" + repeat("h\x00)R"),
			"tensor calls": rebuildText + "q\x00" + arguments + "q\x01" + repeat("h\x00h\x01R"),
			"one tensor":   "}(" + text("w") + rebuildText + arguments + "Rq\x00" + names.String() + "u.",
		}
		for name, pickle := range pickles {
			t.Run(name+" "+more, func(t *testing.T) {
				file := withPickle(t, pickle)
				if more != "" {
					file = legacyOf(strings.TrimSuffix(pickle, "."), oneKey, fourCount+fourFloats)
				}
				// This one is a state dict; all others are none.
				if _, err := measured(t, file); (err == nil) != (name == "one tensor") {
					t.Errorf("the error is %v", err)
				}
			})
		}
	}
}

func TestMemoryOfRecords(t *testing.T) {
	records := []record{{name: "data.pkl", data: plain}, {name: "data/0", data: fourFloats}}
	for i := range 10000 {
		records = append(records, record{name: strconv.Itoa(i)})
	}
	got, err := measured(t, archiveOf(t, records...))
	check.NoError(t, err)
	compare(t, got, plainContent)
}

// deterministic reads data twice and checks the memory it took, and that the
// results are the same.
func deterministic(t *testing.T, data []byte) {
	t.Helper()
	got, err := measured(t, data)
	again, errAgain := ReadStateDict(data)
	if (err == nil) != (errAgain == nil) || err != nil && err.Error() != errAgain.Error() {
		t.Errorf("the error is %v, then %v", err, errAgain)
	}
	if !same(got, again) {
		t.Error("a second reading gives other tensors")
	}
	if err == nil && (len(got) == 0 || !Detect(data)) {
		t.Errorf("%d tensors, detected %v", len(got), Detect(data))
	}
}

// FuzzArchive mutates archives that PyTorch wrote.
func FuzzArchive(f *testing.F) {
	for _, name := range []string{"small_zip2.pt", "small_zip4.pt", "checkpoint.tar", "views.pt", "parameters.pt", "dtype_int64.pt", "sparse.pt", "whole_model.pt"} {
		f.Add(readFile(f, name))
	}
	f.Fuzz(deterministic)
}

// FuzzArchivePickle mutates the pickle and the numbers of an archive, which the
// checksums then fit.
func FuzzArchivePickle(f *testing.F) {
	for _, name := range []string{"small_zip2.pt", "small_zip4.pt", "checkpoint.tar", "views.pt", "parameters.pt", "dtype_int64.pt"} {
		a, err := openArchive(readFile(f, name))
		check.NoError(f, err)
		pickle, err := a.record("data.pkl")
		check.NoError(f, err)
		storage, err := a.record("data/0")
		check.NoError(f, err)
		f.Add(pickle, storage)
	}
	f.Add([]byte(one(1, []int64{1, 3}, []int64{2, 1})), []byte(fourFloats))
	f.Add([]byte(one(0, []int64{1 << 32, 1 << 32}, []int64{0, 0})), []byte(fourFloats))
	f.Fuzz(func(t *testing.T, pickle, storage []byte) {
		deterministic(t, archiveOf(t, record{name: "data.pkl", data: string(pickle)}, record{name: "data/0", data: string(storage)},
			record{name: "data/1", data: string(storage)}))
	})
}

// FuzzLegacy mutates files of the legacy form.
func FuzzLegacy(f *testing.F) {
	for _, name := range []string{"small_legacy2.pth", "small_legacy4.pth", "checkpoint_legacy.tar",
		"views_legacy.pt", "parameters_legacy.pt", "dtype_float64_legacy.pt", "whole_model_legacy.pt"} {
		f.Add(readFile(f, name))
	}
	part := storageText("FloatStorage", "0", 4, "("+text("v")+number(2)+number(2)+"t")
	f.Add(legacyOf(legacyDict(part, 2), oneKey, fourCount+fourFloats))
	f.Fuzz(deterministic)
}

// A directory of many records would take several times its size.
func TestLargeDirectory(t *testing.T) {
	records := []record{{name: "data.pkl", data: plain}, {name: "data/0", data: fourFloats}}
	for i := range 9 << 20 / 1000 {
		records = append(records, record{name: strings.Repeat("x", 900) + strconv.Itoa(i)})
	}
	file := archiveOf(t, records...)
	var err error
	took := check.Allocated(func() { _, err = ReadStateDict(file) })
	check.Error(t, err, "directory of more than 8388608 bytes")
	if took > 64<<20 {
		t.Errorf("a file of %d bytes took %d bytes of memory", len(file), took)
	}
}

// Numbers that a stride of 0 repeats are bounded in a large file, too.
func TestRepeatedNumbers(t *testing.T) {
	const n = 29 << 20
	file := archiveOf(t, record{name: "data.pkl", data: one(0, []int64{n}, []int64{0})}, record{name: "data/0", data: fourFloats},
		record{name: "other", data: strings.Repeat("x", n+1000)})
	var err error
	took := check.Allocated(func() { _, err = ReadStateDict(file) })
	check.Error(t, err, `tensor "w"`, "out of proportion", "save tensor.clone()")
	if took > 1<<20 {
		t.Errorf("it took %d bytes of memory", took)
	}
}
