package surface

import "testing"

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		compile(b, pathological())
	}
}

func BenchmarkDescend100(b *testing.B) {
	p := compile(b, pathological())
	for b.Loop() {
		if _, err := p.Descend(b.Context(), newAdam(b, 1), [2]float64{5, 5}, 100); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGrid(b *testing.B) {
	p := compile(b, pathological())
	xs, ys := span(p.surface.X, 100), span(p.surface.Y, 100)
	for b.Loop() {
		if _, err := p.Grid(xs, ys); err != nil {
			b.Fatal(err)
		}
	}
}
