package dataset

import (
	"bufio"
	"io"
	"io/fs"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/pkg/errors"
)

// paths returns the files in the order of the fields.
func (f Files) paths() [4]string {
	return [4]string{f.TrainImages, f.TrainLabels, f.TestImages, f.TestLabels}
}

// decodeFiles decodes the four files concurrently into a training and a test
// set that agree on the size of an image.
func decodeFiles(files Files, open func(path string) (fs.File, error)) (train, test *Images, err error) {
	train, test = new(Images), new(Images)
	readers := [4]func(io.Reader, int) error{
		train.readImages, train.readLabels, test.readImages, test.readLabels,
	}
	var failed [4]error
	var wg sync.WaitGroup
	for i, read := range readers {
		wg.Go(func() { failed[i] = decodeFile(files.paths()[i], open, read) })
	}
	wg.Wait()
	for _, err := range failed {
		if err != nil {
			return nil, nil, err
		}
	}
	if err := train.check(); err != nil {
		return nil, nil, errors.WithMessagef(err, "%s, %s", files.TrainImages, files.TrainLabels)
	}
	if err := test.check(); err != nil {
		return nil, nil, errors.WithMessagef(err, "%s, %s", files.TestImages, files.TestLabels)
	}
	if train.Rows != test.Rows || train.Cols != test.Cols {
		return nil, nil, errors.Wrapf(ErrDimensions, "%s: %d×%d pixels where the training images have %d×%d",
			files.TestImages, test.Rows, test.Cols, train.Rows, train.Cols)
	}
	return train, test, nil
}

func (m *Images) readImages(r io.Reader, reserve int) (err error) {
	m.Pixels, m.Rows, m.Cols, err = decodeImages(r, reserve)
	return err
}

func (m *Images) readLabels(r io.Reader, reserve int) (err error) {
	m.Labels, err = decodeLabels(r, reserve)
	return err
}

const (
	readBuffer = 256 << 10
	// reserveFactor is how much memory a file's size vouches for: the images of
	// the embedded sets are compressed up to five times, and exactly sized
	// memory spares copying.
	reserveFactor = 8
)

// decodeFile hands the content of a file, decompressed if it is gzipped, to
// read, with the number of bytes that read may allocate at once.
func decodeFile(path string, open func(path string) (fs.File, error), read func(r io.Reader, reserve int) error) error {
	file, err := open(path)
	if err != nil {
		return errors.WithStack(err) // names the path
	}
	defer file.Close()
	reserve := 0
	if info, err := file.Stat(); err == nil {
		reserve = reserveFactor * int(min(info.Size(), maxContent/reserveFactor))
	}
	return errors.WithMessage(readIDX(file, reserve, read), path)
}

// readIDX calls read on the content of file, decompressed if it starts as a
// gzip file does (an IDX file starts with two zeros).
func readIDX(file io.Reader, reserve int, read func(r io.Reader, reserve int) error) error {
	buffered := bufio.NewReaderSize(file, readBuffer)
	if start, _ := buffered.Peek(2); string(start) != "\x1f\x8b" {
		return read(buffered, reserve)
	}
	unzipped, err := gzip.NewReader(buffered)
	if err != nil {
		return readError(err, "gzip header")
	}
	return read(unzipped, reserve)
}
