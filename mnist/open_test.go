package mnist

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/pkg/errors"
)

// The MD5 digests of the original files, decompressed, in the order of fileNames.
func TestEmbeddedSetsAreTheOriginals(t *testing.T) {
	classes := map[string]string{
		"mnist":   "0 1 2 3 4 5 6 7 8 9",
		"fashion": "T-shirt/top Trouser Pullover Dress Coat Sandal Shirt Sneaker Bag Ankle boot",
	}
	for source, want := range map[string][4]string{
		"mnist": {
			"6bbc9ace898e44ae57da46a324031adb", "a25bea736e30d166cdddb491f175f624",
			"2646ac647ad5339dbf082846283269ea", "27ae3e4e09519cfbb04c329615203637",
		},
		"fashion": {
			"f4a8712d7a061bf5bd6d2ca38dc4d50a", "9018921c3c673c538a1fc5bad174d6f9",
			"8181f5470baa50b63fa0f6fddb340f0a", "15d484375f8d13e6eb1aabb0c3f46965",
		},
	} {
		ds, err := Open(source)
		if err != nil {
			t.Fatal(err)
		}
		if ds.Name != source {
			t.Errorf("%s is named %s", source, ds.Name)
		}
		if got := strings.Join(ds.Classes, " "); got != classes[source] {
			t.Errorf("%s: classes %s", source, got)
		}
		if ds.Train.Len() != 60000 || ds.Test.Len() != 10000 || ds.Train.Features() != 784 {
			t.Errorf("%s: %d and %d images of %d pixels", source, ds.Train.Len(), ds.Test.Len(), ds.Train.Features())
		}
		for i, set := range []*Set{ds.Train, ds.Test} {
			for j, file := range [][]byte{
				encodeIDX(magicImages, []int{set.Len(), set.Rows, set.Cols}, set.Images),
				encodeIDX(magicLabels, []int{set.Len()}, set.Labels),
			} {
				sum := md5.Sum(file)
				if got := hex.EncodeToString(sum[:]); got != want[2*i+j] {
					t.Errorf("%s: %s has MD5 %s, want %s", source, fileNames[2*i+j], got, want[2*i+j])
				}
			}
		}
	}
}

func TestImageIsPartOfTheSet(t *testing.T) {
	set := numberedSet(5)
	if got := set.Image(3); !bytes.Equal(got, []byte{3, 6}) || cap(got) != 2 {
		t.Errorf("image 3 is %v with capacity %d", got, cap(got))
	}
}

// tinyFiles are the files of a data set of 3 and 2 images of 2×2 pixels.
func tinyFiles() map[string][]byte {
	return map[string][]byte{
		fileNames[0]: imagesFile(3, 2, 2), fileNames[1]: labelsFile(7, 8, 9),
		fileNames[2]: imagesFile(2, 2, 2), fileNames[3]: labelsFile(0, 1),
	}
}

func checkTiny(t *testing.T, dir string) {
	t.Helper()
	ds, err := Open(dir)
	if err != nil {
		t.Error(err)
		return
	}
	if !bytes.Equal(ds.Train.Labels, []byte{7, 8, 9}) || !bytes.Equal(ds.Test.Labels, []byte{0, 1}) ||
		!bytes.Equal(ds.Train.Image(2), []byte{8, 9, 10, 11}) || !bytes.Equal(ds.Test.Image(1), []byte{4, 5, 6, 7}) ||
		ds.Classes[9] != "9" || ds.Train.Rows != 2 || ds.Test.Cols != 2 {
		t.Errorf("%s: got %+v, train %+v, test %+v", dir, ds, ds.Train, ds.Test)
	}
}

func TestOpenFolder(t *testing.T) {
	zipped, misnamed, mixed := map[string][]byte{}, map[string][]byte{}, tinyFiles()
	for name, content := range tinyFiles() {
		zipped[name+".gz"] = gzipped(t, content)
		misnamed[name+".gz"] = content // plain in spite of its name
	}
	mixed[fileNames[0]] = gzipped(t, mixed[fileNames[0]]) // gzipped in spite of its name
	both := tinyFiles()
	for name := range zipped {
		both[name] = []byte("an unfinished download") // the plain file comes first
	}
	for name, files := range map[string]map[string][]byte{
		"plain": tinyFiles(), "zipped": zipped, "misnamed": misnamed, "mixed": mixed, "both": both,
	} {
		for _, sub := range subfolders {
			dir := filepath.Join(t.TempDir(), name)
			writeFiles(t, filepath.Join(dir, sub), files)
			checkTiny(t, dir)
		}
	}
}

// A folder's own files come before those of its subfolders; among subfolders
// there is no choosing.
func TestOpenFolderWithSeveralSets(t *testing.T) {
	dir := t.TempDir()
	mnist, fashion := filepath.Join(dir, "MNIST", "raw"), filepath.Join(dir, "FashionMNIST", "raw")
	writeFiles(t, mnist, tinyFiles())
	writeFiles(t, fashion, tinyFiles())
	_, err := Open(dir)
	if err == nil || !strings.Contains(err.Error(), mnist) || !strings.Contains(err.Error(), fashion) {
		t.Errorf("two subfolders: got %v", err)
	}
	checkTiny(t, fashion)
	writeFiles(t, dir, tinyFiles())
	checkTiny(t, dir)
}

func TestOpenFolderErrors(t *testing.T) {
	image, label := fileNames[2], fileNames[3]
	corrupt := gzipped(t, imagesFile(2, 2, 2))
	corrupt[len(corrupt)-8] ^= 1 // the checksum
	invalid := gzipped(t, imagesFile(2, 2, 2))
	invalid[10] |= 6 // the first byte of deflate data: a block of a kind that does not exist
	zip := gzipped(t, imagesFile(2, 2, 2))
	for name, c := range map[string]struct {
		file    string
		content []byte
		want    error
	}{
		"truncated":           {image, imagesFile(2, 2, 2)[:20], ErrTruncated},
		"trailing":            {image, append(imagesFile(2, 2, 2), 1), ErrTrailing},
		"fewer images":        {image, imagesFile(1, 2, 2), ErrCountMismatch},
		"more labels":         {label, labelsFile(1, 2, 3), ErrCountMismatch},
		"fewer train labels":  {fileNames[1], labelsFile(1, 2), ErrCountMismatch},
		"another height":      {image, imagesFile(2, 4, 2), ErrDimensions},
		"another width":       {image, imagesFile(2, 2, 4), ErrDimensions},
		"images as labels":    {label, imagesFile(2, 2, 2), ErrBadMagic},
		"eleventh class":      {label, labelsFile(1, 10), ErrLabelRange},
		"gzip: checksum":      {image, corrupt, gzip.ErrChecksum},
		"gzip: block":         {image, invalid, flate.CorruptInputError(1)},
		"gzip: no header":     {image, zip[:2], ErrTruncated},
		"gzip: bad header":    {image, []byte("\x1f\x8b123456789"), gzip.ErrHeader},
		"gzip: half":          {image, zip[:len(zip)/2], ErrTruncated},
		"gzip: half checksum": {image, zip[:len(zip)-6], ErrTruncated},
		"gzip: garbage after": {image, append(gzipped(t, imagesFile(2, 2, 2)), "garbage after"...), gzip.ErrHeader},
		"gzip: second member": {image, append(gzipped(t, imagesFile(2, 2, 2)), gzipped(t, []byte{1})...), ErrTrailing},
		"gzip: truncated IDX": {image, gzipped(t, imagesFile(2, 2, 2)[:20]), ErrTruncated},
	} {
		dir := t.TempDir()
		files := tinyFiles()
		files[c.file] = c.content
		writeFiles(t, dir, files)
		ds, err := Open(dir)
		if !errors.Is(err, c.want) || ds != nil {
			t.Errorf("%s: got %v, %v; want %v", name, ds, err, c.want)
			continue
		}
		if msg := err.Error(); !strings.Contains(msg, filepath.Join(dir, c.file)) || strings.ContainsRune(msg, '\n') {
			t.Errorf("%s: does not name the file in one line: %v", name, err)
		}
	}
}

func TestOpenMissingFileListsWhatWasTried(t *testing.T) {
	for _, lacking := range fileNames {
		for _, sub := range subfolders {
			dir := t.TempDir()
			files := tinyFiles()
			maps.DeleteFunc(files, func(name string, _ []byte) bool { return name == lacking })
			writeFiles(t, filepath.Join(dir, sub), files)
			checkListsTried(t, dir, lacking)
		}
	}
	empty := t.TempDir()
	checkListsTried(t, empty, fileNames[0])
	writeFiles(t, filepath.Join(empty, fileNames[0]), nil) // a folder is not a file
	checkListsTried(t, empty, fileNames[0])
}

func checkListsTried(t *testing.T, dir, lacking string) {
	t.Helper()
	_, err := Open(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is missing: %v", lacking, err)
		return
	}
	for _, sub := range subfolders {
		path := filepath.Join(dir, sub, lacking)
		if n := strings.Count(err.Error(), path); n != 2 || !strings.Contains(err.Error(), path+".gz") {
			t.Errorf("%s and its .gz are not listed: %v", path, err)
		}
	}
}

func TestOpenNoFolder(t *testing.T) {
	dir := t.TempDir()
	for _, source := range []string{filepath.Join(dir, "nowhere"), "", "MNIST"} {
		if _, err := Open(source); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), source) {
			t.Errorf("%q: got %v", source, err)
		}
	}
	writeFiles(t, dir, map[string][]byte{"file": {1}})
	if _, err := Open(filepath.Join(dir, "file")); err == nil || !strings.Contains(err.Error(), "is a file") {
		t.Errorf("a file: got %v", err)
	}
}

func TestFolderNameIsSafe(t *testing.T) {
	for dir, want := range map[string]string{
		"/x/letters": "letters", "/x/letters/": "letters", "/x/My set (2)": "My_set__2_",
		"/x/.hidden": "hidden", "/x/...": "data", "/": "_", "/x/../Größe-1.0": "Größe-1.0", "/x/a:b\n": "a_b_",
	} {
		if got := folderName(dir); got != want {
			t.Errorf("folderName(%q) = %q, want %q", dir, got, want)
		}
	}
	t.Chdir(t.TempDir())
	if got := folderName("."); got == "data" || strings.ContainsAny(got, "./") {
		t.Errorf("folderName(.) = %q", got)
	}
}

// A gzip bomb is not inflated beyond what its IDX header declares.
func TestGzipBomb(t *testing.T) {
	const inflated = 16 << 20
	bomb := gzipped(t, append(imagesFile(1, 2, 2), make([]byte, inflated)...))
	var read countingReader
	var err error
	took := allocated(func() {
		err = readIDX(bytes.NewReader(bomb), reserveFactor*len(bomb), func(r io.Reader, reserve int) error {
			read.r = r
			_, _, _, err := decodeImages(&read, reserve)
			return err
		})
	})
	if !errors.Is(err, ErrTrailing) || read.n != 16+4+1 {
		t.Errorf("read %d bytes, %v", read.n, err)
	}
	if took > 1<<20 {
		t.Errorf("took %d bytes of memory", took)
	}
}

// The memory for a hostile file follows its size, not its header.
func TestOpenMemoryFollowsFileSize(t *testing.T) {
	files := tinyFiles()
	hostile := encodeIDX(magicImages, []int{maxContent, 1, 1}, make([]byte, 100<<10))
	files[fileNames[0]] = hostile
	dir := t.TempDir()
	writeFiles(t, dir, files)
	var err error
	took := allocated(func() { _, err = Open(dir) })
	if limit := uint64(2*reserveFactor*len(hostile) + 4*readBuffer + 1<<20); !errors.Is(err, ErrTruncated) || took > limit {
		t.Errorf("took %d bytes of memory, at most %d were due; %v", took, limit, err)
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
