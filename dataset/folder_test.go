package dataset

import (
	"bytes"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/pkg/errors"

	"optlab/internal/check"
)

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
		strings.Join(ds.Classes, "") != "0123456789" || ds.Train.Rows != 2 || ds.Test.Cols != 2 {
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
		"gzip: checksum":      {image, corrupt, gzip.ErrChecksum},
		"gzip: block":         {image, invalid, flate.CorruptInputError(1)},
		"gzip: no header":     {image, zip[:2], ErrTruncated},
		"gzip: bad header":    {image, []byte("\x1f\x8b123456789"), gzip.ErrHeader},
		"gzip: half":          {image, zip[:len(zip)/2], ErrTruncated},
		"gzip: half checksum": {image, zip[:len(zip)-6], ErrTruncated},
		"gzip: garbage after": {image, append(gzipped(t, imagesFile(2, 2, 2)), "garbage after"...), ErrTrailing},
		"gzip: a byte after":  {image, append(gzipped(t, imagesFile(2, 2, 2)), 0), ErrTrailing},
		"gzip: half a member": {image, append(gzipped(t, imagesFile(2, 2, 2)), zip[:4]...), ErrTruncated},
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
	for _, source := range []string{filepath.Join(dir, "nowhere"), ""} {
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

// The memory for a hostile file follows its size, not its header.
func TestOpenMemoryFollowsFileSize(t *testing.T) {
	files := tinyFiles()
	hostile := encodeIDX(magicImages, []int{3, maxContent / 3, 1}, make([]byte, 100<<10))
	files[fileNames[0]] = hostile
	dir := t.TempDir()
	writeFiles(t, dir, files)
	var err error
	took := check.Allocated(func() { _, err = Open(dir) })
	if limit := uint64(2*reserveFactor*len(hostile) + 4*readBuffer + 1<<20); !errors.Is(err, ErrTruncated) || took > limit {
		t.Errorf("took %d bytes of memory, at most %d were due; %v", took, limit, err)
	}
}

// A set has the classes that its labels ask for, or that classes.txt names.
func TestClasses(t *testing.T) {
	labels := func(train, test []byte) map[string][]byte {
		files := tinyFiles()
		files[fileNames[1]], files[fileNames[3]] = labelsFile(train...), labelsFile(test...)
		return files
	}
	for name, c := range map[string]struct {
		train, test []byte
		names       string // of classes.txt
		classes     string
		first       byte // of the training labels
	}{
		"from 0":                  {[]byte{0, 46, 3}, []byte{1, 2}, "", "0 1 2 3 4", 0},
		"from 1":                  {[]byte{1, 26, 3}, []byte{1, 2}, "", "1 2 3 4 5", 0},
		"from 1, but for a test":  {[]byte{1, 26, 3}, []byte{0, 2}, "", "0 1 2 3 4", 1},
		"named":                   {[]byte{2, 1, 0}, []byte{0, 2}, "\ufeffax\nbee cat\r\nélan\n", "ax bee cat élan", 2},
		"named, from 1":           {[]byte{3, 1, 2}, []byte{1, 2}, "a\nb\nc", "a b c", 2},
		"named, the last missing": {[]byte{1, 1, 2}, []byte{1, 2}, "a\nb\nc", "a b c", 1},
	} {
		dir := t.TempDir()
		files := labels(c.train, c.test)
		if c.names != "" {
			files[classesFile] = []byte(c.names)
		}
		writeFiles(t, dir, files)
		set, err := Open(dir)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := strings.Join(set.Classes[:min(5, len(set.Classes))], " ")
		if got != c.classes || set.Train.Labels[0] != c.first {
			t.Errorf("%s: %d classes %s…, the first label is %d", name, len(set.Classes), got, set.Train.Labels[0])
		}
		if want := int(slices.Max(c.train)-c.train[0]+c.first) + 1; c.names == "" && len(set.Classes) != want {
			t.Errorf("%s: %d classes, want %d", name, len(set.Classes), want)
		}
	}
	for name, c := range map[string]struct{ names, want string }{
		"too few":     {"a\nb\n", "a label 9, but names of 2 classes"},
		"an empty":    {"a\n\nb\n", "line 2"},
		"no text":     {"a\n\xff\n", "line 2"},
		"many":        {strings.Repeat("a\n", 257), "257 lines"},
		"a large one": {strings.Repeat("a", 65<<10), "more than the 65536 that it can have"},
	} {
		dir := t.TempDir()
		files := tinyFiles()
		files[classesFile] = []byte(c.names)
		writeFiles(t, dir, files)
		if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), dir) || errors.Is(err, ErrLabelRange) != (name == "too few") {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}
