package dataset

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"optlab/internal/check"
)

// fuzzSlack covers readers' buffers, and what the fuzzing engine takes
// meanwhile.
const fuzzSlack = 2 << 20

// addFiles adds sound and damaged files as seeds.
func addFiles(f *testing.F, wrap func([]byte) []byte) {
	for _, file := range [][]byte{
		imagesFile(2, 3, 4), imagesFile(1, 1, 1), labelsFile(1, 2, 9), labelsFile(10), labelsFile(),
		append(imagesFile(1, 2, 2), 0), imagesFile(1, 2, 2)[:17], {},
		encodeIDX(magicImages, []int{1 << 20, 1 << 10, 1}, []byte{1}),
		encodeIDX(magicImages, []int{1 << 22, 1 << 21, 1 << 21}, nil),
	} {
		f.Add(wrap(file))
	}
}

// checkFailure fails the test if err is not a sentinel of decoding.
func checkFailure(t *testing.T, err error) {
	t.Helper()
	for _, want := range []error{ErrBadMagic, ErrDimensions, ErrTruncated, ErrTrailing} {
		if errors.Is(err, want) {
			return
		}
	}
	t.Errorf("not a sentinel: %v", err)
}

func FuzzDecodeImages(f *testing.F) {
	addFiles(f, func(file []byte) []byte { return file })
	f.Fuzz(func(t *testing.T, file []byte) {
		var pixels []byte
		var rows, cols int
		var err error
		took := check.Allocated(func() { pixels, rows, cols, err = decodeImages(bytes.NewReader(file), bounds{}) })
		if limit := uint64(4*len(file) + minReserve + fuzzSlack); took > limit {
			t.Errorf("%d bytes made decoding take %d", len(file), took)
		}
		if err != nil {
			checkFailure(t, err)
		} else if again := encodeIDX(magicImages, []int{len(pixels) / (rows * cols), rows, cols}, pixels); !bytes.Equal(again, file) {
			t.Errorf("%x decodes as %x", file, again)
		}

		// Whatever the input, it is the pixels of some images.
		rows = 1 + len(file)%5
		n := len(file) / rows
		if n == 0 {
			return
		}
		want := file[:n*rows]
		pixels, gotRows, gotCols, err := decodeImages(bytes.NewReader(encodeIDX(magicImages, []int{n, rows, 1}, want)), bounds{})
		if err != nil || gotRows != rows || gotCols != 1 || !bytes.Equal(pixels, want) {
			t.Errorf("%d images of %d×1 come back as %d bytes of %d×%d, %v", n, rows, len(pixels), gotRows, gotCols, err)
		}
	})
}

func FuzzDecodeLabels(f *testing.F) {
	addFiles(f, func(file []byte) []byte { return file })
	f.Fuzz(func(t *testing.T, file []byte) {
		var labels []byte
		var err error
		took := check.Allocated(func() { labels, err = decodeLabels(bytes.NewReader(file), bounds{}) })
		if limit := uint64(4*len(file) + minReserve + fuzzSlack); took > limit {
			t.Errorf("%d bytes made decoding take %d", len(file), took)
		}
		if err != nil {
			checkFailure(t, err)
		} else if !bytes.Equal(labelsFile(labels...), file) {
			t.Errorf("%x decodes as %x", file, labels)
		}

		// Any input is a list of labels.
		got, err := decodeLabels(bytes.NewReader(labelsFile(file...)), bounds{})
		if len(file) > 0 && (err != nil || !bytes.Equal(got, file)) {
			t.Errorf("%v comes back as %v, %v", file, got, err)
		}
	})
}

// readLabelsFile reads file as Open does, and counts what it inflates to.
func readLabelsFile(file []byte) (labels []byte, inflated int, err error) {
	err = readIDX(bytes.NewReader(file), int64(len(file)), func(r io.Reader, b bounds) (err error) {
		counted := &countingReader{r: r}
		labels, err = decodeLabels(counted, b)
		inflated = counted.n
		return err
	})
	return labels, inflated, err
}

func FuzzReadFile(f *testing.F) {
	addFiles(f, func(file []byte) []byte { return file })
	addFiles(f, func(file []byte) []byte { return gzipped(f, file) })
	f.Fuzz(func(t *testing.T, file []byte) {
		var labels []byte
		var inflated int
		var err error
		took := check.Allocated(func() { labels, inflated, err = readLabelsFile(file) })
		if limit := uint64(reserveFactor*len(file) + 4*inflated + readBuffer + fuzzSlack); took > limit {
			t.Errorf("%d bytes, inflated to %d, made reading take %d", len(file), inflated, took)
		}
		if err == nil && len(labels)+8 != inflated {
			t.Errorf("%d labels from %d bytes", len(labels), inflated)
		}

		// Gzipping a plain file changes neither its labels nor what is wrong
		// with it, but that a gzip file may not declare as much.
		if bytes.HasPrefix(file, []byte("\x1f\x8b")) {
			return
		}
		again, _, zipErr := readLabelsFile(gzipped(t, file))
		if errors.Is(err, ErrTruncated) && errors.Is(zipErr, ErrDimensions) && strings.Contains(zipErr.Error(), "unpack it") {
			return
		}
		if !bytes.Equal(again, labels) || (err == nil) != (zipErr == nil) ||
			err != nil && err.Error() != zipErr.Error() {
			t.Errorf("plain: %v, %v; gzipped: %v, %v", labels, err, again, zipErr)
		}
	})
}

func FuzzClasses(f *testing.F) {
	for _, text := range []string{"a\nb\n", "a\r\nb", "\n", "", "a\n\nb", "\xff\n", "élan\n", "a\tb\n", strings.Repeat("a\n", 300)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		names, err := parseClasses("classes.txt", text)
		if err != nil {
			if names != nil || len(err.Error()) > 600 || strings.ContainsRune(err.Error(), '\n') {
				t.Errorf("%q beside the error %v", names, err)
			}
			return
		}
		// What is accepted is names that a file of them brings back.
		again, err := parseClasses("classes.txt", strings.Join(names, "\n"))
		if err != nil || !slices.Equal(again, names) || len(names) == 0 || len(names) > mostClasses {
			t.Errorf("%q is read as %q, then as %q, %v", text, names, again, err)
		}
	})
}
