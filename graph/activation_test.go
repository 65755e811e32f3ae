package graph

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"optlab/internal/check"
)

// activationReference is testdata/activations.json, made by make_activations.py
// beside it: what PyTorch's modules compute in double precision.
type activationReference struct {
	Shape []int
	X, DY []float64
	Cases []struct {
		Name   Activation
		Module string
		Gain   *float64
		Y, DX  []float64
	}
}

func readActivations(t testing.TB) activationReference {
	t.Helper()
	data, err := os.ReadFile("testdata/activations.json")
	check.NoError(t, err)
	var ref activationReference
	check.NoError(t, json.Unmarshal(data, &ref))
	return ref
}

// Every activation has PyTorch's values, gradients, gain and title, and
// PyTorch's table has no other.
func TestActivationsPyTorch(t *testing.T) {
	ref := readActivations(t)
	var names []Activation
	for _, c := range ref.Cases {
		names = append(names, c.Name)
		t.Run(string(c.Name), func(t *testing.T) {
			if got := c.Name.Title(); got != c.Module {
				t.Errorf("the title is %q, PyTorch's module %q", got, c.Module)
			}
			gain, ok := c.Name.Gain()
			if ok != (c.Gain != nil) || ok && math.Abs(gain-*c.Gain) > 1e-15 {
				t.Errorf("the gain is %v, %v, PyTorch's %v", gain, ok, c.Gain)
			}
			y, dx := through(t, c.Name, ref)
			for i, x := range ref.X {
				if d := math.Abs(float64(y[i]) - c.Y[i]); !(d <= 1e-6) {
					t.Errorf("of %v y is %v, PyTorch's %v", x, y[i], c.Y[i])
				}
				if d := math.Abs(float64(dx[i]) - c.DX[i]); !(d <= 1e-6) {
					t.Errorf("of %v and dy %v dx is %v, PyTorch's %v", x, ref.DY[i], dx[i], c.DX[i])
				}
			}
		})
	}
	if !slices.Equal(names, Activations) {
		t.Errorf("PyTorch's table has %v, want %v", names, Activations)
	}
}

// Where PyTorch has an activation of ±∞ or its slope there as a NaN, it is the
// limit here: units that are far out are not lost.
func TestActivationsAtInfinity(t *testing.T) {
	inf := math.Inf(1)
	ref := activationReference{Shape: []int{1, 2}, X: []float64{inf, -inf}, DY: []float64{1, 1}}
	for _, a := range Activations {
		y, dx := through(t, a, ref)
		for i, x := range ref.X {
			if y[i] != y[i] || dx[i] != dx[i] {
				t.Errorf("%s of %v is %v with the slope %v, want the limits", a, x, y[i], dx[i])
			}
		}
	}
}

// through returns y and dx of the activation's op for x and dy of ref.
func through(t testing.TB, a Activation, ref activationReference) (y, dx []float32) {
	t.Helper()
	s := newSketch(t)
	x := NewParameter("x", ref.Shape...)
	copy(x.Data(), toFloat32(ref.X))
	node := s.node(x.Node(s.g))
	out := s.node(a.Apply(node))
	loss, d := newDot(s, out)
	copy(d.c, toFloat32(ref.DY))
	m := s.machine(loss, nil, node)
	check.NoError(t, m.Run())
	return elements(t, out.Value()), gradientsOf(t, m)[0]
}

func toFloat32(x []float64) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(v)
	}
	return y
}

// The share of the second moment is what the op makes of it, whatever the
// spread of x; and where there is none, it depends on the spread.
func TestMomentShare(t *testing.T) {
	ref := readActivations(t) // symmetric about 0
	share := func(a Activation, spread float64) float64 {
		scaled := ref
		scaled.X = apply64(func(x float64) float64 { return spread * x }, ref.X)
		y, _ := through(t, a, scaled)
		var before, after float64
		for i, x := range scaled.X {
			before += x * x
			after += float64(y[i]) * float64(y[i])
		}
		return after / before
	}
	for _, a := range Activations {
		want, ok := a.MomentShare()
		narrow, wide := share(a, 1./8), share(a, 1)
		if ok && (math.Abs(narrow-want) > 1e-6 || math.Abs(wide-want) > 1e-6) {
			t.Errorf("%s lets %v and %v of the second moment pass, want %v", a, narrow, wide, want)
		}
		if !ok && math.Abs(narrow-wide) < 1e-3 {
			t.Errorf("%s has no share, but lets %v of the second moment pass whatever the spread", a, wide)
		}
	}
}

func TestParseActivation(t *testing.T) {
	for _, want := range Activations {
		a, err := ParseActivation(string(want))
		check.NoError(t, err)
		if a != want {
			t.Errorf("%q is parsed as %q", want, a)
		}
	}
	var names []string
	for _, a := range Activations {
		names = append(names, string(a))
	}
	for _, name := range []string{"", "ReLU", "nonesuch"} {
		a, err := ParseActivation(name)
		check.Error(t, err, `unknown activation "`+name+`"`, "want one of "+strings.Join(names, ", "))
		if a != "" {
			t.Errorf("with the error comes %q", a)
		}
	}
	unknown := Activation("nonesuch")
	_, share := unknown.MomentShare()
	_, gain := unknown.Gain()
	if unknown.Title() != "" || share || gain {
		t.Errorf("something is known of an unknown activation: %q, %v, %v", unknown.Title(), share, gain)
	}
}
