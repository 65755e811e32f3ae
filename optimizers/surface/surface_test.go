package surface

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestNamesAreInAFixedOrder(t *testing.T) {
	names := Names()
	if names[0] != "pathological" || !slices.Equal(Names(), names) {
		t.Fatalf("Names() = %q, want the lab's first", names)
	}
	for i, s := range All() {
		if s.Name != names[i] {
			t.Errorf("surface %d of All is %q, want %q", i, s.Name, names[i])
		}
	}
}

func TestLookup(t *testing.T) {
	for _, name := range Names() {
		s, err := Lookup(name)
		noError(t, err)
		if s.Name != name {
			t.Errorf("Lookup(%q) is %q", name, s.Name)
		}
	}
	for _, name := range []string{"", "Rosenbrock", "nonesuch"} {
		s, err := Lookup(name)
		if s != nil || err == nil {
			t.Fatalf("Lookup(%q) = %v, %v; want an error", name, s, err)
		}
		for _, part := range append(Names(), `"`+name+`"`) {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("Lookup(%q): %q does not mention %s", name, err, part)
			}
		}
	}
}

func TestSurfacesBelongToTheCaller(t *testing.T) {
	s, err := Lookup("rosenbrock")
	noError(t, err)
	s.Minima[0] = Point{W1: 7}
	s.Start[0] = 7
	again, err := Lookup("rosenbrock")
	noError(t, err)
	if again.Minima[0].W1 != 1 || again.Start[0] != -1.2 {
		t.Errorf("a change to one Surface shows in the next: %+v", again)
	}
}

func TestDocumentation(t *testing.T) {
	eachSurface(t, func(t *testing.T, s *Surface, _ row) {
		if s.Name != strings.ToLower(s.Name) || strings.ContainsAny(s.Name, " ,/") || s.Title == "" || s.Note == "" || s.Source == "" {
			t.Errorf("incomplete: %+v", s)
		}
		if !strings.HasPrefix(s.Formula, "L = ") || !strings.Contains(s.Formula, "w₁") || !strings.Contains(s.Formula, "w₂") {
			t.Errorf("the formula is %q", s.Formula)
		}
		if len(s.Minima) == 0 != strings.Contains(s.Note, "No minimum: ") {
			t.Errorf("%d minima, and the note is %q", len(s.Minima), s.Note)
		}
		for _, r := range []Range{s.X, s.Y} {
			if !finite(r.Min) || !finite(r.Max) || r.Min >= r.Max {
				t.Errorf("the range %v is not one", r)
			}
		}
		inside := func(x, y float64) bool {
			return s.X.Min <= x && x <= s.X.Max && s.Y.Min <= y && y <= s.Y.Max
		}
		if !inside(s.Start[0], s.Start[1]) {
			t.Errorf("the start %v is outside of %v × %v", s.Start, s.X, s.Y)
		}
		for _, m := range s.Minima {
			if !inside(m.W1, m.W2) {
				t.Errorf("the minimum %v is outside of %v × %v", m, s.X, s.Y)
			}
		}
	})
}

// At a minimum the loss is the documented one, the gradient is zero to the last
// digits of w, and the loss rises in every direction.
func TestMinimaAreMinima(t *testing.T) {
	eachSurface(t, func(t *testing.T, s *Surface, _ row) {
		at := prober(t, s)
		for _, m := range s.Minima {
			loss, gradient := at(m.W1, m.W2)
			if math.Abs(loss-m.Loss) > 1e-28+1e-14*math.Abs(m.Loss) || math.Hypot(gradient[0], gradient[1]) > 1e-13 {
				t.Errorf("at %v the loss is %v and the gradient %v", m, loss, gradient)
			}
			for k := range 16 {
				sin, cos := math.Sincos(2 * math.Pi * float64(k) / 16)
				if around, _ := at(m.W1+1e-3*cos, m.W2+1e-3*sin); around <= loss {
					t.Errorf("beside %v, at %v, the loss is %v", m, []float64{m.W1 + 1e-3*cos, m.W2 + 1e-3*sin}, around)
				}
			}
		}
	})
}

// Where there is no minimum, the loss goes down to the infimum that the note
// tells.
func TestInfima(t *testing.T) {
	loss, _ := prober(t, pathological())(0, -700)
	if !(loss > 0 && loss < 1e-300) {
		t.Errorf("pathological at (0, −700) is %v, want hardly more than 0", loss)
	}
	if loss, _ := prober(t, saddle())(0, -0x1p500); loss != -0x1p1000 {
		t.Errorf("saddle at (0, −2⁵⁰⁰) is %v, want −2¹⁰⁰⁰", loss)
	}
}

func TestSharpFlatSaddlePoint(t *testing.T) {
	loss, gradient := prober(t, sharpFlat())(2-4/(1+math.Cbrt(20)), 0)
	if loss < 1 || math.Hypot(gradient[0], gradient[1]) > 1e-13 {
		t.Errorf("at the saddle point the loss is %v and the gradient %v", loss, gradient)
	}
}
