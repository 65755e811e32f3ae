package figures

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"testing"

	"optlab/models"
	"optlab/optimizers"
)

// matrix maps linear red, green and blue to what is seen.
type matrix [3][3]float64

// What those see who lack the cones for red, and for green: Machado, Oliveira
// and Fernandes, A Physiologically-based Model for Simulation of Color Vision
// Deficiency, IEEE Transactions on Visualization and Computer Graphics 15
// (2009), table 1, severity 1. Gray is the luminance of sRGB (IEC 61966-2-1).
var sights = []struct {
	name  string
	sees  matrix
	bound float64 // the least ΔE between two looks that the test allows
}{
	// Measured: 33.0, 13.3, 20.1 and 8.9. A difference of 2.3 is just noticed
	// (Mahy, Van Eycken and Oosterlinck, 1994).
	{"all cones", matrix{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, 30},
	{"protanopia", matrix{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}, 13},
	{"deuteranopia", matrix{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}, 19},
	{"gray", matrix{luminance, luminance, luminance}, 8.5},
}

var luminance = [3]float64{0.2126729, 0.7151522, 0.0721750}

// lab returns the color in CIELAB, for the white D65, as an eye sees it.
func lab(c color.NRGBA, sees matrix) [3]float64 {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	times := func(m matrix, v [3]float64) (out [3]float64) {
		for i, row := range m {
			out[i] = row[0]*v[0] + row[1]*v[1] + row[2]*v[2]
		}
		return out
	}
	rgb := times(sees, [3]float64{linear(c.R), linear(c.G), linear(c.B)})
	for i, v := range rgb {
		rgb[i] = min(max(v, 0), 1)
	}
	xyz := times(matrix{{0.4124564, 0.3575761, 0.1804375}, luminance, {0.0193339, 0.1191920, 0.9503041}}, rgb)
	f := func(t float64) float64 {
		if t > 216./24389 {
			return math.Cbrt(t)
		}
		return (24389./27*t + 16) / 116
	}
	x, y, z := f(xyz[0]/0.95047), f(xyz[1]), f(xyz[2]/1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

// deltaE is the distance of two colors in CIELAB (CIE 1976).
func deltaE(a, b color.NRGBA, sees matrix) float64 {
	p, q := lab(a, sees), lab(b, sees)
	return math.Hypot(math.Hypot(p[0]-q[0], p[1]-q[1]), p[2]-q[2])
}

// Known values of CIELAB, so that the bounds below mean something.
func TestLab(t *testing.T) {
	for c, want := range map[color.NRGBA][3]float64{
		rgb(0xffffff): {100, 0, 0}, rgb(0x000000): {0, 0, 0}, rgb(0xff0000): {53.24, 80.09, 67.20}, rgb(0x0000ff): {32.30, 79.19, -107.86},
	} {
		got := lab(c, sights[0].sees)
		for i := range got {
			if math.Abs(got[i]-want[i]) > 0.05 {
				t.Errorf("%v is %v, want %v", c, got, want)
			}
		}
	}
	// Red and green of one lightness are hardly apart without the cones for
	// red.
	red, green := rgb(0xd55e00), rgb(0x8a8000)
	if with, without := deltaE(red, green, sights[0].sees), deltaE(red, green, sights[1].sees); without > with/2 {
		t.Errorf("ΔE is %.1f, for protanopia %.1f", with, without)
	}
}

// Whoever sees them, and in gray, all looks are apart, and from white paper
// too; their markers differ as well.
func TestLooksAreApart(t *testing.T) {
	for _, s := range sights {
		least, pair := math.Inf(1), ""
		for i, a := range looks {
			for j, b := range looks[:i] {
				if d := deltaE(a.color, b.color, s.sees); d < least {
					least, pair = d, fmt.Sprintf("looks %d and %d", j, i)
				}
			}
			if d := deltaE(a.color, paper, s.sees); d < 20 {
				t.Errorf("%s: look %d is %.1f from the paper", s.name, i, d)
			}
		}
		t.Logf("%s: the smallest ΔE is %.1f, between %s", s.name, least, pair)
		if !(least >= s.bound) {
			t.Errorf("%s: the smallest ΔE is %.1f, between %s, want at least %v", s.name, least, pair, s.bound)
		}
	}
	for i, a := range looks {
		for j, b := range looks[:i] {
			if slices.Equal(a.mark, b.mark) {
				t.Errorf("looks %d and %d have the same marker", j, i)
			}
		}
	}
}

// Every optimizer and every initialization has a look, and no other one of its
// kind has it.
func TestEveryoneHasALook(t *testing.T) {
	for _, names := range [][]string{optimizers.Names(), schemes()} {
		taken := make(map[int]string)
		for _, name := range names {
			i := rowOf(name)
			if i < 0 {
				t.Errorf("%s has no row in looks", name)
			} else if taken[i] != "" {
				t.Errorf("%s and %s have the same look", name, taken[i])
			}
			taken[i] = name
		}
	}
	for _, k := range optimizers.Kinds() {
		if rowOf(k.Title) != rowOf(k.Name) || rowOf(k.Title+", lr 0.1") != rowOf(k.Name) {
			t.Errorf("%s is not found by its title %q", k.Name, k.Title)
		}
	}
}

func schemes() (names []string) {
	for _, s := range models.Schemes {
		names = append(names, string(s))
	}
	return names
}

// A look depends on who has it, not on who else is in the figure; the others
// take what is free.
func TestLooksOf(t *testing.T) {
	same := func(a, b look) bool {
		return a.color == b.color && slices.Equal(a.mark, b.mark) && a.dashed == b.dashed
	}
	for _, names := range [][]string{{"adam"}, {"sgd", "adam"}, {"nonesuch", "Adam, lr 1"}, {"Adam (left)", "x", "y", "z"}} {
		found := looksOf(names)
		for i, name := range names {
			if own := rowOf(name) >= 0; own && !same(found[i], looks[rowOf(name)]) {
				t.Errorf("%q: %s has another look", names, name)
			}
		}
	}
	many := make([]string, 2*len(looks)+3)
	for i := range many {
		many[i] = fmt.Sprintf("run%d", i)
	}
	many[3] = "sgd"
	found := looksOf(append(many, "run0"))
	for i, a := range found[:len(looks)] {
		for _, b := range found[:i] {
			if same(a, b) {
				t.Errorf("curve %d has the look of an earlier one", i)
			}
		}
	}
	if !found[len(looks)].dashed || !same(found[0], found[len(many)]) {
		t.Error("curves beyond the table are not dashed, or one name has two looks")
	}
}
