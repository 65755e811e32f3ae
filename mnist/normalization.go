package mnist

import "github.com/pkg/errors"

// Normalization says how a pixel p, 0 … 255, becomes a float32. Both equal
// PyTorch's result bit for bit.
type Normalization int

const (
	// UnitInterval maps to [0, 1]: p / 255, as in part 1 of the notebook.
	UnitInterval Normalization = iota
	// Symmetric maps to [−1, 1]: (p/255 − 0.5) / 0.5, as torchvision's ToTensor
	// and Normalize(0.5, 0.5) do in parts 2 and 4.
	Symmetric
)

// coefficients returns the factor and shift by which pixel/255 becomes the value.
func (n Normalization) coefficients() (factor, shift float32, err error) {
	switch n {
	case UnitInterval:
		return 1, 0, nil
	case Symmetric:
		return 2, -1, nil // (x − 0.5)/0.5, with the same bits
	default:
		return 0, 0, errors.Errorf("unknown normalization %d; use UnitInterval or Symmetric", n)
	}
}
