package blas

import (
	"testing"

	"gorgonia.org/tensor"
)

// Gorgonia's tensors multiply with an Implementation.
func TestTensor(t *testing.T) {
	before := tensor.WhichBLAS()
	defer tensor.Use(before)
	p := product{m: 20, n: 30, k: 40}
	o := p.operands(1)
	a := tensor.New(tensor.WithShape(p.m, p.k), tensor.WithBacking(o.a))
	b := tensor.New(tensor.WithShape(p.k, p.n), tensor.WithBacking(o.b))
	tensor.Use(Implementation{})
	c, err := tensor.MatMul(a, b)
	if err != nil {
		t.Fatal(err)
	}
	p.run(o, 0)
	for i, got := range c.Data().([]float32) {
		if got != o.c[i] {
			t.Fatalf("element %d is %v, want %v", i, got, o.c[i])
		}
	}
}
