package mnist

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"optlab/dataset"
)

// The MD5 digests of the original files, decompressed.
func TestEmbeddedSetsAreTheOriginals(t *testing.T) {
	for source, want := range map[string]struct {
		classes string
		digests [4]string
	}{
		"mnist": {"0 1 2 3 4 5 6 7 8 9", [4]string{
			"6bbc9ace898e44ae57da46a324031adb", "a25bea736e30d166cdddb491f175f624",
			"2646ac647ad5339dbf082846283269ea", "27ae3e4e09519cfbb04c329615203637",
		}},
		"fashion": {"T-shirt/top Trouser Pullover Dress Coat Sandal Shirt Sneaker Bag Ankle boot", [4]string{
			"f4a8712d7a061bf5bd6d2ca38dc4d50a", "9018921c3c673c538a1fc5bad174d6f9",
			"8181f5470baa50b63fa0f6fddb340f0a", "15d484375f8d13e6eb1aabb0c3f46965",
		}},
	} {
		set, err := Open(source)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(set.Classes, " "); set.Name != source || got != want.classes {
			t.Errorf("%s is named %s and has the classes %s", source, set.Name, got)
		}
		if set.Train.Len() != 60000 || set.Test.Len() != 10000 || set.Train.Features() != 784 {
			t.Errorf("%s: %d and %d images of %d pixels", source, set.Train.Len(), set.Test.Len(), set.Train.Features())
		}
		for i, part := range []*dataset.Images{set.Train, set.Test} {
			images := digest(3, part.Pixels, part.Len(), part.Rows, part.Cols)
			labels := digest(1, part.Labels, part.Len())
			if images != want.digests[2*i] || labels != want.digests[2*i+1] {
				t.Errorf("%s: the MD5 digests of part %d are %s and %s", source, i, images, labels)
			}
		}
	}
}

// digest returns the MD5 digest of the IDX file with the given dimensions and
// content.
func digest(kind byte, content []byte, dimensions ...int) string {
	file := []byte{0, 0, 8, kind}
	for _, d := range dimensions {
		file = binary.BigEndian.AppendUint32(file, uint32(d))
	}
	sum := md5.Sum(append(file, content...))
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
