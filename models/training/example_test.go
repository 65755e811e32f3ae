package training_test

import (
	"context"
	"fmt"
	"log"

	"optlab/dataset"
	"optlab/internal/blocks"
	"optlab/models"
	"optlab/models/training"
	"optlab/optimizers"
	"optlab/random"
)

// A trainer from its parts, and the test of what it trained. Package experiment
// makes one of a configuration.
func Example() {
	stream := random.New(42)
	data, err := dataset.Prepare(blocks.Set(10), dataset.Preparation{Split: dataset.NumPySplit, Pixels: dataset.UnitInterval}, 16, 0, stream, 0)
	if err != nil {
		log.Fatal(err)
	}
	model, err := models.New(models.Hyperparameter([]int{blocks.Side * blocks.Side, 32, 10}, 0.2))
	if err != nil {
		log.Fatal(err)
	}
	if err := model.Initialize(models.NewInitializer(models.Torch), stream); err != nil {
		log.Fatal(err)
	}
	adam, err := optimizers.New(optimizers.Config{Name: "adam", LearningRate: 0.01})
	if err != nil {
		log.Fatal(err)
	}
	trainer := &training.Trainer{
		Model: model, Optimizer: adam, Data: data, Epochs: 6,
		Stream: stream, Masks: random.Derive(42, "dropout"),
	}
	history, err := trainer.Run(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	test, err := training.NewEvaluator(model, 0).Evaluate(context.Background(), data.Test, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d epochs of %d batches, %.0f %% of the test images right\n",
		len(history.Epochs), history.BatchesPerEpoch, 100*test.Accuracy)
	// Output: 6 epochs of 15 batches, 100 % of the test images right
}
