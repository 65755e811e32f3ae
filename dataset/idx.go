package dataset

import (
	"encoding/binary"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/pkg/errors"
)

// What can be wrong with an IDX file. Errors of this package wrap these with
// the file and the offending values; test for them with errors.Is.
var (
	// ErrBadMagic: the file is not IDX, or holds labels instead of images.
	ErrBadMagic = errors.New("not the expected IDX file; check that images, labels and their names were not mixed up")
	// ErrDimensions: a dimension is zero, the content would exceed 2 GiB, or
	// training and test images differ in size.
	ErrDimensions = errors.New("unusable image count or size; use a data set of equally sized images below 2 GiB")
	// ErrTruncated: the file ends before the content its header declares.
	ErrTruncated = errors.New("the file ends too early; fetch it again")
	// ErrTrailing: the file goes on after the content its header declares.
	ErrTrailing = errors.New("the file holds more than its header declares; fetch it again")
	// ErrCountMismatch: there are not as many labels as images.
	ErrCountMismatch = errors.New("images and labels do not belong together; take both from the same data set")
	// ErrLabelRange: a label has no class.
	ErrLabelRange = errors.New("labels and classes do not belong together; name every class")
)

// errAfterGzip is what reading a gzip file says where something else follows.
var errAfterGzip = errors.New("bytes follow the end of the gzip data")

// An IDX file is big-endian: a magic number, a uint32 per dimension, the
// content in C order. The third byte of the magic number is the type of the
// content (8: unsigned bytes), the fourth the number of dimensions.
const (
	magicLabels = 0x00000801
	magicImages = 0x00000803
)

const (
	// maxContent bounds what a header may declare, so that sizes fit an int.
	maxContent = 1<<31 - 1
	// minReserve is what decoding takes at once without knowing the file's
	// size.
	minReserve = 64 << 10
)

// bounds are what decoding a file may take.
type bounds struct {
	reserve int   // bytes of memory at once; beyond them it grows with what is read
	most    int64 // bytes of content, 0: as many as there may ever be
	count   int   // items that there must be, 0: any number
}

// decodeImages reads an uncompressed IDX file of images to its end and returns
// the pixels, image after image, and the size of an image; there are
// len(pixels)/(rows·cols) ≥ 1 images. Memory grows with what r delivers, not
// with what its header declares, but for what b reserves; r is read at most one
// byte beyond what is declared.
//
// Errors: ErrBadMagic, ErrDimensions, ErrCountMismatch, ErrTruncated,
// ErrTrailing, or r's own. All but the last two are found in the header.
func decodeImages(r io.Reader, b bounds) (pixels []byte, rows, cols int, err error) {
	var dims [3]int
	if pixels, err = decode(r, magicImages, dims[:], b); err != nil {
		return nil, 0, 0, err
	}
	return pixels, dims[1], dims[2], nil
}

// decodeLabels reads an uncompressed IDX file of labels, as decodeImages does,
// and returns at least one label.
func decodeLabels(r io.Reader, b bounds) ([]byte, error) {
	var dims [1]int
	return decode(r, magicLabels, dims[:], b)
}

// decode reads a whole IDX file of the given magic number, fills in dims and
// returns the content.
func decode(r io.Reader, magic uint32, dims []int, b bounds) ([]byte, error) {
	size, err := decodeHeader(r, magic, dims)
	if err != nil {
		return nil, err
	}
	if b.count > 0 && dims[0] != b.count {
		return nil, errors.Wrapf(ErrCountMismatch, "%d images for %d labels", dims[0], b.count)
	}
	if b.most > 0 && int64(size) > b.most {
		return nil, errors.Wrapf(ErrDimensions, "the header declares %d bytes, more than the %d that a gzip file of this size may hold: unpack it if they are right", size, b.most)
	}
	content, err := readContent(r, size, b.reserve)
	if err != nil {
		return nil, err
	}
	// Reaching the end is also what makes a gzip reader verify its checksum.
	switch n, err := io.ReadFull(r, make([]byte, 1)); {
	case n > 0:
		return nil, errors.Wrapf(ErrTrailing, "there is more after the content of %d bytes", size)
	case err != io.EOF:
		return nil, readError(err, "after the content of %d bytes", size)
	}
	return content, nil
}

// decodeHeader fills in dims and returns their product, the size of the content
// in bytes.
func decodeHeader(r io.Reader, magic uint32, dims []int) (size int, err error) {
	header := make([]byte, 4+4*len(dims))
	n, err := io.ReadFull(r, header)
	if got := binary.BigEndian.Uint32(header); n >= 4 && got != magic {
		return 0, errors.Wrapf(ErrBadMagic, "magic number %#08x instead of %#08x", got, magic)
	}
	if err != nil {
		return 0, readError(err, "header: %d of %d bytes", n, len(header))
	}
	declared := make([]uint32, len(dims))
	for i := range declared {
		declared[i] = binary.BigEndian.Uint32(header[4+4*i:])
	}
	product := uint64(1)
	for i, d := range declared {
		product *= uint64(d) // below 2³¹ · 2³²: no overflow
		if product == 0 || product > maxContent {
			return 0, errors.Wrapf(ErrDimensions, "the header declares %d", declared)
		}
		dims[i] = int(d)
	}
	return int(product), nil
}

// readContent reads n bytes. It takes up to reserve bytes of memory at once,
// and more only as far as r has delivered.
func readContent(r io.Reader, n, reserve int) ([]byte, error) {
	buf := make([]byte, min(n, max(reserve, minReserve)))
	for filled := 0; ; {
		k, err := io.ReadFull(r, buf[filled:])
		filled += k
		if err != nil {
			return nil, readError(err, "content: %d of %d bytes", filled, n)
		}
		if filled == n {
			return buf, nil
		}
		grown := make([]byte, filled+min(filled, n-filled))
		copy(grown, buf)
		buf = grown
	}
}

// readError says where reading failed, and what that means for the file.
func readError(err error, format string, args ...any) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, errAfterGzip):
		err = errors.WithMessage(ErrTrailing, err.Error())
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		err = ErrTruncated
	case errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.As(err, &corrupt):
		err = errors.WithMessage(err, "the gzip file is damaged, fetch it again")
	}
	return errors.Wrapf(err, format, args...)
}
