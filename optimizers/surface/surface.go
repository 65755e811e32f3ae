package surface

import (
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
)

// Surface is a loss L(w₁, w₂) and what there is to know about it.
type Surface struct {
	// Name is the one that Lookup knows: lower case, for flags and file names.
	Name string

	// Title is the name in a heading.
	Title string

	// Formula is the loss in Unicode, as "L = …" in w₁ and w₂.
	Formula string

	// Source says where the surface comes from.
	Source string

	// Note says in a sentence or two what the surface is like and, if there are
	// no minima, where the infimum is. What optimizers do there is said by
	// [Surface.Conclude].
	Note string

	// X and Y are the ranges of w₁ and of w₂ worth drawing.
	X, Y Range

	// Minima are all local minima of the plane, to the last digit or so of a
	// float64. There are none if the infimum is not attained.
	Minima []Point

	// Start is a point (w₁, w₂) within the ranges to descend from.
	Start [2]float64

	// Rates are learning rates that show in some 100 updates what the surface
	// is for, by the name of the optimizer. Those of others follow from them by
	// optimizers.Kind.RateAmong.
	Rates map[string]float64

	// Loss adds L to the graph of w1 and w2, float64 scalars or float64
	// matrices of equal shape, which it takes elementwise. The result has their
	// shape.
	Loss func(w1, w2 *gorgonia.Node) (*gorgonia.Node, error)
}

// build adds the loss to the graph of w1 and w2, and checks that it is
// elementwise as far as its shape tells.
func (s *Surface) build(w1, w2 *gorgonia.Node) (*gorgonia.Node, error) {
	if s.Loss == nil {
		return nil, errors.New("the surface has no Loss")
	}
	loss, err := s.Loss(w1, w2)
	if err != nil {
		return nil, err
	}
	if loss == nil || !loss.Shape().Eq(w1.Shape()) {
		return nil, errors.Errorf("the loss is %v, want a node of the parameters' shape %v", loss, w1.Shape())
	}
	return loss, nil
}

// Range is the closed interval from Min to Max.
type Range struct{ Min, Max float64 }

// Point is a point of a surface: the parameters and the loss there.
type Point struct{ W1, W2, Loss float64 }

// surfaces are all surfaces, in the order of All.
var surfaces = []func() *Surface{pathological, rosenbrock, beale, himmelblau, saddle, sharpFlat}

// All returns the surfaces in a fixed order, the lab's own first. They are the
// caller's to change.
func All() []*Surface {
	all := make([]*Surface, len(surfaces))
	for i, surface := range surfaces {
		all[i] = surface()
	}
	return all
}

// Names returns the names of all surfaces, in the order of All.
func Names() []string {
	names := make([]string, len(surfaces))
	for i, s := range All() {
		names[i] = s.Name
	}
	return names
}

// Lookup returns the surface of the given name, or an error that lists the
// names.
func Lookup(name string) (*Surface, error) {
	for _, s := range All() {
		if s.Name == name {
			return s, nil
		}
	}
	return nil, errors.Errorf("unknown surface %q: want one of %s", name, strings.Join(Names(), ", "))
}
