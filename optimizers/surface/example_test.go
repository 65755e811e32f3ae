package surface_test

import (
	"context"
	"fmt"
	"log"

	"github.com/pkg/errors"

	"optlab/optimizers"
	"optlab/optimizers/surface"
)

func ExampleProbe_Descend() {
	s, err := surface.Lookup("pathological")
	if err != nil {
		log.Fatal(err)
	}
	momentum, err := optimizers.New(optimizers.Config{Name: "momentum", LearningRate: 10})
	if err != nil {
		log.Fatal(err)
	}
	probe, err := surface.Compile(s)
	if err != nil {
		log.Fatal(err)
	}
	points, err := probe.Descend(context.Background(), momentum, s.Start, 100)
	if err != nil {
		log.Fatal(err)
	}
	for i := 0; i < len(points); i += 50 {
		fmt.Printf("%3d: (%5.2f, %6.2f) %.4f\n", i, points[i].W1, points[i].W2, points[i].Loss)
	}
	// Output:
	//   0: ( 5.00,   5.00) 2.0431
	//  50: ( 0.20, -10.49) 0.0396
	// 100: (-0.01, -13.07) 0.0003
}

// A path that diverges can be drawn as far as it goes.
func ExampleDivergedError() {
	s, err := surface.Lookup("rosenbrock")
	if err != nil {
		log.Fatal(err)
	}
	sgd, err := optimizers.New(optimizers.Config{Name: "sgd", LearningRate: 10})
	if err != nil {
		log.Fatal(err)
	}
	probe, err := surface.Compile(s)
	if err != nil {
		log.Fatal(err)
	}
	points, err := probe.Descend(context.Background(), sgd, s.Start, 100)
	var diverged *surface.DivergedError
	if errors.As(err, &diverged) {
		fmt.Printf("%d points, the last at a loss of %.1e\n", len(points), points[len(points)-1].Loss)
	}
	// Output: 4 points, the last at a loss of 4.3e+179
}

func ExampleProbe_Grid() {
	s, err := surface.Lookup("saddle")
	if err != nil {
		log.Fatal(err)
	}
	probe, err := surface.Compile(s)
	if err != nil {
		log.Fatal(err)
	}
	values, err := probe.Grid([]float64{-1, 0, 2}, []float64{0, 1})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Formula)
	for _, row := range values {
		fmt.Println(row)
	}
	// Output:
	// L = w₁² − w₂²
	// [1 0 4]
	// [0 -1 3]
}

func ExampleLookup() {
	s, err := surface.Lookup("rosenbrock")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Formula)
	fmt.Println("from", s.Start, "to", s.Minima)
	// Output:
	// L = (1 − w₁)² + 100·(w₂ − w₁²)²
	// from [-1.2 1] to [{1 1 0}]
}
