package pytorch

import (
	"math"
	"strings"
	"testing"

	"optlab/internal/check"
)

// Tensors whose description does not fit their storage of four floats.
func TestTensorsOutside(t *testing.T) {
	const top = math.MaxInt64
	outside := "reach outside its storage of 4 elements"
	proportion := "out of proportion to a file of"
	cases := []struct {
		name         string
		offset       int64
		size, stride []int64
		part         string
	}{
		{"one too many", 0, []int64{5}, []int64{1}, outside},
		{"one too far", 1, []int64{4}, []int64{1}, outside},
		{"a stride too long", 0, []int64{3}, []int64{2}, outside},
		{"two strides too long", 0, []int64{2, 2}, []int64{2, 2}, outside},
		{"a negative stride", 3, []int64{2}, []int64{-1}, outside},
		{"the smallest stride", 0, []int64{2}, []int64{math.MinInt64}, outside},
		{"the longest stride", 0, []int64{2}, []int64{top}, outside},
		{"a negative stride of one", 0, []int64{1}, []int64{-1}, outside},
		{"a negative offset", -1, []int64{1}, []int64{1}, outside},
		{"an offset at the end", 4, []int64{1}, []int64{1}, outside},
		{"a scalar at the end", 4, nil, nil, outside},
		{"the largest offset", top, []int64{2}, []int64{top}, outside},
		{"no elements", 0, []int64{0}, []int64{1}, "want sizes of at least 1"},
		{"no elements, otherwise huge", 0, []int64{top, 0}, []int64{0, 0}, proportion},
		{"a negative size", 0, []int64{-1}, []int64{1}, "want sizes of at least 1"},
		{"two negative sizes", 0, []int64{-2, -2}, []int64{1, 1}, "want sizes of at least 1"},
		{"a product of 2⁶⁴", 0, []int64{1 << 32, 1 << 32}, []int64{0, 0}, proportion},
		{"a product of 2⁶⁴ + 4", 0, []int64{4, 1<<62 + 1}, []int64{0, 0}, proportion},
		{"the largest size", 0, []int64{top}, []int64{0}, proportion},
		{"expanded", 0, []int64{1 << 20}, []int64{0}, proportion},
		{"expanded twice", 0, []int64{100, 100}, []int64{0, 0}, proportion},
		{"expanded in eight dimensions", 0, []int64{9, 9, 9, 9, 9, 9, 9, 9}, make([]int64, 8), proportion},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := ReadStateDict(withPickle(t, one(c.offset, c.size, c.stride)))
			check.Error(t, err, `tensor "w": `, c.part)
		})
	}
}

// Tensors at the edge of what fits.
func TestTensorsInside(t *testing.T) {
	cases := []struct {
		name         string
		offset       int64
		size, stride []int64
		want         content
	}{
		{"all", 0, []int64{4}, []int64{1}, content{[]int{4}, []float32{1, 2, 3, 4}}},
		{"the last", 3, []int64{1}, []int64{1}, content{[]int{1}, []float32{4}}},
		{"the longest stride", 0, []int64{2}, []int64{3}, content{[]int{2}, []float32{1, 4}}},
		{"transposed", 0, []int64{2, 2}, []int64{1, 2}, content{[]int{2, 2}, []float32{1, 3, 2, 4}}},
		{"overlapping", 0, []int64{3, 2}, []int64{1, 1}, content{[]int{3, 2}, []float32{1, 2, 2, 3, 3, 4}}},
		{"expanded", 1, []int64{3}, []int64{0}, content{[]int{3}, []float32{2, 2, 2}}},
		{"size 1 with any stride", 0, []int64{1, 2, 1}, []int64{math.MaxInt64, 1, math.MaxInt64}, content{[]int{1, 2, 1}, []float32{1, 2}}},
		{"eight dimensions", 0, []int64{1, 1, 1, 2, 1, 1, 1, 1}, make([]int64, 8), content{[]int{1, 1, 1, 2, 1, 1, 1, 1}, []float32{1, 1}}},
		{"a scalar", 2, nil, nil, content{[]int{}, []float32{3}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := ReadStateDict(withPickle(t, one(c.offset, c.size, c.stride)))
			check.NoError(t, err)
			compare(t, got, map[string]content{"w": c.want})
		})
	}
}

// The bound is on all tensors together, and one element for each byte of the
// file.
func TestProportion(t *testing.T) {
	id := storageText("FloatStorage", "0", 4, "")
	pickle := func(n int64) string {
		return "\x80\x02}" + text("a") + tensorText(id, 0, []int64{n}, []int64{0}) + "s" +
			text("b") + tensorText(id, 0, []int64{500}, []int64{0}) + "s."
	}
	room := int64(len(withPickle(t, pickle(0)))) - 500
	got, err := ReadStateDict(withPickle(t, pickle(room)))
	check.NoError(t, err)
	if n := len(got["a"].Float32s()); int64(n) != room {
		t.Errorf("%d elements, want %d", n, room)
	}
	_, err = ReadStateDict(withPickle(t, pickle(room+1)))
	check.Error(t, err, `tensor "b"`, "out of proportion", "save tensor.clone() of each")

	scalar := text("c") + tensorText(id, 0, nil, nil) + "s"
	last := func(n int64) string { return strings.TrimSuffix(pickle(n), ".") + scalar + "." }
	room += int64(len(scalar))
	_, err = ReadStateDict(withPickle(t, last(room-1)))
	check.NoError(t, err)
	_, err = ReadStateDict(withPickle(t, last(room)))
	check.Error(t, err, `tensor "c"`, "out of proportion")
}

// What a checkpoint holds beside its state dict does not matter, an empty dict
// and a dict of other things neither.
func TestCheckpoint(t *testing.T) {
	w := tensorText(storageText("FloatStorage", "0", 4, ""), 0, []int64{4}, []int64{1})
	got, err := ReadStateDict(withPickle(t, "\x80\x02}("+text("state")+"}K\x07}"+text("other")+"}K\x07"+w+"s"+text("model")+"}"+text("w")+w+"su."))
	check.NoError(t, err)
	compare(t, got, plainContent)
}

// Dicts that hold themselves, or anything that is no name or no tensor.
func TestRefusedDicts(t *testing.T) {
	w := tensorText(storageText("FloatStorage", "0", 4, ""), 0, []int64{4}, []int64{1})
	cases := []struct{ name, pickle, part string }{
		{"a dict of itself", "}q\x00" + text("d") + "h\x00s.", `"d" (a dict)`},
		{"a list of itself", "]q\x00h\x00a.", "holds a list, want a dict of tensors"},
		{"a dict with itself as a key", "}q\x00h\x00Ns.", "a dict (None)"},
		{"attributes of itself", "}q\x00h\x00b.", "holds an empty dict"},
		{"nested too deep", "}" + text("a") + "}" + text("b") + "}" + text("w") + w + "sss.", `"a" (a dict)`},
		{"a tensor without a name", "}K\x07" + w + "s.", "7 (a tensor)"},
		{"a name twice", "}(" + text("w") + w + text("w") + w + "u.", `tensor "w" is there twice`},
		{"a storage alone", "}" + text("s") + storageText("FloatStorage", "0", 4, "") + "s.", `"s" (a storage)`},
		{"a class alone", "}" + text("c") + "ctorch\nSize\ns.", `"c" (a function or class)`},
		{"a name of many lines", "}(" + text("a\nb\x00") + w + text(strings.Repeat("x", 300)) + "Nu.", `"a\nb\x00" (a tensor), "xxx`},
		{"many entries", "}(" + strings.Repeat(text("k")+"N", 100) + "u.", `"k" (None), …`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := ReadStateDict(withPickle(t, "\x80\x02"+c.pickle))
			check.Error(t, err, c.part)
		})
	}
}
