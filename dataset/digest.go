package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// Digest returns the SHA-256 of what the set contains, in hexadecimal: the
// sizes, pixels and labels of its images, whatever files they came from and
// whatever it is called. It takes about a millisecond per megabyte.
func (s *Set) Digest() string {
	h := sha256.New()
	for _, images := range []*Images{s.Train, s.Test} {
		var sizes [24]byte
		for i, n := range []int{images.Len(), images.Rows, images.Cols} {
			binary.LittleEndian.PutUint64(sizes[8*i:], uint64(n))
		}
		h.Write(sizes[:])
		h.Write(images.Pixels)
		h.Write(images.Labels)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}
