package pytorch

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"optlab/internal/check"
)

// Every file that PyTorch wrote of float32 tensors is read with PyTorch's
// values.
func TestReadsWhatPyTorchWrote(t *testing.T) {
	expected := readExpected(t)
	if len(expected) < 15 {
		t.Fatalf("%d files are expected, want 15", len(expected))
	}
	for name, want := range expected {
		t.Run(name, func(t *testing.T) {
			data := readFile(t, name)
			if !Detect(data) {
				t.Error("not detected")
			}
			if isLegacy(data) != strings.Contains(name, "legacy") {
				t.Errorf("isLegacy is %v", isLegacy(data))
			}
			before := slices.Clone(data)
			got, err := ReadStateDict(data)
			check.NoError(t, err)
			compare(t, got, want)
			for _, g := range got {
				g.Zero()
			}
			if !slices.Equal(data, before) {
				t.Error("the tensors share memory with the file")
			}
		})
	}
}

func TestTensorsShareNoMemory(t *testing.T) {
	got, err := ReadStateDict(readFile(t, "views.pt"))
	check.NoError(t, err)
	got["whole"].Zero()
	want := readExpected(t)["views.pt"]
	delete(got, "whole")
	delete(want, "whole")
	compare(t, got, want)
}

// What PyTorch writes and this package refuses: the error says what it is, and
// what to do.
func TestRefusedFiles(t *testing.T) {
	cases := map[string][]string{
		"dtype_float64.pt":        {`tensor "net.0.weight": is float64, want float32: save model.float().state_dict()`},
		"dtype_float64_legacy.pt": {`tensor "net.0.weight": is float64, want float32`},
		"dtype_float16.pt":        {`tensor "net.0.weight": is float16, want float32`},
		"dtype_bfloat16.pt":       {`tensor "net.0.weight": is bfloat16, want float32`},
		"dtype_int64.pt":          {`tensor "net.0.weight": is int64, want float32`},
		"dtype_int32.pt":          {`tensor "net.0.weight": is int32, want float32`},
		"dtype_int16.pt":          {`tensor "net.0.weight": is int16, want float32`},
		"dtype_int8.pt":           {`tensor "net.0.weight": is int8, want float32`},
		"dtype_uint8.pt":          {`tensor "net.0.weight": is uint8, want float32`},
		"dtype_bool.pt":           {`tensor "net.0.weight": is bool, want float32`},
		"dtype_complex64.pt":      {`tensor "net.0.weight": is complex64, want float32`},
		"dtype_complex128.pt":     {`tensor "net.0.weight": is complex128, want float32`},
		"empty.pt":                {`tensor "weight": has size [0 3], want sizes of at least 1`},
		"no_tensors.pt":           {"holds an empty dict", "save model.state_dict()"},
		"bare_tensor.pt":          {"holds a tensor, want a dict of tensors", "save model.state_dict()"},
		"mixed.pt":                {`"weight" (a tensor), "epoch" (a number)`, "save model.state_dict()"},
		"two_dicts.pt":            {`2 dicts of tensors, "model", "average": save the wanted one alone`},
		"sparse.pt":               {"torch._utils._rebuild_sparse_tensor", "save dense float32 tensors"},
		"whole_model.pt":          {"record data.pkl: byte 2: holds the class __main__.HyperparameterModel: save model.state_dict() instead of the model"},
		"whole_model_legacy.pt":   {"holds the class __main__.HyperparameterModel: save model.state_dict() instead of the model"},
	}
	expected := readExpected(t)
	for _, pattern := range []string{"*.pt", "*.pth", "*.tar"} {
		files, err := filepath.Glob(filepath.Join("testdata", pattern))
		check.NoError(t, err)
		for _, path := range files {
			name := filepath.Base(path)
			if cases[name] == nil && expected[name] == nil && name != "our_model.tar" {
				t.Errorf("%s is in no test", name)
			}
		}
	}
	for name, parts := range cases {
		t.Run(name, func(t *testing.T) {
			data := readFile(t, name)
			got, err := ReadStateDict(data)
			check.Error(t, err, append(parts, "reading a PyTorch file: ")...)
			if got != nil {
				t.Error("tensors beside an error")
			}
			if !Detect(data) {
				t.Error("not detected")
			}
		})
	}
}

func TestDetect(t *testing.T) {
	small := readFile(t, "small_legacy4.pth")
	if !Detect(small[:24]) || Detect(small[:23]) {
		t.Error("24 bytes decide on the legacy form with frames")
	}
	if small = readFile(t, "small_legacy2.pth"); !Detect(small[:15]) || Detect(small[:14]) {
		t.Error("15 bytes decide on the legacy form without frames")
	}
	if small = readFile(t, "small_zip2.pt"); !Detect(small[:4]) || Detect(small[:3]) {
		t.Error("4 bytes decide on the zip form")
	}
	for _, other := range []string{"", "\x80", "\x80\x02", "\x80\x02}.", "\x80\x04\x95", "PK\x05\x06", "storages\x00", "{}", "\x93NUMPY"} {
		if Detect([]byte(other)) {
			t.Errorf("%q is detected", other)
		}
		_, err := ReadStateDict([]byte(other))
		check.Error(t, err, "neither a zip archive nor the legacy form", "torch.save(model.state_dict()")
	}
}

// A file that is cut anywhere is an error.
func TestTruncated(t *testing.T) {
	for _, name := range []string{"small_zip2.pt", "small_zip4.pt", "small_legacy2.pth", "small_legacy4.pth"} {
		data := readFile(t, name)
		for n := range data {
			if _, err := ReadStateDict(data[:n]); err == nil {
				t.Errorf("the first %d of the %d bytes of %s are no error", n, len(data), name)
			} else {
				check.Error(t, err)
			}
		}
		longer := append(slices.Clone(data), 0)
		if _, err := ReadStateDict(longer); err == nil && strings.Contains(name, "legacy") {
			t.Errorf("%s: a byte too many is no error", name)
		}
	}
}

// Damage to one byte of an archive is an error or changes nothing: checksums
// cover the rest.
func TestDamagedArchive(t *testing.T) {
	data := readFile(t, "small_zip2.pt")
	want, err := ReadStateDict(data)
	check.NoError(t, err)
	failures := 0
	for i := range data {
		for _, flip := range []byte{0x01, 0x80, 0xff} {
			damaged := slices.Clone(data)
			damaged[i] ^= flip
			got, err := ReadStateDict(damaged)
			if err != nil {
				check.Error(t, err)
				failures++
			} else if !same(got, want) {
				t.Errorf("byte %d ^ 0x%02x gives other tensors", i, flip)
			}
		}
	}
	if failures < len(data) {
		t.Errorf("only %d of %d damages are errors", failures, 3*len(data))
	}
}

// The legacy form has no checksums; damage must at least be no more than an
// error.
func TestDamagedLegacy(t *testing.T) {
	data := readFile(t, "small_legacy2.pth")
	failures := 0
	for i := range data {
		for _, flip := range []byte{0x01, 0x80, 0xff} {
			damaged := slices.Clone(data)
			damaged[i] ^= flip
			if _, err := ReadStateDict(damaged); err != nil {
				check.Error(t, err)
				failures++
			}
		}
	}
	if failures < len(data) {
		t.Errorf("only %d of %d damages are errors", failures, 3*len(data))
	}
}
