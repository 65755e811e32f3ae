package graph_test

import (
	"fmt"

	"gorgonia.org/gorgonia"

	"optlab/graph"
)

// must is for graphs whose shapes are right for all to see.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// A layer of two inputs and three classes, whose weights are all 0: every class
// is as likely as any other, and the loss is log 3.
func Example() {
	weight, bias := graph.NewParameter("weight", 3, 2), graph.NewParameter("bias", 3)
	var samples []float32
	var labels []int
	m := must(graph.Compile(func(g *gorgonia.ExprGraph) (p graph.Program, err error) {
		var x, y *gorgonia.Node
		if x, samples, err = graph.Input(g, "x", 2, 2); err != nil {
			return p, err
		}
		if y, labels, err = graph.Labels(g, "y", 2); err != nil {
			return p, err
		}
		w, b := must(weight.Node(g)), must(bias.Node(g))
		p.Loss = must(graph.CrossEntropy(must(graph.Linear(x, w, b)), y))
		p.Parameters = gorgonia.Nodes{w, b}
		p.Hooks = map[string]*gorgonia.Node{"loss": p.Loss}
		return p, nil
	}))

	copy(samples, []float32{3, 0, 0, 6}) // two samples
	copy(labels, []int{0, 2})            // and their classes
	if err := m.Run(); err != nil {
		panic(err)
	}
	fmt.Printf("loss %.4f\n", must(m.Value("loss")).Data())
	for _, p := range m.Gradients() {
		fmt.Printf("%s: %+.2f\n", p.(gorgonia.Namer).Name(), must(p.Grad()).Data())
	}
	// Output:
	// loss 1.0986
	// weight: [-1.00 +1.00 +0.50 +1.00 +0.50 -2.00]
	// bias: [-0.17 +0.33 -0.17]
}
