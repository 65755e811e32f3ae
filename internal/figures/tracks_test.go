package figures

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// tracks are one training whose variances vanish with depth, one that keeps
// them, one that is constant and one that diverges; shift changes a number.
func tracks(layers int, shift float64) []Track {
	var list []Track
	for k, name := range []string{"normal", "kaiming", "constant", "xavier"} {
		t := Track{Name: name}
		n := 40
		if name == "xavier" {
			n, t.Note = 12, "diverged after 132 updates"
		}
		for j := range n {
			t.Steps = append(t.Steps, 12*j)
		}
		for i := range layers {
			t.Layers = append(t.Layers, fmt.Sprintf("Layer %d", 2*i))
			var activations, gradients []float64
			for j := range n {
				v := math.Pow(10, -float64(i)*[]float64{0.4, 0.01, 0, -0.2}[k]+float64(j)/60)
				if name == "constant" && i > 2 {
					v = 0
				}
				if name == "xavier" && j == n-1 {
					v = math.NaN()
				}
				activations, gradients = append(activations, v), append(gradients, v/1e4)
			}
			t.Activations, t.Gradients = append(t.Activations, activations), append(t.Gradients, gradients)
		}
		list = append(list, t)
	}
	list[0].Activations[2][3] *= 1 + shift
	return list
}

func TestTrackErrors(t *testing.T) {
	short := tracks(3, 0)
	short[0].Gradients[2] = short[0].Gradients[2][1:]
	few := tracks(3, 0)
	few[0].Activations = few[0].Activations[:2]
	for want, list := range map[string][]Track{
		"there is no training": nil, "0 layers and 0 measurements": {{Name: "x"}},
		"39 variances for 40 measurements": short, "2 layers for 3 names": few,
	} {
		if _, err := Tracks("", list); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// One measurement, a single layer, many layers, nothing but zeros are drawn.
func TestTrackExtremes(t *testing.T) {
	one := Track{Name: "one", Layers: []string{"Layer 0"}, Steps: []int{0}, Activations: [][]float64{{0}}, Gradients: [][]float64{{1}}}
	mustDraw(t, func() ([]byte, error) { return Tracks("One", []Track{one}) })
	mustDraw(t, func() ([]byte, error) { return Tracks("Deep", tracks(201, 0)) })
}
