package optimizers_test

import (
	"fmt"
	"log"

	"gorgonia.org/gorgonia"

	"optlab/optimizers"
)

// minimize prints w after each step of the optimizer from 1, on the loss
// (w−3)².
func minimize(o optimizers.Optimizer, steps int) {
	g := gorgonia.NewGraph()
	w := gorgonia.NewScalar(g, gorgonia.Float64, gorgonia.WithName("w"), gorgonia.WithValue(1.0))
	three := gorgonia.NewConstant(3.0)
	loss := gorgonia.Must(gorgonia.Square(gorgonia.Must(gorgonia.Sub(w, three))))
	if _, err := gorgonia.Grad(loss, w); err != nil {
		log.Fatal(err)
	}
	machine := gorgonia.NewTapeMachine(g)
	defer machine.Close()
	for range steps {
		if err := machine.RunAll(); err != nil {
			log.Fatal(err)
		}
		if err := o.Step([]gorgonia.ValueGrad{w}); err != nil {
			log.Fatal(err)
		}
		machine.Reset()
		fmt.Printf("%.4f\n", w.Value().Data())
	}
}

func ExampleNew() {
	adam, err := optimizers.New(optimizers.Config{Name: "adam", LearningRate: 0.5})
	if err != nil {
		log.Fatal(err)
	}
	minimize(adam, 4)
	// Output:
	// 1.5000
	// 1.9913
	// 2.4630
	// 2.8988
}

func ExampleNew_settings() {
	momentum, err := optimizers.New(optimizers.Config{
		Name:         "momentum",
		LearningRate: 0.25,
		Settings:     map[string]float64{"beta1": 0.5},
	})
	if err != nil {
		log.Fatal(err)
	}
	minimize(momentum, 4)
	m := momentum.State().Tensors["m.w"]
	fmt.Printf("m is %.4f\n", m.Data())
	// Output:
	// 1.5000
	// 2.1250
	// 2.6562
	// 3.0078
	// m is -1.4062
}

func ExampleSchedule() {
	config := optimizers.Config{
		Name:         "sgd",
		LearningRate: 0.25,
		Schedule:     optimizers.Schedule{Name: "step", Warmup: 2, Settings: map[string]float64{"decay": 0.5}},
	}
	config.Schedule = config.Schedule.Resolve(3, 12) // updates in an epoch, and in all
	sgd, err := optimizers.New(config)
	if err != nil {
		log.Fatal(err)
	}
	minimize(sgd, 4)
	fmt.Println("the next rate is", config.Rate(5))
	// Output:
	// 1.5000
	// 2.2500
	// 2.6250
	// 2.8125
	// the next rate is 0.125
}

// What the table says about an optimizer, for a form or a flag.
func ExampleLookup() {
	kind, err := optimizers.Lookup("adam")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(kind.Title, "at a usual learning rate of", kind.LearningRate)
	for _, s := range kind.Settings() {
		fmt.Println(s.Symbol, "=", s.Default)
	}
	// Output:
	// Adam at a usual learning rate of 0.001
	// β₁ = 0.9
	// β₂ = 0.999
	// ε = 1e-08
}
