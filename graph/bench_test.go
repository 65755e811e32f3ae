package graph

import (
	"testing"

	"optlab/random"
)

// BenchmarkRun is one run forwards and backwards of the lab's network, without
// the update of the parameters.
func BenchmarkRun(b *testing.B) {
	sizes := []int{784, 128, 10}
	m := newMLP(b, mlpConfig{sizes, ReLU, 16, 0.2, random.New(42), 0}, mlpParameters(sizes))
	b.ReportAllocs()
	for b.Loop() {
		if err := m.Run(); err != nil {
			b.Fatal(err)
		}
	}
}
