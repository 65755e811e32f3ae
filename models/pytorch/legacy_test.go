package pytorch

import (
	"testing"

	"optlab/internal/check"
)

const (
	fourCount = "\x04\x00\x00\x00\x00\x00\x00\x00"
	oneKey    = "]\x8c\x010a"
)

// legacyDict pickles a state dict of one tensor, of all that the storage has.
func legacyDict(storage string, count int64) string {
	return "}" + text("w") + tensorText(storage, 0, []int64{count}, []int64{1}) + "s"
}

func TestLegacy(t *testing.T) {
	whole := storageText("FloatStorage", "0", 4, "N")
	half := storageText("FloatStorage", "0", 4, "("+text("v")+number(2)+number(2)+"t")
	doubles := storageText("DoubleStorage", "1", 1, "N")
	nested := "}(" + text("step") + "}" + text("x") + tensorText(doubles, 0, nil, nil) + "s" + text("model") + legacyDict(whole, 4) + text("step2") + doubles + "u"
	cases := []struct {
		name string
		file []byte
		want []float32
	}{
		{"whole", legacyOf(legacyDict(whole, 4), oneKey, fourCount+fourFloats), []float32{1, 2, 3, 4}},
		{"a part of a storage", legacyOf(legacyDict(half, 2), oneKey, fourCount+fourFloats), []float32{3, 4}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := ReadStateDict(c.file)
			check.NoError(t, err)
			compare(t, got, map[string]content{"w": {[]int{len(c.want)}, c.want}})
		})
	}
	// Two nested dicts of tensors, of which one is not float32: still two.
	_, err := ReadStateDict(legacyOf(nested, "]\x8c\x010a\x8c\x011a", fourCount+fourFloats+"\x01\x00\x00\x00\x00\x00\x00\x00"+fourFloats[:8]))
	check.Error(t, err, `2 dicts of tensors, "step", "model"`)
}

func TestRefusedLegacy(t *testing.T) {
	whole := legacyDict(storageText("FloatStorage", "0", 4, "N"), 4)
	part := func(metadata string) []byte {
		return legacyOf(legacyDict(storageText("FloatStorage", "0", 4, metadata), 2), oneKey, fourCount+fourFloats)
	}
	of := func(first, count int64) string { return "(" + text("v") + number(first) + number(count) + "t" }
	const max = 1<<63 - 1
	cases := []struct {
		name string
		file []byte
		part string
	}{
		{"version 1000", []byte(legacyHeader(1000, little)), "the version is not 1001"},
		{"no version", []byte("\x80\x02" + magic + "N."), "the version is not 1001"},
		{"no facts", []byte(legacyHeader(1001, "N")), "the facts on the machine are None"},
		{"no byte order", []byte(legacyHeader(1001, "}NNs")), "do not say little_endian"},
		{"big-endian", []byte(legacyHeader(1001, "}"+text("little_endian")+"\x89s")), "big-endian machine: save it on a little-endian one"},
		{"a byte order of 1", []byte(legacyHeader(1001, "}"+text("little_endian")+"K\x01s")), "big-endian machine"},
		{"a storage among the facts", []byte(legacyHeader(1001, storageText("FloatStorage", "0", 4, "N"))), "a storage where none can be"},
		{"no list", legacyOf(whole, "N", ""), "has None for the list of storages"},
		{"a list of numbers", legacyOf(whole, "]K\x00a", ""), "the list of storages holds a number, want texts"},
		{"an empty list", legacyOf(whole, "]", ""), `tensor "w": storage "0" is not in the file`},
		{"an unknown storage", legacyOf(whole, "]\x8c\x017a", fourCount+fourFloats), `storage "7" belongs to no tensor`},
		{"a storage twice", legacyOf(whole, oneKey+"\x8c\x010a", fourCount+fourFloats+fourCount+fourFloats), `storage "0" is there twice`},
		{"no count", legacyOf(whole, oneKey, fourCount[:7]), `is truncated at storage "0"`},
		{"another count", legacyOf(whole, oneKey, "\x05"+fourCount[1:]+fourFloats), `storage "0" has 5 elements, its tensors say 4`},
		{"a count of 2⁶³ + 4", legacyOf(whole, oneKey, fourCount[:7]+"\x80"+fourFloats), `storage "0" has 9223372036854775812 elements`},
		{"a byte too few", legacyOf(whole, oneKey, fourCount+fourFloats[:15]), "takes 16 bytes from byte"},
		{"a byte too many", legacyOf(whole, oneKey, fourCount+fourFloats+"x"), "1 bytes follow the last storage"},
		{"an id of the zip form", legacyOf(legacyDict(storageText("FloatStorage", "0", 4, ""), 4), oneKey, fourCount+fourFloats), "a tuple of 5, want a tuple of 6"},
		{"a part of None", part(")"), "its part is a tuple of 0, want a tuple of 3"},
		{"a part of texts", part("(" + text("v") + text("0") + text("2") + "t"), `storage "0" of 4 elements: its part`},
		{"a part too long", part(of(2, 3)), "its part from 2 on has 3"},
		{"a part too far", part(of(5, 0)), "its part from 5 on has 0"},
		{"a part before", part(of(-1, 2)), "its part from -1 on has 2"},
		{"a part of −1", part(of(2, -1)), "its part from 2 on has -1"},
		{"a part of 2⁶³−1", part(of(2, max)), "its part from 2 on has 9223372036854775807"},
		{"a tensor outside its part", part(of(3, 1)), "reach outside its storage of 1 elements"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := ReadStateDict(c.file)
			check.Error(t, err, "reading a PyTorch file: ", c.part)
		})
	}
}
