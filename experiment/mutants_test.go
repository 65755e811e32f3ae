package experiment_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"flag"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"optlab/dataset"
	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/blocks"
	"optlab/internal/check"
	"optlab/models"
	"optlab/models/training"
)

var mutants = flag.Int("mutants", 40, "damaged copies that are read of every file")

// reader reads the file at a path, damaged or not, as the program does.
type reader func(path string) error

// TestMutants reads damaged copies of every file that the program reads: each
// is read or refused in one line, in memory of twice its size and 200 MB.
func TestMutants(t *testing.T) {
	files, readers := readable(t)
	r := rand.New(rand.NewPCG(1, 2))
	for _, path := range slices.Sorted(maps.Keys(readers)) {
		whole, read := files[path], readers[path]
		check.NoError(t, read(path))
		accepted, largest := 0, uint64(0)
		for range *mutants {
			data := mutate(r, whole)
			check.NoError(t, os.WriteFile(path, data, 0o644))
			var err error
			took := check.Allocated(func() { err = read(path) })
			largest = max(largest, took)
			if took > uint64(2*len(data)+200<<20) {
				t.Errorf("%s: %d bytes took %d bytes of memory", path, len(data), took)
			}
			if err == nil {
				accepted++
			} else if text := err.Error(); strings.ContainsAny(text, "\n\r\x00") || len(text) > 2000 {
				t.Errorf("%s: an error of %d bytes: %.300q", path, len(text), text)
			}
		}
		check.NoError(t, os.WriteFile(path, whole, 0o644))
		t.Logf("%-28s %d of %d mutants refused, at most %d KB taken", filepath.Base(path), *mutants-accepted, *mutants, largest>>10)
	}
}

// mutate returns a damaged copy of data.
func mutate(r *rand.Rand, data []byte) []byte {
	data = slices.Clone(data)
	for range 1 + r.IntN(3) {
		if len(data) == 0 {
			break
		}
		// Half of the time at the start, where headers are.
		at := r.IntN(len(data))
		if r.IntN(2) == 0 {
			at = r.IntN(min(len(data), 256))
		}
		switch r.IntN(7) {
		case 0:
			data[at] ^= 1 << r.IntN(8)
		case 1:
			data[at] = []byte{0, 1, 0x7f, 0x80, 0xff, '"', '{', '9'}[r.IntN(8)]
		case 2:
			data = data[:at]
		case 3:
			data = slices.Delete(data, at, min(len(data), at+1+r.IntN(9)))
		case 4:
			data = slices.Insert(data, at, binary.LittleEndian.AppendUint64(nil, r.Uint64()>>r.IntN(64))...)
		case 5:
			from := r.IntN(len(data))
			data = slices.Insert(data, at, data[from:min(len(data), from+1+r.IntN(64))]...)
		case 6:
			data = slices.Insert(data, at, bytes.Repeat(data[at:at+1], 1+r.IntN(5000))...)
		}
	}
	return data
}

// readable makes one file of every kind that the program reads, and says how it
// reads each.
func readable(t *testing.T) (files map[string][]byte, readers map[string]reader) {
	t.Helper()
	c := with(small(), "adam")
	c.Epochs = 2
	dir := folder.Folder{Path: filepath.Join(t.TempDir(), "run")}
	_, err := newExperiment(t, c).Run(t.Context(), dir, experiment.Hooks{})
	check.NoError(t, err)
	model, err := models.New(newExperiment(t, c).Model.Config())
	check.NoError(t, err)
	pickled, err := models.New(models.Hyperparameter([]int{7, 5, 3}, 0))
	check.NoError(t, err)
	data := filepath.Join(t.TempDir(), "data")
	writeIDX(t, data, blocks.Set(10))
	testdata := t.TempDir()
	check.NoError(t, os.CopyFS(testdata, os.DirFS("../models/pytorch/testdata")))

	readers = map[string]reader{
		dir.File(training.BestFile): model.Load,
		dir.File(training.LastFile): func(string) error {
			e := newExperiment(t, c)
			e.Dir = dir.Dir()
			_, err := e.Resume()
			return err
		},
		dir.File(folder.ConfigFile): func(string) error { return dir.Read(new(experiment.Config)) },
		dir.File(experiment.ResultsFile): func(path string) error {
			_, err := training.ReadResults(path)
			return err
		},
		dir.File(folder.ManifestFile):                  func(string) error { _, err := experiment.Check(folder.Folder{Path: dir.Path}); return err },
		filepath.Join(testdata, "small_zip2.pt"):       pickled.Load,
		filepath.Join(testdata, "checkpoint.tar"):      pickled.Load,
		filepath.Join(testdata, "small_legacy2.pth"):   pickled.Load,
		filepath.Join(data, "train-images-idx3-ubyte"): func(string) error { _, err := dataset.Open(data); return err },
	}
	for _, name := range []string{"train-labels-idx1-ubyte", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", "classes.txt"} {
		readers[filepath.Join(data, name)] = readers[filepath.Join(data, "train-images-idx3-ubyte")]
	}
	files = make(map[string][]byte)
	for path := range readers {
		files[path], err = os.ReadFile(path)
		check.NoError(t, err)
	}
	return files, readers
}

// writeIDX writes a set as the files of a folder, those of the test gzipped.
func writeIDX(t *testing.T, dir string, set *dataset.Set) {
	t.Helper()
	check.NoError(t, os.MkdirAll(dir, 0o755))
	write := func(name string, zipped bool, magic uint32, dims []int, content []byte) {
		file := binary.BigEndian.AppendUint32(nil, magic)
		for _, d := range dims {
			file = binary.BigEndian.AppendUint32(file, uint32(d))
		}
		file = append(file, content...)
		if zipped {
			var b bytes.Buffer
			w := gzip.NewWriter(&b)
			_, err := w.Write(file)
			check.NoError(t, err)
			check.NoError(t, w.Close())
			name, file = name+".gz", b.Bytes()
		}
		check.NoError(t, os.WriteFile(filepath.Join(dir, name), file, 0o644))
	}
	for prefix, m := range map[string]*dataset.Images{"train": set.Train, "t10k": set.Test} {
		write(prefix+"-images-idx3-ubyte", prefix == "t10k", 0x803, []int{m.Len(), m.Rows, m.Cols}, m.Pixels)
		write(prefix+"-labels-idx1-ubyte", prefix == "t10k", 0x801, []int{m.Len()}, m.Labels)
	}
	check.NoError(t, os.WriteFile(filepath.Join(dir, "classes.txt"), []byte(strings.Join(set.Classes, "\n")+"\n"), 0o644))
}
