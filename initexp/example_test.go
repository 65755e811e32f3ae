package initexp_test

import (
	"fmt"
	"log"

	"optlab/graph"
	"optlab/initexp"
	"optlab/models"
	"optlab/random"
)

// How far activations and gradients vary in five layers with ReLU, by scheme:
// the network is compiled once and initialized anew for each.
func Example() {
	const batch, features, classes = 256, 100, 10
	model, err := models.New(models.Base(graph.ReLU, features, classes, []int{100, 100, 100, 100}))
	if err != nil {
		log.Fatal(err)
	}
	probe, err := initexp.Compile(model, batch)
	if err != nil {
		log.Fatal(err)
	}
	x, labels := make([]float32, batch*features), make([]int, batch)
	random.New(1).Normal(x, 0, 1)
	for i := range labels {
		labels[i] = i % classes
	}
	for _, scheme := range []models.Scheme{models.Normal, models.Xavier, models.Kaiming} {
		init := models.NewInitializer(scheme)
		if err := model.Initialize(init, random.New(42)); err != nil {
			log.Fatal(err)
		}
		layers, err := probe.Measure(init, x, labels, 50)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(scheme)
		for _, l := range layers {
			fmt.Printf("  %s: activations vary by %.1e, predicted %.1e, gradients by %.1e\n",
				l.Name, l.Activation.Variance, *l.Predicted, l.Gradient.Variance)
		}
	}
	// Output:
	// normal
	//   Layer 0: activations vary by 1.0e-02, predicted 1.0e-02, gradients by 1.5e-14
	//   Layer 2: activations vary by 1.5e-04, predicted 5.0e-05, gradients by 1.0e-14
	//   Layer 4: activations vary by 9.1e-05, predicted 2.5e-07, gradients by 1.0e-14
	//   Layer 6: activations vary by 1.0e-04, predicted 1.3e-09, gradients by 1.1e-13
	//   Layer 8: activations vary by 1.1e-04, predicted 6.3e-12, gradients by 2.4e-10
	// xavier
	//   Layer 0: activations vary by 1.0e+00, predicted 1.0e+00, gradients by 4.8e-06
	//   Layer 2: activations vary by 5.1e-01, predicted 5.0e-01, gradients by 5.0e-06
	//   Layer 4: activations vary by 2.7e-01, predicted 2.5e-01, gradients by 6.2e-06
	//   Layer 6: activations vary by 1.4e-01, predicted 1.3e-01, gradients by 7.8e-06
	//   Layer 8: activations vary by 1.1e-01, predicted 1.1e-01, gradients by 4.5e-05
	// kaiming
	//   Layer 0: activations vary by 1.0e+00, predicted 1.0e+00, gradients by 6.3e-05
	//   Layer 2: activations vary by 1.1e+00, predicted 1.0e+00, gradients by 1.6e-04
	//   Layer 4: activations vary by 1.2e+00, predicted 1.0e+00, gradients by 2.7e-04
	//   Layer 6: activations vary by 1.2e+00, predicted 1.0e+00, gradients by 3.4e-04
	//   Layer 8: activations vary by 1.5e+00, predicted 1.0e+00, gradients by 4.3e-03
}
