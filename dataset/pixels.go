package dataset

import (
	"strings"

	"github.com/pkg/errors"
)

// PixelRange says how a pixel p, 0 … 255, becomes a float32. Both equal
// PyTorch's result bit for bit.
type PixelRange string

const (
	// UnitInterval maps to [0, 1]: p / 255, as in part 1 of the notebook.
	UnitInterval PixelRange = "unit"
	// Symmetric maps to [−1, 1]: (p/255 − 0.5) / 0.5, as torchvision's ToTensor
	// and Normalize(0.5, 0.5) do in parts 2 and 4.
	Symmetric PixelRange = "symmetric"
)

// scales has the factor and shift by which pixel/255 becomes the value.
var scales = []struct {
	name          PixelRange
	factor, shift float32
}{
	{UnitInterval, 1, 0},
	{Symmetric, 2, -1}, // (x − 0.5)/0.5, with the same bits
}

// PixelRanges are all of them, in the order in which help texts list them.
func PixelRanges() []PixelRange {
	names := make([]PixelRange, len(scales))
	for i, s := range scales {
		names[i] = s.name
	}
	return names
}

// coefficients returns the factor and shift of the range, or an error that
// lists all ranges.
func (r PixelRange) coefficients() (factor, shift float32, err error) {
	var names []string
	for _, s := range scales {
		if s.name == r {
			return s.factor, s.shift, nil
		}
		names = append(names, string(s.name))
	}
	return 0, 0, errors.Errorf("unknown range of pixels %q: want one of %s", r, strings.Join(names, ", "))
}
