package optimizers

import (
	"math/rand/v2"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// The parameters of the 784-128-10 network: 101 770 numbers in float32.
func benchmarkModel() []gorgonia.ValueGrad {
	rng := rand.New(rand.NewPCG(1, 2))
	random := func(shape ...int) *tensor.Dense {
		data := make([]float32, tensor.Shape(shape).TotalSize())
		for i := range data {
			data[i] = float32(rng.NormFloat64())
		}
		return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
	}
	var model []gorgonia.ValueGrad
	for _, shape := range [][]int{{128, 784}, {128}, {10, 128}, {10}} {
		model = append(model, param{value: random(shape...), grad: random(shape...)})
	}
	return model
}

func benchmarkStep(b *testing.B, o Optimizer) {
	model := benchmarkModel()
	elements := 0
	for _, p := range model {
		elements += p.Value().Shape().TotalSize()
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := o.Step(model); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*elements), "ns/element")
}

func BenchmarkStep(b *testing.B) {
	for _, name := range Names() {
		b.Run(name, func(b *testing.B) { benchmarkStep(b, create(b, name, 1e-4)) })
	}
}
