package surface

import "testing"

func BenchmarkDescend100(b *testing.B) {
	for b.Loop() {
		if _, err := Descend(newAdam(b, 1), pathological(), [2]float64{5, 5}, 100); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDescend20000(b *testing.B) {
	for b.Loop() {
		if _, err := Descend(newAdam(b, 0.01), rosenbrock(), rosenbrock().Start, 20000); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGrid(b *testing.B) {
	s := pathological()
	xs, ys := span(s.X, 100), span(s.Y, 100)
	for b.Loop() {
		if _, err := s.Grid(xs, ys); err != nil {
			b.Fatal(err)
		}
	}
}
