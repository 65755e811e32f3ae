package surface

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"optlab/internal/brief"
)

// Path is where an optimizer went from a start.
type Path struct {
	// Optimizer is its name in a sentence: "SGD".
	Optimizer string
	// Points are the start and where each update led to, all finite.
	Points []Point
	// Diverged is not nil if the update after the last point left the finite
	// numbers.
	Diverged *DivergedError
}

const (
	// arrivedWithin is how near to a minimum a path has arrived, as a share of
	// the diagonal of the surface's ranges: what is a dot in a picture.
	arrivedWithin = 0.01
	// tiedWithin is how near two losses are equal, as a share of the deepest
	// descent: far less than a table shows.
	tiedWithin = 1e-6
	// turning is the share of updates that turn back above which a path is said
	// to jump to and fro.
	turning = 0.5
	// rising is the share of its descent that a path must lose again, in the
	// end or by one update, for that to be said.
	rising = 0.1
)

// Conclude says in sentences what the paths did on the surface, and which of
// them ended lowest. All is computed from their points: nothing is said of an
// optimizer that is not among them, or that the points do not show.
func (s *Surface) Conclude(paths []Path) []string {
	var sentences, still []string
	var finite []Path
	for _, p := range paths {
		switch {
		case p.Diverged != nil:
			sentences = append(sentences, fmt.Sprintf("%s left the finite numbers after %s.", capital(p.Optimizer), count(p.Diverged.Updates, "update")))
		case !p.moves():
			still = append(still, p.Optimizer)
		default:
			sentences = append(sentences, s.conclude(p)...)
			finite = append(finite, p)
		}
	}
	if len(still) > 0 {
		sentences = append(sentences, fmt.Sprintf("%s did not move from the start.", capital(brief.And(still...))))
	}
	if len(finite) > 1 {
		sentences = append(sentences, lowest(finite))
	}
	return sentences
}

// conclude says what a finite path that moves did.
func (s *Surface) conclude(p Path) []string {
	var sentences []string
	say := func(format string, values ...any) {
		sentences = append(sentences, capital(p.Optimizer)+fmt.Sprintf(format, values...))
	}
	first, last := p.Points[0], p.Points[len(p.Points)-1]
	k := p.deepest()
	low, lost := p.Points[k].Loss, last.Loss-p.Points[k].Loss
	minimum, away := s.nearest(last)
	switch {
	case away <= s.near():
		say(" arrived at the minimum %s after %s.", place(minimum), count(s.since(p.Points, minimum), "update"))
	case last.Loss > first.Loss:
		say(" ended higher than it began: at a loss of %.4g after %.4g.", last.Loss, first.Loss)
	case lost > rising*(first.Loss-low):
		say(" went down to a loss of %.4g in %s, and up again to %.4g.", low, count(k, "update"), last.Loss)
	case len(s.Minima) > 0:
		say(" ended %.2g away from the nearest minimum, %s.", away, place(minimum))
	default:
		say(" went down from a loss of %.4g to %.4g.", first.Loss, last.Loss)
	}
	if rises, most := p.rises(); most > rising*(first.Loss-low) && last.Loss <= first.Loss {
		say(" rose on the way: at %s, by up to %.2g.", count(rises, "update"), most)
	}
	if back, of := p.turns(); of > 0 && float64(back) > turning*float64(of) {
		say(" jumped to and fro: %d of %s turned back.", back, count(of+1, "update"))
	}
	return sentences
}

// lowest says which of several paths ended lowest.
func lowest(paths []Path) string {
	end := func(p Path) float64 { return p.Points[len(p.Points)-1].Loss }
	low, start := math.Inf(1), paths[0].Points[0].Loss
	for _, p := range paths {
		low = min(low, end(p))
	}
	slack := tiedWithin * math.Abs(start-low)
	var names []string
	for _, p := range paths {
		if end(p)-low <= slack {
			names = append(names, p.Optimizer)
		}
	}
	switch len(names) {
	case 1:
		return fmt.Sprintf("%s ended lowest, at a loss of %.4g.", capital(names[0]), low)
	case len(paths):
		return fmt.Sprintf("%s ended equally low, at a loss of %.4g.", capital(brief.And(names...)), low)
	}
	return fmt.Sprintf("%s ended lowest, equally so, at a loss of %.4g.", capital(brief.And(names...)), low)
}

// moves reports whether any point is not the start.
func (p Path) moves() bool {
	return slices.ContainsFunc(p.Points, func(q Point) bool { return q != p.Points[0] })
}

// deepest returns the index of the first of the lowest points.
func (p Path) deepest() int {
	k := 0
	for i, q := range p.Points {
		if q.Loss < p.Points[k].Loss {
			k = i
		}
	}
	return k
}

// rises returns how many updates led higher, and how high the worst.
func (p Path) rises() (n int, most float64) {
	for i := 1; i < len(p.Points); i++ {
		if up := p.Points[i].Loss - p.Points[i-1].Loss; up > 0 {
			n, most = n+1, math.Max(most, up)
		}
	}
	return n, most
}

// turns returns how many updates led back, at more than a right angle to the
// one before, of those that have one before.
func (p Path) turns() (back, of int) {
	for i := 2; i < len(p.Points); i++ {
		a, b, c := p.Points[i-2], p.Points[i-1], p.Points[i]
		if (b.W1-a.W1)*(c.W1-b.W1)+(b.W2-a.W2)*(c.W2-b.W2) < 0 {
			back++
		}
		of++
	}
	return back, of
}

// nearest returns the minimum nearest to a point and how far it is, an infinite
// distance if there is none.
func (s *Surface) nearest(p Point) (nearest Point, away float64) {
	away = math.Inf(1)
	for _, m := range s.Minima {
		if d := apart(p, m); d < away {
			nearest, away = m, d
		}
	}
	return nearest, away
}

// near is the distance within which a path has arrived at a minimum.
func (s *Surface) near() float64 {
	return arrivedWithin * math.Hypot(s.X.Max-s.X.Min, s.Y.Max-s.Y.Min)
}

// since returns the number of updates after which the points stay near to a
// minimum.
func (s *Surface) since(points []Point, minimum Point) int {
	i := len(points) - 1
	for i > 0 && apart(points[i-1], minimum) <= s.near() {
		i--
	}
	return i
}

func apart(a, b Point) float64 { return math.Hypot(a.W1-b.W1, a.W2-b.W2) }

func place(p Point) string { return fmt.Sprintf("(%.4g, %.4g)", p.W1, p.W2) }

// count writes a number of things.
func count(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}

// capital makes a name the first word of a sentence.
func capital(name string) string {
	if name == "" {
		return name
	}
	return strings.ToUpper(name[:1]) + name[1:]
}
