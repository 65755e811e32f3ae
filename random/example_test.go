package random_test

import (
	"fmt"

	"optlab/random"
)

// What PyTorch draws after torch.manual_seed(42): torch.rand(3), torch.randn(3)
// and torch.randperm(10).
func Example() {
	s := random.New(42)
	uniform, normal := make([]float32, 3), make([]float32, 3)
	s.Uniform(uniform, 0, 1)
	s.Normal(normal, 0, 1)
	fmt.Printf("%.4f\n", uniform)
	fmt.Printf("%.4f\n", normal)
	fmt.Println(s.Perm(10))
	// Output:
	// [0.8823 0.9150 0.3829]
	// [-0.8293 -1.6137 -0.2147]
	// [4 9 0 2 8 5 1 7 3 6]
}

// Dropout masks come from a stream of their own: they shift no other draw.
func ExampleDerive() {
	masks := random.Derive(42, "dropout")
	keep := make([]float32, 4)
	masks.Uniform(keep, 0, 1)

	weights := make([]float32, 2)
	random.New(42).Uniform(weights, 0, 1)
	fmt.Printf("%.4f\n", weights)
	// Output: [0.8823 0.9150]
}
