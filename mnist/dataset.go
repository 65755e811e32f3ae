package mnist

import "github.com/pkg/errors"

// Classes is the number of classes: labels are 0 … Classes−1.
const Classes = 10

// Set is a list of labelled grey-scale images of one size. It is read-only once
// made, and then safe for concurrent use.
type Set struct {
	Images     []byte // pixels, 0 … 255: image after image, each row by row
	Labels     []byte // one label per image
	Rows, Cols int    // the size of an image in pixels
}

// Len returns the number of images.
func (s *Set) Len() int { return len(s.Labels) }

// Features returns the number of pixels of an image: Rows · Cols.
func (s *Set) Features() int { return s.Rows * s.Cols }

// Image returns the Features() pixels of image i, row by row. The slice shares
// the set's memory: do not write to it.
func (s *Set) Image(i int) []byte {
	n := s.Features()
	return s.Images[i*n : (i+1)*n : (i+1)*n]
}

// check returns an error if the set is empty or its fields contradict each other.
func (s *Set) check() error {
	if s.Len() == 0 || s.Rows < 1 || s.Cols < 1 {
		return errors.Wrapf(ErrDimensions, "%d images of %d×%d pixels", s.Len(), s.Rows, s.Cols)
	}
	if len(s.Images)%s.Features() != 0 || len(s.Images)/s.Features() != s.Len() {
		return errors.Wrapf(ErrCountMismatch, "%d labels for %d bytes of %d×%d images",
			s.Len(), len(s.Images), s.Rows, s.Cols)
	}
	return nil
}

// Dataset is a training and a test set of images of the same size.
type Dataset struct {
	Name    string   // fit for use in the name of a folder
	Classes []string // what the labels 0 … Classes−1 mean
	Train   *Set
	Test    *Set
}

func digitNames() []string {
	return []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}
}

func fashionNames() []string {
	return []string{
		"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
		"Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
	}
}
