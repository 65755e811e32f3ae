package pytorch

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"strings"
	"testing"

	"optlab/internal/check"
)

// plain is the pickle that the archives here hold; plainContent is what it
// says.
var plain = one(0, []int64{4}, []int64{1})

var plainContent = map[string]content{"w": {[]int{4}, []float32{1, 2, 3, 4}}}

func TestArchives(t *testing.T) {
	pickle, numbers := record{name: "data.pkl", data: plain}, record{name: "data/0", data: fourFloats}
	cases := map[string][]record{
		"plain":                  {pickle, numbers},
		"numbers first":          {numbers, pickle},
		"little-endian":          {pickle, {name: "byteorder", data: "little"}, numbers, {name: "version", data: "3\n"}},
		"without checksums":      {{name: "data.pkl", data: plain, noSum: true}, {name: "data/0", data: fourFloats, noSum: true}},
		"records of PyTorch 2.7": {pickle, {name: ".format_version", data: "1"}, {name: ".storage_alignment", data: "64"}, numbers, {name: ".data/serialization_id", data: "1"}},
	}
	for name, records := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := ReadStateDict(archiveOf(t, records...))
			check.NoError(t, err)
			compare(t, got, plainContent)
		})
	}
}

func TestRefusedArchives(t *testing.T) {
	pickle, numbers := record{name: "data.pkl", data: plain}, record{name: "data/0", data: fourFloats}
	var bomb bytes.Buffer // a million zeros in a thousand bytes
	w, err := flate.NewWriter(&bomb, flate.BestCompression)
	check.NoError(t, err)
	_, err = w.Write(make([]byte, 1<<20))
	check.NoError(t, err)
	check.NoError(t, w.Close())
	cases := []struct {
		name    string
		records []record
		parts   []string
	}{
		{"no records", nil, []string{"neither a zip archive"}}, // which starts otherwise
		{"no pickle", []record{numbers}, []string{`no record "data.pkl"`, "torch.save"}},
		{"no storage", []record{pickle}, []string{`tensor "w"`, `no record "data/0"`}},
		{"big-endian", []record{pickle, numbers, {name: "byteorder", data: "big"}}, []string{`byte order "big", want little`}},
		{"a compressed byte order", []record{pickle, numbers, {name: "byteorder", data: bomb.String(), method: zip.Deflate, size: 1 << 20}}, []string{`record "byteorder" is compressed`}},
		{"TorchScript", []record{pickle, numbers, {name: "constants.pkl", data: "."}}, []string{"TorchScript", "save model.state_dict()"}},
		{"two pickles", []record{pickle, numbers, pickle}, []string{`record "data.pkl" is there twice`}},
		{"two storages", []record{pickle, numbers, numbers}, []string{`record "data/0" is there twice`}},
		{"short storage", []record{pickle, {name: "data/0", data: fourFloats[1:]}}, []string{`tensor "w"`, `record "data/0" has 15 bytes, want 16 for 4 of float32`}},
		{"long storage", []record{pickle, {name: "data/0", data: fourFloats + "x"}}, []string{`has 17 bytes, want 16`}},
		{"bomb for a storage", []record{pickle, {name: "data/0", data: bomb.String(), method: zip.Deflate, size: 1 << 20}},
			[]string{`record "data/0" is compressed`, "load and save it in PyTorch again"}},
		{"bomb for a pickle", []record{{name: "data.pkl", data: bomb.String(), method: zip.Deflate, size: 1 << 20}, numbers}, []string{`record "data.pkl" is compressed`}},
		{"said to be compressed", []record{pickle, {name: "data/0", data: fourFloats, method: zip.Deflate}}, []string{`record "data/0" is compressed`}},
		{"encrypted", []record{pickle, {name: "data/0", data: fourFloats, flags: 1}}, []string{`record "data/0" is compressed or encrypted`}},
		{"patched", []record{pickle, {name: "data/0", data: fourFloats, flags: 1 << 5}}, []string{`record "data/0" is compressed or encrypted`}},
		{"a folder", []record{pickle, {name: "data/0", data: fourFloats, attributes: 0x10}}, []string{`record "data/0" is marked as a folder`}},
		{"two sizes", []record{pickle, {name: "data/0", data: fourFloats, packed: 15}}, []string{`record "data/0" is compressed`}},
		{"a claim beyond the file", []record{pickle, {name: "data/0", data: fourFloats, size: 1 << 40}}, []string{`record "data/0" of 1099511627776 bytes is not inside the file`}},
		{"a claim of 2⁶³", []record{{name: "data.pkl", data: plain, size: 1 << 63}, numbers}, []string{`record "data.pkl" of 9223372036854775808 bytes is not inside`}},
		{"more after the pickle", []record{{name: "data.pkl", data: plain + "N."}, numbers}, []string{"2 bytes follow the pickle"}},
		{"an empty pickle", []record{{name: "data.pkl"}, numbers}, []string{"record data.pkl: byte 0: is truncated"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := ReadStateDict(archiveOf(t, c.records...))
			check.Error(t, err, c.parts...)
		})
	}
}

func TestArchiveOfNothing(t *testing.T) {
	end := archiveOf(t) // the end record alone
	_, err := ReadStateDict(append([]byte("PK\x03\x04"), end...))
	check.Error(t, err, "an empty zip archive: save model.state_dict()")
	_, err = ReadStateDict([]byte("PK\x03\x04"))
	check.Error(t, err, "not a whole zip archive: copy or save it again")
}

func TestDamagedChecksum(t *testing.T) {
	file := withPickle(t, plain)
	i := bytes.Index(file, []byte(fourFloats))
	file[i]++
	_, err := ReadStateDict(file)
	check.Error(t, err, `tensor "w": record "data/0" is damaged: its checksum is`)
}

// Records outside the archive's folder are not looked at, as in PyTorch.
func TestOtherFolders(t *testing.T) {
	_, err := ReadStateDict(archiveOf(t, record{name: "data.pkl", data: plain}, record{name: "../data/0", data: fourFloats}))
	check.Error(t, err, `no record "data/0"`)
	file := archiveOf(t, record{name: "data.pkl", data: plain}, record{name: "data/0", data: fourFloats})
	// The second file, in both headers, moves out of the folder "model".
	moved := strings.ReplaceAll(string(file), "model/data/0", "other/data/0")
	_, err = ReadStateDict([]byte(moved))
	check.Error(t, err, `no record "data/0"`)
}
