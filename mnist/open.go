package mnist

import (
	"bufio"
	"embed"
	"io"
	"io/fs"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/pkg/errors"
)

//go:embed data/mnist/*.gz data/fashion/*.gz
var embedded embed.FS

// The files of a data set, in the order in which functions here take them.
var fileNames = [4]string{
	"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
	"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
}

// Open returns the data set that source names: "mnist" and "fashion" are the
// embedded ones, anything else is a folder. The folder, or MNIST/raw or
// FashionMNIST/raw within it (torchvision's layout), holds the four IDX files
// train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and
// t10k-labels-idx1-ubyte, each plain or gzipped, with or without ".gz"; of a file
// that is there in both forms, the plain one is read. Its Dataset is named after
// the folder, its classes are called "0" … "9".
//
// Errors name the file: one of the sentinels of this package, or what reading it
// said. A file that is nowhere is an fs.ErrNotExist that lists every path tried.
func Open(source string) (*Dataset, error) {
	switch source {
	case "mnist":
		return MNIST()
	case "fashion":
		return Fashion()
	default:
		return openFolder(source)
	}
}

// MNIST decodes the embedded MNIST: 60 000 and 10 000 handwritten digits of
// 28×28 pixels. Each call decodes anew, on the order of a quarter of a second.
func MNIST() (*Dataset, error) { return openEmbedded("mnist", digitNames()) }

// Fashion decodes the embedded FashionMNIST: 60 000 and 10 000 articles of
// clothing of 28×28 pixels. Each call decodes anew, on the order of half a second.
func Fashion() (*Dataset, error) { return openEmbedded("fashion", fashionNames()) }

func openEmbedded(name string, classes []string) (*Dataset, error) {
	var paths [4]string
	for i, file := range fileNames {
		paths[i] = "data/" + name + "/" + file + ".gz"
	}
	train, test, err := decodeFiles(paths, embedded.Open)
	if err != nil {
		return nil, errors.Wrapf(err, "embedded data set %s", name)
	}
	return &Dataset{Name: name, Classes: classes, Train: train, Test: test}, nil
}

// An opener opens a file for reading, as os.Open and embed.FS.Open do.
type opener func(path string) (fs.File, error)

// decodeFiles decodes the four files concurrently into a training and a test set
// that agree on the size of an image.
func decodeFiles(paths [4]string, open opener) (train, test *Set, err error) {
	train, test = new(Set), new(Set)
	readers := [4]func(io.Reader, int) error{
		train.readImages, train.readLabels, test.readImages, test.readLabels,
	}
	var failed [4]error
	var wg sync.WaitGroup
	for i, read := range readers {
		wg.Go(func() { failed[i] = decodeFile(paths[i], open, read) })
	}
	wg.Wait()
	for _, err := range failed {
		if err != nil {
			return nil, nil, err
		}
	}
	if err := train.check(); err != nil {
		return nil, nil, errors.WithMessagef(err, "%s, %s", paths[0], paths[1])
	}
	if err := test.check(); err != nil {
		return nil, nil, errors.WithMessagef(err, "%s, %s", paths[2], paths[3])
	}
	if train.Rows != test.Rows || train.Cols != test.Cols {
		return nil, nil, errors.Wrapf(ErrDimensions, "%s: %d×%d pixels where the training images have %d×%d",
			paths[2], test.Rows, test.Cols, train.Rows, train.Cols)
	}
	return train, test, nil
}

func (s *Set) readImages(r io.Reader, reserve int) (err error) {
	s.Images, s.Rows, s.Cols, err = decodeImages(r, reserve)
	return err
}

func (s *Set) readLabels(r io.Reader, reserve int) (err error) {
	s.Labels, err = decodeLabels(r, reserve)
	return err
}

const (
	readBuffer = 256 << 10
	// reserveFactor is how much memory a file's size vouches for: the images of
	// the embedded sets are compressed up to five times, and exactly sized memory
	// spares copying.
	reserveFactor = 8
)

// decodeFile hands the content of a file, decompressed if it is gzipped, to read,
// with the number of bytes that read may allocate at once.
func decodeFile(path string, open opener, read func(r io.Reader, reserve int) error) error {
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

// readIDX calls read on the content of file, decompressed if it starts as a gzip
// file does (an IDX file starts with two zeros).
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
