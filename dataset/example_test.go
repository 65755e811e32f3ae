package dataset_test

import (
	"fmt"
	"log"

	"optlab/dataset"
	"optlab/mnist"
	"optlab/random"
)

// From the embedded files to the first training batch.
func Example() {
	set, err := mnist.Open("mnist")
	if err != nil {
		log.Fatal(err)
	}
	stream := random.New(42)
	part1 := dataset.Preparation{Split: dataset.NumPySplit, Pixels: dataset.UnitInterval}
	loaders, err := dataset.Prepare(set, part1, 16, 0, stream, 0)
	if err != nil {
		log.Fatal(err)
	}
	train := loaders.Train
	fmt.Println(train.Len(), "to train,", loaders.Validation.Len(), "to validate,", loaders.Test.Len(), "to test")
	fmt.Println(train.Batches(), "batches")

	train.Start(stream)
	n := train.NextSize()
	x, labels := make([]float32, n*set.Train.Features()), make([]int, n)
	if err := train.Next(x, labels); err != nil {
		log.Fatal(err)
	}
	fmt.Println("labels of the first:", labels)
	// Output:
	// 48000 to train, 12000 to validate, 10000 to test
	// 3000 batches
	// labels of the first: [0 2 3 3 4 0 3 5 3 2 6 0 4 7 6 3]
}
