package optimizers_test

import (
	"fmt"
	"log"

	"gorgonia.org/gorgonia"

	"optlab/optimizers"
)

// minimise prints w after each step of the optimizer from 1, on the loss (w−3)².
func minimise(o optimizers.Optimizer, steps int) {
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

func ExampleSGD() {
	sgd, err := optimizers.NewSGD(optimizers.SGDConfig{LearningRate: 0.25})
	if err != nil {
		log.Fatal(err)
	}
	minimise(sgd, 4)
	// Output:
	// 2.0000
	// 2.5000
	// 2.7500
	// 2.8750
}

func ExampleMomentum() {
	momentum, err := optimizers.NewMomentum(optimizers.MomentumConfig{
		LearningRate: 0.25,
		Beta1:        0.5,
	})
	if err != nil {
		log.Fatal(err)
	}
	minimise(momentum, 4)
	m := momentum.State().Tensors["m.w"]
	fmt.Printf("m is %.4f\n", m.Data())
	// Output:
	// 1.5000
	// 2.1250
	// 2.6562
	// 3.0078
	// m is -1.4062
}

func ExampleAdam() {
	adam, err := optimizers.NewAdam(optimizers.AdamConfig{
		LearningRate: 0.5,
		Beta1:        optimizers.DefaultBeta1,
		Beta2:        optimizers.DefaultBeta2,
		Epsilon:      optimizers.DefaultEpsilon,
	})
	if err != nil {
		log.Fatal(err)
	}
	minimise(adam, 4)
	// Output:
	// 1.5000
	// 1.9913
	// 2.4630
	// 2.8988
}
