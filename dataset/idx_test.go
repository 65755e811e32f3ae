package dataset

import (
	"bytes"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/pkg/errors"

	"optlab/internal/check"
)

// countingReader counts the bytes it delivers.
type countingReader struct {
	r io.Reader
	n int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

// zeros is a reader without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestDecodeImages(t *testing.T) {
	pixels, rows, cols, err := decodeImages(bytes.NewReader(imagesFile(3, 2, 4)), bounds{})
	if err != nil || rows != 2 || cols != 4 || len(pixels) != 24 || pixels[23] != 23 {
		t.Errorf("got %v of %d×%d, %v", pixels, rows, cols, err)
	}
}

// Content beyond what is reserved at once arrives whole as well.
func TestDecodeLargeContent(t *testing.T) {
	for _, n := range []int{minReserve - 1, minReserve, minReserve + 1, 3*minReserve + 7} {
		for _, reserve := range []int{0, n / 2, n, 2 * n} {
			file := imagesFile(n, 1, 1)
			pixels, _, _, err := decodeImages(bytes.NewReader(file), bounds{reserve: reserve})
			if err != nil || !bytes.Equal(pixels, file[16:]) {
				t.Errorf("%d bytes, %d reserved: %d bytes, %v", n, reserve, len(pixels), err)
			}
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	images, labels := imagesFile(2, 3, 4), labelsFile(1, 2, 9)
	header := func(dims ...int) []byte { return encodeIDX(magicImages, dims, make([]byte, 64)) }
	const most = math.MaxUint32
	for name, c := range map[string]struct {
		file   []byte
		labels bool
		want   error
	}{
		"labels as images":      {file: labels, want: ErrBadMagic},
		"images as labels":      {file: images, labels: true, want: ErrBadMagic},
		"text":                  {file: []byte("<html>not found"), want: ErrBadMagic},
		"four wrong bytes":      {file: []byte("abcd"), want: ErrBadMagic},
		"empty":                 {file: nil, want: ErrTruncated},
		"half a magic number":   {file: images[:2], want: ErrTruncated},
		"half a header":         {file: images[:15], want: ErrTruncated},
		"header only":           {file: images[:16], want: ErrTruncated},
		"one byte short":        {file: images[:len(images)-1], want: ErrTruncated},
		"labels one short":      {file: labels[:len(labels)-1], labels: true, want: ErrTruncated},
		"one byte more":         {file: append(imagesFile(2, 3, 4), 0), want: ErrTrailing},
		"a label more":          {file: append(labelsFile(1), 0), labels: true, want: ErrTrailing},
		"no images":             {file: header(0, 28, 28), want: ErrDimensions},
		"no rows":               {file: header(1, 0, 28), want: ErrDimensions},
		"no columns":            {file: header(1, 28, 0), want: ErrDimensions},
		"no labels":             {file: labelsFile(), labels: true, want: ErrDimensions},
		"4 billion images":      {file: header(most, 28, 28), want: ErrDimensions},
		"product over 2³¹":      {file: header(1<<11, 1<<10, 1<<10), want: ErrDimensions},
		"product over 2⁶⁴":      {file: header(most, most, most), want: ErrDimensions},
		"product wraps to zero": {file: header(1<<22, 1<<21, 1<<21), want: ErrDimensions},
		"product wraps to 2¹⁶":  {file: header(1<<16+1, 1<<16, 1<<31), want: ErrDimensions},
		"huge, then zero":       {file: header(most, most, 0), want: ErrDimensions},
	} {
		var content []byte
		var err error
		if c.labels {
			content, err = decodeLabels(bytes.NewReader(c.file), bounds{})
		} else {
			content, _, _, err = decodeImages(bytes.NewReader(c.file), bounds{})
		}
		if !errors.Is(err, c.want) || content != nil {
			t.Errorf("%s: got %d bytes, %v; want %v", name, len(content), err, c.want)
		}
		if err != nil && strings.ContainsRune(err.Error(), '\n') {
			t.Errorf("%s: more than one line: %v", name, err)
		}
	}
}

// An error of the reader itself is passed on, wherever it strikes.
func TestDecodePassesReadErrorsOn(t *testing.T) {
	broken := errors.New("broken cable")
	file := imagesFile(2, 3, 4)
	for _, n := range []int{0, 10, 16, 20, len(file)} {
		r := io.MultiReader(bytes.NewReader(file[:n]), iotest.ErrReader(broken))
		if _, _, _, err := decodeImages(r, bounds{}); !errors.Is(err, broken) {
			t.Errorf("broken after %d bytes: %v", n, err)
		}
	}
}

// A header alone must not make decoding take the memory it asks for.
func TestDecodeMemoryFollowsContent(t *testing.T) {
	const slack = 64 << 10
	for name, file := range map[string][]byte{
		"16 bytes, 4 billion images": encodeIDX(magicImages, []int{math.MaxUint32, 28, 28}, nil),
		"16 bytes, 2 GiB":            encodeIDX(magicImages, []int{maxContent, 1, 1}, nil),
		"100 KiB, 2 GiB":             encodeIDX(magicImages, []int{1, maxContent, 1}, make([]byte, 100<<10)),
	} {
		var err error
		took := check.Allocated(func() { _, _, _, err = decodeImages(bytes.NewReader(file), bounds{}) })
		if limit := uint64(minReserve + 4*len(file) + slack); err == nil || took > limit {
			t.Errorf("%s: took %d bytes of memory, at most %d were due; %v", name, took, limit, err)
		}
	}
}

// What follows the declared content is not read, but for the byte that proves
// it.
func TestDecodeReadsOneByteBeyond(t *testing.T) {
	file := imagesFile(2, 3, 4)
	r := &countingReader{r: io.MultiReader(bytes.NewReader(file), zeros{})}
	if _, _, _, err := decodeImages(r, bounds{}); !errors.Is(err, ErrTrailing) {
		t.Errorf("got %v", err)
	}
	if r.n != len(file)+1 {
		t.Errorf("read %d bytes of a file of %d", r.n, len(file))
	}
}
