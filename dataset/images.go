package dataset

import "github.com/pkg/errors"

// Images is a list of labeled grayscale images of one size. It is read-only
// once made, and then safe for concurrent use.
type Images struct {
	Pixels     []byte // 0 … 255: image after image, each row by row
	Labels     []byte // one per image, counted from 0
	Rows, Cols int    // the size of an image in pixels
}

// Len returns the number of images.
func (m *Images) Len() int { return len(m.Labels) }

// Features returns the number of pixels of an image: Rows · Cols.
func (m *Images) Features() int { return m.Rows * m.Cols }

// Image returns the Features() pixels of image i, row by row. The slice shares
// the memory of all images: do not write to it.
func (m *Images) Image(i int) []byte {
	n := m.Features()
	return m.Pixels[i*n : (i+1)*n : (i+1)*n]
}

// check returns an error if there are no images or the fields contradict each
// other.
func (m *Images) check() error {
	if m.Len() == 0 || m.Rows < 1 || m.Cols < 1 {
		return errors.Wrapf(ErrDimensions, "%d images of %d×%d pixels", m.Len(), m.Rows, m.Cols)
	}
	if len(m.Pixels)%m.Features() != 0 || len(m.Pixels)/m.Features() != m.Len() {
		return errors.Wrapf(ErrCountMismatch, "%d labels for %d bytes of %d×%d images",
			m.Len(), len(m.Pixels), m.Rows, m.Cols)
	}
	return nil
}
