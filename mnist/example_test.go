package mnist_test

import (
	"fmt"
	"log"

	"optlab/mnist"
	"optlab/random"
)

// From the embedded files to the first training batch.
func Example() {
	ds, err := mnist.Open("mnist")
	if err != nil {
		log.Fatal(err)
	}
	train, val, err := mnist.SplitNumPy(ds.Train.Len())
	if err != nil {
		log.Fatal(err)
	}
	loader, err := mnist.NewLoader(ds.Train, train, mnist.LoaderConfig{BatchSize: 16, Shuffle: true})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(train), "to train,", len(val), "to validate,", ds.Test.Len(), "to test")
	fmt.Println(loader.Batches(), "batches")

	loader.Start(random.New(42))
	n := loader.NextSize()
	x, labels := make([]float32, n*ds.Train.Features()), make([]int, n)
	if err := loader.Next(x, labels); err != nil {
		log.Fatal(err)
	}
	fmt.Println("labels of the first:", labels)
	// Output:
	// 48000 to train, 12000 to validate, 10000 to test
	// 3000 batches
	// labels of the first: [0 2 3 3 4 0 3 5 3 2 6 0 4 7 6 3]
}
