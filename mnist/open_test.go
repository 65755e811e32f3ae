package mnist

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"optlab/dataset"
)

// The MD5 digests of the original files, decompressed.
func TestEmbeddedSetsAreTheOriginals(t *testing.T) {
	originals := map[string]struct {
		train, test, features int
		classes               string
		digests               [4]string
	}{
		"mnist": {60000, 10000, 784, "0 1 2 3 4 5 6 7 8 9", [4]string{
			"6bbc9ace898e44ae57da46a324031adb", "a25bea736e30d166cdddb491f175f624",
			"2646ac647ad5339dbf082846283269ea", "27ae3e4e09519cfbb04c329615203637",
		}},
		"fashion": {60000, 10000, 784, "T-shirt/top Trouser Pullover Dress Coat Sandal Shirt Sneaker Bag Ankle boot", [4]string{
			"f4a8712d7a061bf5bd6d2ca38dc4d50a", "9018921c3c673c538a1fc5bad174d6f9",
			"8181f5470baa50b63fa0f6fddb340f0a", "15d484375f8d13e6eb1aabb0c3f46965",
		}},
	}
	for _, source := range Names() {
		want := originals[source]
		set, err := Open(source)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(set.Classes, " "); set.Name != source || got != want.classes {
			t.Errorf("%s is named %s and has the classes %s", source, set.Name, got)
		}
		if set.Train.Len() != want.train || set.Test.Len() != want.test || set.Train.Features() != want.features {
			t.Errorf("%s: %d and %d images of %d pixels", source, set.Train.Len(), set.Test.Len(), set.Train.Features())
		}
		for i, part := range []*dataset.Images{set.Train, set.Test} {
			images := digest(idx(3, part.Pixels, part.Len(), part.Rows, part.Cols))
			labels := digest(idx(1, part.Labels, part.Len()))
			if images != want.digests[2*i] || labels != want.digests[2*i+1] {
				t.Errorf("%s: the MD5 digests of part %d are %s and %s", source, i, images, labels)
			}
		}
	}
}

// idx returns the IDX file of bytes with the given dimensions, as many as kind
// says, and content.
func idx(kind byte, content []byte, dimensions ...int) []byte {
	file := []byte{0, 0, 8, kind}
	for _, d := range dimensions {
		file = binary.BigEndian.AppendUint32(file, uint32(d))
	}
	return append(file, content...)
}

// digest returns the MD5 digest of a file.
func digest(file []byte) string {
	sum := md5.Sum(file)
	return hex.EncodeToString(sum[:])
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	for _, source := range []string{filepath.Join(dir, "nowhere"), "", "MNIST"} {
		_, err := Open(source)
		if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), source) || !strings.Contains(err.Error(), "neither mnist nor fashion") {
			t.Errorf("%q: got %v", source, err)
		}
	}
	if _, err := Open(dir); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "train-images-idx3-ubyte") {
		t.Errorf("an empty folder: got %v", err)
	}
}

// What is wrong with the files of a folder is known by its sentinel.
func TestDamagedFolders(t *testing.T) {
	images, labels := "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
	for name, c := range map[string]struct {
		file    string
		content []byte
		want    error
	}{
		"labels for images": {images, idx(1, []byte{0, 1}, 2), dataset.ErrBadMagic},
		"no images":         {images, idx(3, nil, 0, 1, 1), dataset.ErrDimensions},
		"an image missing":  {images, idx(3, []byte{1}, 2, 1, 1), dataset.ErrTruncated},
		"an image more":     {images, idx(3, []byte{1, 2, 3}, 2, 1, 1), dataset.ErrTrailing},
		"a label more":      {labels, idx(1, []byte{0, 1, 1}, 3), dataset.ErrCountMismatch},
		"a name missing":    {"classes.txt", []byte("one\n"), dataset.ErrLabelRange},
	} {
		dir := t.TempDir()
		files := map[string][]byte{c.file: c.content}
		for _, part := range []string{"train", "t10k"} {
			for file, content := range map[string][]byte{
				part + "-images-idx3-ubyte": idx(3, []byte{1, 2}, 2, 1, 1), part + "-labels-idx1-ubyte": idx(1, []byte{0, 1}, 2),
			} {
				if files[file] == nil {
					files[file] = content
				}
			}
		}
		for file, content := range files {
			if err := os.WriteFile(filepath.Join(dir, file), content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := Open(dir); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	for _, source := range []string{"mnist", "fashion"} {
		b.Run(source, func(b *testing.B) {
			for b.Loop() {
				if _, err := Open(source); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
