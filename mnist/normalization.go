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

// table returns the value of every pixel.
func (n Normalization) table() (t [256]float32, err error) {
	for p := range t {
		unit := float32(p) / 255
		switch n {
		case UnitInterval:
			t[p] = unit
		case Symmetric:
			t[p] = (unit - 0.5) / 0.5
		default:
			return t, errors.Errorf("unknown normalization %d; use UnitInterval or Symmetric", n)
		}
	}
	return t, nil
}
