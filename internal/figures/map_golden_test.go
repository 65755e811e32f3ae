package figures

import (
	"math"
	"math/rand/v2"
	"slices"
)

// gridOf samples a function on n × n points.
func gridOf(x0, x1, y0, y1 float64, n int, f func(x, y float64) float64) Grid {
	var g Grid
	for i := range n {
		g.X = append(g.X, x0+(x1-x0)*float64(i)/float64(n-1))
		g.Y = append(g.Y, y0+(y1-y0)*float64(i)/float64(n-1))
	}
	for _, y := range g.Y {
		for _, x := range g.X {
			g.Z = append(g.Z, f(x, y))
		}
	}
	return g
}

// pathological is the notebook's curvature, and rosenbrock has values over many
// decades.
func pathological(x, y float64) float64 {
	return math.Pow(math.Tanh(x), 2) + 0.01*math.Abs(x) + 1/(1+math.Exp(-y))
}

func rosenbrock(x, y float64) float64 { return (1-x)*(1-x) + 100*(y-x*x)*(y-x*x) }

// histogramOf counts normally distributed values in 50 bins and adds their
// density.
func histogramOf(title string, deviation float64, n int) Histogram {
	const bins, reach = 50, 4
	r := rand.New(rand.NewPCG(7, 8))
	h := Histogram{Title: title, Counts: make([]int, bins)}
	for i := range bins + 1 {
		h.Edges = append(h.Edges, deviation*reach*(2*float64(i)/bins-1))
	}
	for range n {
		if bin := int((r.NormFloat64()/reach + 1) * bins / 2); bin >= 0 && bin < bins {
			h.Counts[bin]++
		}
	}
	for i := range 101 {
		x := reach * (float64(i)/50 - 1)
		h.DensityX = append(h.DensityX, deviation*x)
		h.DensityY = append(h.DensityY, math.Exp(-x*x/2)/math.Sqrt(2*math.Pi)/deviation)
	}
	return h
}

// zigzag is a path that jumps from one wall of a ravine to the other, and
// spiral one that does not.
func zigzag(updates int) Path {
	p := Path{Name: "SGD"}
	for i := range updates + 1 {
		t := float64(i) / float64(updates)
		p.X = append(p.X, 3*math.Cos(math.Pi*float64(i))*(1-0.6*t))
		p.Y = append(p.Y, 4-7*t)
	}
	return p
}

func spiral(updates int) Path {
	p := Path{Name: "Momentum", Note: "beyond the edge at first"}
	for i := range updates + 1 {
		t := float64(i) / float64(updates)
		p.X = append(p.X, 6*math.Cos(12*t)*(1-t))
		p.Y = append(p.Y, 6*math.Sin(12*t)*(1-t)-4*t)
	}
	return p
}

// grown returns series whose values grow by a factor per layer.
func grown(names []string, factor float64) []Series {
	var all []Series
	for i, name := range names {
		s := Series{Name: name}
		for layer := range 5 {
			s.Values = append(s.Values, math.Pow(factor*float64(i+1), float64(layer)))
		}
		all = append(all, s)
	}
	return all
}

func goldenMaps() []figure {
	panels := []Histogram{
		histogramOf("Layer 0 (784 → 512)", 0.05, 400_000), histogramOf("Layer 2 (512 → 10)", 2e-5, 5000),
		{Title: "Layer 4", Single: true, Mean: 3.2e-4, Counts: []int{1280}},
	}
	miscounted := slices.Clone(panels)
	miscounted[1].Counts = slices.Clone(panels[1].Counts)
	miscounted[1].Counts[20] += 20
	labels := []string{"Layer 0", "Layer 2", "Layer 4", "Layer 6", "Layer 8"}
	names := []string{"normal", "xavier"}
	activations, gradients := grown(names, 0.1), grown(names, 7)
	activations[1].Values[2] = 0
	stray := grown(names, 7)
	stray[0].Values[3] *= 1.5

	surface, bumpy := gridOf(-5, 5, -5, 5, 25, pathological), gridOf(-5, 5, -5, 5, 25, pathological)
	bumpy.Z[300] += 0.1
	ravine := gridOf(-5, 5, -2, 3, 30, rosenbrock)
	paths, astray := []Path{zigzag(12), spiral(40)}, []Path{zigzag(12), spiral(40)}
	astray[0].Y[5] += 0.2
	draw := func(paths []Path) func() ([]byte, error) {
		return func() ([]byte, error) { return Paths("Rosenbrock", ravine, paths, [][2]float64{{1, 1}, {9, 9}}) }
	}
	return []figure{
		{"histograms",
			func() ([]byte, error) { return Histograms("Gradients", "Grad magnitude", false, panels) },
			func() ([]byte, error) { return Histograms("Gradients", "Grad magnitude", false, miscounted) }},
		{"variances",
			func() ([]byte, error) { return Variances("Identity", "Layer", labels, activations, gradients) },
			func() ([]byte, error) { return Variances("Identity", "Layer", labels, activations, stray) }},
		{"surface",
			func() ([]byte, error) { return Surface("Pathological curvature", surface, paths) },
			func() ([]byte, error) { return Surface("Pathological curvature", bumpy, paths) }},
		{"paths", draw(paths), draw(astray)},
	}
}
