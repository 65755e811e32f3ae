package dataset

import (
	"bufio"
	"io"
	"io/fs"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/pkg/errors"

	"optlab/internal/brief"
)

// decodeFiles decodes the four files into a training and a test set that agree
// on the size of an image. The labels, a byte each, come first: they say how
// many images there must be, so that no other number of them is decoded.
func decodeFiles(files Files, open func(path string) (fs.File, error)) (train, test *Images, err error) {
	train, test = new(Images), new(Images)
	err = both(
		func() error { return train.decodeLabels(files.TrainLabels, open) },
		func() error { return test.decodeLabels(files.TestLabels, open) },
	)
	if err != nil {
		return nil, nil, err
	}
	err = both(
		func() error { return train.decodeImages(files.TrainImages, files.TrainLabels, open) },
		func() error { return test.decodeImages(files.TestImages, files.TestLabels, open) },
	)
	if err != nil {
		return nil, nil, err
	}
	if train.Rows != test.Rows || train.Cols != test.Cols {
		return nil, nil, errors.Wrapf(ErrDimensions, "%s: %d×%d pixels where the training images have %d×%d",
			brief.Path(files.TestImages), test.Rows, test.Cols, train.Rows, train.Cols)
	}
	return train, test, nil
}

// both runs a and b concurrently and returns the error of a, or else of b.
func both(a, b func() error) error {
	var wg sync.WaitGroup
	var failed error
	wg.Go(func() { failed = b() })
	err := a()
	wg.Wait()
	if err != nil {
		return err
	}
	return failed
}

func (m *Images) decodeLabels(path string, open func(path string) (fs.File, error)) error {
	return decodeFile(path, open, func(r io.Reader, b bounds) (err error) {
		m.Labels, err = decodeLabels(r, b)
		return err
	})
}

// decodeImages decodes the images that the labels, from the second file, belong
// to.
func (m *Images) decodeImages(path, labels string, open func(path string) (fs.File, error)) error {
	err := decodeFile(path, open, func(r io.Reader, b bounds) (err error) {
		b.count = len(m.Labels)
		m.Pixels, m.Rows, m.Cols, err = decodeImages(r, b)
		return err
	})
	if errors.Is(err, ErrCountMismatch) {
		return errors.WithMessage(err, brief.Path(labels))
	}
	return err
}

const (
	readBuffer = 256 << 10
	// reserveFactor is how much memory a file's size vouches for: the images of
	// the embedded sets are compressed up to five times, and exactly sized
	// memory spares copying.
	reserveFactor = 8
	// A gzip file may declare at least mostInflated bytes, and more if they are
	// not more than inflateFactor times its size. Zeros are compressed a
	// thousand times, images of anything at most some dozen times.
	mostInflated  = 64 << 20
	inflateFactor = 32
)

// decodeFile hands the content of a file, decompressed if it is gzipped, to
// read, with what may be made of it.
func decodeFile(path string, open func(path string) (fs.File, error), read func(io.Reader, bounds) error) error {
	file, err := open(path)
	if err != nil {
		return errors.WithStack(err) // names the path
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return errors.WithStack(brief.Error(err))
	}
	return errors.WithMessage(readIDX(file, info.Size(), read), brief.Path(path))
}

// readIDX calls read on the content of a file of the given size, decompressed
// if it starts as a gzip file does (an IDX file starts with two zeros).
func readIDX(file io.Reader, size int64, read func(io.Reader, bounds) error) error {
	size = min(size, maxContent)
	b := bounds{reserve: reserveFactor * int(min(size, maxContent/reserveFactor))}
	buffered := bufio.NewReaderSize(file, readBuffer)
	if start, _ := buffered.Peek(2); string(start) != gzipStart {
		return read(buffered, b)
	}
	b.most = max(mostInflated, inflateFactor*size)
	unzipped, err := newMembers(buffered)
	if err != nil {
		return readError(err, "gzip header")
	}
	return read(unzipped, b)
}

// gzipStart is what every member of a gzip file starts with.
const gzipStart = "\x1f\x8b"

// members reads the members of a gzip file one after the other. Other than a
// gzip.Reader it tells bytes that follow them from a damaged member.
type members struct {
	file   *bufio.Reader
	member *gzip.Reader
}

func newMembers(file *bufio.Reader) (*members, error) {
	first, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	first.Multistream(false)
	return &members{file: file, member: first}, nil
}

// Read reads on, in the next member where one ends.
func (m *members) Read(p []byte) (int, error) {
	for {
		n, err := m.member.Read(p)
		if err != io.EOF {
			return n, err
		}
		if n > 0 {
			return n, nil // it says again that it ends
		}
		switch start, err := m.file.Peek(2); {
		case len(start) == 0:
			return 0, err // io.EOF at the end
		case string(start) != gzipStart:
			return 0, errAfterGzip
		}
		if err := m.member.Reset(m.file); err != nil {
			return 0, err
		}
		m.member.Multistream(false)
	}
}
