package models_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"optlab/models"
	"optlab/optimizers"
	"optlab/random"
)

// trained returns a small network after a few steps on one batch.
func trained() (*models.Model, error) {
	m, err := models.New(models.Hyperparameter([]int{4, 3, 2}, 0.2))
	if err != nil {
		return nil, err
	}
	stream := random.New(42)
	if err := m.Initialize(models.NewInitializer(models.Torch), stream); err != nil {
		return nil, err
	}
	pass, err := m.Compile(models.PassConfig{Batch: 2, Gradients: true, Masks: random.Derive(42, "dropout")})
	if err != nil {
		return nil, err
	}
	stream.Uniform(pass.X, 0, 1)
	copy(pass.Labels, []int{0, 1})
	sgd, err := optimizers.New(optimizers.Config{Name: "sgd", LearningRate: 0.1})
	if err != nil {
		return nil, err
	}
	for range 10 {
		if err := pass.Run(); err != nil {
			return nil, err
		}
		if err := sgd.Step(pass.Gradients()); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func printParameters(m *models.Model) {
	for _, p := range m.Parameters() {
		fmt.Printf("%s %v %.4f\n", p.Name, p.Value.Shape(), p.Data())
	}
}

// Exercise 3 of the lab: a new model loads the weights of a trained one, and
// prints the same values.
func Example() {
	old, err := trained()
	if err != nil {
		log.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "models")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "our_model.safetensors")
	if err := old.Save(path); err != nil {
		log.Print(err)
		return
	}

	m, err := models.New(old.Config())
	if err != nil {
		log.Print(err)
		return
	}
	if err := m.Load(path); err != nil {
		log.Print(err)
		return
	}
	fmt.Println("The trained model:")
	printParameters(old)
	fmt.Println("The new model:")
	printParameters(m)

	// Output:
	// The trained model:
	// net.0.weight (3, 4) [0.3808 0.4110 -0.1172 0.4524 -0.0930 0.0699 -0.2344 0.2458 0.5000 -0.4160 0.4601 0.0251]
	// net.0.bias (3) [0.3621 0.0393 0.2297]
	// net.3.weight (2, 3) [-0.2550 0.3422 0.1979 -0.0961 0.2500 -0.3786]
	// net.3.bias (2) [-0.1518 -0.1504]
	// The new model:
	// net.0.weight (3, 4) [0.3808 0.4110 -0.1172 0.4524 -0.0930 0.0699 -0.2344 0.2458 0.5000 -0.4160 0.4601 0.0251]
	// net.0.bias (3) [0.3621 0.0393 0.2297]
	// net.3.weight (2, 3) [-0.2550 0.3422 0.1979 -0.0961 0.2500 -0.3786]
	// net.3.bias (2) [-0.1518 -0.1504]
}
