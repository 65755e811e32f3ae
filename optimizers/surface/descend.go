package surface

import (
	"context"
	"fmt"
	"math"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
)

// DivergedError is the error of a descent that leaves the finite numbers.
type DivergedError struct {
	// Surface is the name of the surface.
	Surface string

	// Updates is the number of updates made, and so of the finite points
	// before.
	Updates int

	// Point is where they led to: one of its numbers is infinite or not a
	// number.
	Point Point
}

// Error says where the path ends and what to do about it.
func (e *DivergedError) Error() string {
	return fmt.Sprintf("descending on %s: after %d updates the loss at (%g, %g) is %g: "+
		"the path diverges; try a lower learning rate or fewer updates",
		e.Surface, e.Updates, e.Point.W1, e.Point.W2, e.Point.Loss)
}

// Descend lets solver minimize the surface from start, (w₁, w₂), by so many
// updates, and returns the start and the point that each update leads to: one
// more than updates. The notebook's train_curve has the point before each
// update, which is all but the last. The solver sees two float64 scalars named
// w1 and w2 and their gradients; one that keeps state should be new.
//
// With any error come the points before it, which may be none. A path that
// leaves the finite numbers ends with a [DivergedError]; the points are still
// what there is to draw. Without points, it is the start where the loss is not
// finite. When ctx is done, Descend returns its error.
func (p *Probe) Descend(ctx context.Context, solver gorgonia.Solver, start [2]float64, updates int) ([]Point, error) {
	name := p.surface.Name
	switch {
	case solver == nil:
		return nil, errors.Errorf("descending on %s: no solver", name)
	case !finite(start[0]) || !finite(start[1]):
		return nil, errors.Errorf("descending on %s: the start is (%g, %g): want finite numbers", name, start[0], start[1])
	case updates < 0:
		return nil, errors.Errorf("descending on %s: there are %d updates: want at least 0", name, updates)
	}
	p.move(start)
	points := []Point{}
	for made := 0; ; made++ {
		if err := ctx.Err(); err != nil {
			return points, errors.Wrapf(err, "descending on %s, after %d updates", name, made)
		}
		point, err := p.run()
		if err != nil {
			return points, errors.Wrapf(err, "descending on %s, after %d updates", name, made)
		}
		if !finite(point.W1) || !finite(point.W2) || !finite(point.Loss) {
			return points, &DivergedError{Surface: name, Updates: made, Point: point}
		}
		points = append(points, point)
		if made == updates {
			return points, nil
		}
		if err := solver.Step(p.parameters); err != nil {
			return points, errors.Wrapf(err, "descending on %s, update %d", name, made+1)
		}
	}
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
