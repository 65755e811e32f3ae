package dataset

import (
	"io/fs"
	"strconv"

	"github.com/pkg/errors"
)

// Set is a data set: images to train with and images to test with, of one size
// and of the same classes.
type Set struct {
	Name    string   // fit for use in the name of a folder
	Classes []string // what the labels 0 … len(Classes)−1 mean
	Train   *Images
	Test    *Images

	// Embedded says that the set belongs to the program: its name tells what it
	// contains.
	Embedded bool
}

// Files are the four IDX files of a data set, each plain or gzipped.
type Files struct{ TrainImages, TrainLabels, TestImages, TestLabels string }

// Read decodes a data set from its files, which open opens as os.Open does.
// classes says what the labels mean: it is an error if a label has no class.
// With nil the labels are their own names, and there are as many classes as the
// largest asks for; labels that start at 1, as those of EMNIST's letters do,
// are counted from 0 all the same.
//
// Errors name the file: one of the sentinels of this package, or what reading
// it said.
func Read(name string, classes []string, files Files, open func(path string) (fs.File, error)) (*Set, error) {
	train, test, err := decodeFiles(files, open)
	if err != nil {
		return nil, err
	}
	s := &Set{Name: name, Classes: classes, Train: train, Test: test}
	return s, errors.WithMessagef(s.count(), "%s, %s", files.TrainLabels, files.TestLabels)
}

// Validate returns an error unless the set has images to train and to test, of
// one size, with a class for every label.
func (s *Set) Validate() error {
	if s == nil || s.Train == nil || s.Test == nil {
		return errors.New("a set has images to train and images to test: some are missing")
	}
	for _, part := range []struct {
		what   string
		images *Images
	}{{"training data", s.Train}, {"test data", s.Test}} {
		if err := part.images.check(); err != nil {
			return errors.WithMessagef(err, "%s: %s", s.Name, part.what)
		}
		for i, label := range part.images.Labels {
			if n := len(s.Classes); int(label) >= n {
				return errors.Wrapf(ErrLabelRange, "%s: %s: label %d of image %d, but %d classes", s.Name, part.what, label, i, n)
			}
		}
	}
	if s.Train.Features() != s.Test.Features() {
		return errors.Wrapf(ErrDimensions, "%s: images of %d and of %d pixels", s.Name, s.Train.Features(), s.Test.Features())
	}
	return nil
}

// count makes the labels start at 0 and fit the classes, which it names if they
// have no names.
func (s *Set) count() error {
	low, high := s.Train.Labels[0], s.Train.Labels[0]
	for _, labels := range [][]byte{s.Train.Labels, s.Test.Labels} {
		for _, l := range labels {
			low, high = min(low, l), max(high, l)
		}
	}
	first := byte(0)
	if low == 1 && (s.Classes == nil || int(high) == len(s.Classes)) {
		first = 1
	}
	if s.Classes == nil {
		for label := int(first); label <= int(high); label++ {
			s.Classes = append(s.Classes, strconv.Itoa(label))
		}
	}
	if n := len(s.Classes); int(high-first) >= n {
		return errors.Wrapf(ErrLabelRange, "there is a label %d, but names of %d classes", high, n)
	}
	if first > 0 {
		for _, labels := range [][]byte{s.Train.Labels, s.Test.Labels} {
			for i := range labels {
				labels[i] -= first
			}
		}
	}
	return nil
}
