package dataset

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/pkg/errors"

	"optlab/internal/check"
)

// inflating returns the size of the gzip file of what parts write, to which it
// gives the name of a file of a set beside sound others in a new folder.
func inflating(t *testing.T, name string, header []byte, zeros int) (dir string, size int) {
	t.Helper()
	var file bytes.Buffer
	w, err := gzip.NewWriterLevel(&file, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(header); err != nil {
		t.Fatal(err)
	}
	for block := make([]byte, 1<<20); zeros > 0; zeros -= len(block) {
		if _, err := w.Write(block[:min(zeros, len(block))]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	files := tinyFiles()
	files[name] = file.Bytes()
	dir = t.TempDir()
	writeFiles(t, dir, files)
	return dir, file.Len()
}

// What a gzip file of zeros inflates to, a thousand times its size, is taken
// only as far as its IDX header, the labels and its own size vouch for it.
func TestGzipBombs(t *testing.T) {
	const many = 80 << 20
	for name, c := range map[string]struct {
		file   string
		header []byte
		want   error
		part   string
	}{
		"more than declared": {fileNames[0], encodeIDX(magicImages, []int{3, 2, 2}, nil), ErrTrailing, "more after the content of 12 bytes"},
		"more images than labels": {fileNames[0], encodeIDX(magicImages, []int{many / 4, 2, 2}, nil),
			ErrCountMismatch, "20971520 images for 3 labels"},
		"large images": {fileNames[0], encodeIDX(magicImages, []int{3, many / 3, 1}, nil), ErrDimensions, "unpack it"},
		"labels":       {fileNames[1], encodeIDX(magicLabels, []int{many}, nil), ErrDimensions, "unpack it"},
	} {
		dir, size := inflating(t, c.file, c.header, many)
		var err error
		took := check.Allocated(func() { _, err = Open(dir) })
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.part) || !strings.Contains(err.Error(), c.file) {
			t.Errorf("%s: %v, want %q", name, err, c.part)
		}
		if limit := uint64(2*reserveFactor*size + 8*readBuffer + fuzzSlack); took > limit {
			t.Errorf("%s: %d bytes made opening take %d bytes of memory, more than %d", name, size, took, limit)
		}
	}
}

// Zeros that are images, as many as labels, are a set: the bound is for what no
// file of its size can hold, not for what is compressed well.
func TestGzippedZeros(t *testing.T) {
	dir, size := inflating(t, fileNames[0], encodeIDX(magicImages, []int{3, 2, 1 << 20}, nil), 6<<20)
	files := tinyFiles()
	files[fileNames[2]] = encodeIDX(magicImages, []int{2, 2, 1 << 20}, make([]byte, 4<<20))
	writeFiles(t, dir, map[string][]byte{fileNames[2]: files[fileNames[2]]})
	set, err := Open(dir)
	if err != nil || set.Train.Len() != 3 || len(set.Train.Pixels) != 6<<20 || size > 1<<16 {
		t.Errorf("%d bytes: %v", size, err)
	}
}

// A label file of another count is found before any pixel is inflated.
func TestCountsBeforePixels(t *testing.T) {
	var read countingReader
	file := gzipped(t, append(encodeIDX(magicImages, []int{4, 1 << 20, 2}, nil), make([]byte, 8<<20)...))
	err := readIDX(bytes.NewReader(file), int64(len(file)), func(r io.Reader, b bounds) error {
		read.r = r
		b.count = 3
		_, _, _, err := decodeImages(&read, b)
		return err
	})
	if !errors.Is(err, ErrCountMismatch) || read.n != 16 {
		t.Errorf("read %d bytes, %v", read.n, err)
	}
}

// Each way in which something follows is said for what it is.
func TestTrailingBytes(t *testing.T) {
	images := imagesFile(2, 2, 2)
	for want, file := range map[string][]byte{
		"there is more after the content of 8 bytes": gzipped(t, append(imagesFile(2, 2, 2), 0)),
		"bytes follow the end of the gzip data":      append(gzipped(t, images), "\x00\x00"...),
	} {
		dir := t.TempDir()
		files := tinyFiles()
		files[fileNames[2]] = file
		writeFiles(t, dir, files)
		_, err := Open(dir)
		if !errors.Is(err, ErrTrailing) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	// The members of a gzip file are its parts, wherever they meet.
	whole := gzipped(t, images)
	for cut := range images {
		parts := append(gzipped(t, images[:cut]), gzipped(t, images[cut:])...)
		var pixels []byte
		err := readIDX(bytes.NewReader(parts), int64(len(parts)), func(r io.Reader, b bounds) (err error) {
			pixels, _, _, err = decodeImages(r, b)
			return err
		})
		if err != nil || !bytes.Equal(pixels, images[16:]) {
			t.Errorf("cut after byte %d of %d: %v", cut, len(whole), err)
		}
	}
}

// A name of any length fits the message.
func TestLongNames(t *testing.T) {
	long := strings.Repeat("x", 5<<20)
	if _, err := Open(long); err == nil || len(err.Error()) > 1500 {
		t.Errorf("an error of %d bytes", len(err.Error()))
	}
	dir := t.TempDir()
	files := tinyFiles()
	files[classesFile] = []byte(strings.Repeat("x", 60000) + "\x01\n")
	writeFiles(t, dir, files)
	if _, err := Open(dir); err == nil || len(err.Error()) > 500 || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("an error of %d bytes: %.600v", len(err.Error()), err)
	}
}
