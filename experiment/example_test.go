package experiment_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"sync"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/blocks"
	"optlab/models"
	"optlab/models/training"
	"optlab/optimizers"
)

// An experiment of the notebook's first part, on a small set, without files.
func Example() {
	c := experiment.Default(models.HyperparameterModel)
	c.Optimizer = optimizers.Config{Name: "adam", LearningRate: 0.01}
	c.Epochs = 5
	e, err := experiment.New(c, blocks.Set(10))
	if err != nil {
		log.Fatal(err)
	}
	results, err := e.Run(context.Background(), folder.Folder{}, experiment.Hooks{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: %.0f %% of the test images right\n", results.Status, 100*results.Test.Accuracy)
	// Output: finished: 100 % of the test images right
}

// The folder of a run has its configuration and its results; the same run again
// is shown, not repeated.
func ExampleRead() {
	path, err := os.MkdirTemp("", "optlab")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(path)
	c := experiment.Default(models.HyperparameterModel)
	c.Epochs = 2
	for range 2 {
		e, err := experiment.New(c, blocks.Set(10))
		if err != nil {
			log.Fatal(err)
		}
		_, err = e.Run(context.Background(), folder.Folder{Path: path}, experiment.Hooks{
			Start: func() error { fmt.Println("a new run"); return nil },
			Show:  func(*training.Results) { fmt.Println("it is there") },
		})
		if err != nil {
			log.Fatal(err)
		}
	}
	config, results, err := experiment.Read(path)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(config.Model.Sizes, config.Optimizer.Name, len(results.Epochs), "epochs")
	// Output:
	// a new run
	// it is there
	// [64 128 10] sgd 2 epochs
}

// A front: it trains two configurations side by side, each on one thread, and
// prints a line for every epoch as it comes.
func Example_sideBySide() {
	set := blocks.Set(10)
	var lines sync.Mutex // the runs print from goroutines of their own
	var runs sync.WaitGroup
	for _, name := range []string{"sgd", "momentum"} {
		c := experiment.Default(models.HyperparameterModel)
		c.Optimizer = optimizers.Config{Name: name, LearningRate: 0.5}
		c.Epochs, c.Threads = 3, 1
		runs.Go(func() {
			e, err := experiment.New(c, set)
			if err != nil {
				log.Fatal(err)
			}
			_, err = e.Run(context.Background(), folder.Folder{}, experiment.Hooks{
				Epoch: func(epoch training.Epoch) {
					lines.Lock()
					defer lines.Unlock()
					fmt.Printf("%s, epoch %d: validation accuracy %.0f %%\n", name, epoch.Number, 100*epoch.ValidationAccuracy)
				},
			})
			if err != nil {
				log.Fatal(err)
			}
		})
	}
	runs.Wait()
	// Unordered output:
	// momentum, epoch 1: validation accuracy 38 %
	// momentum, epoch 2: validation accuracy 100 %
	// momentum, epoch 3: validation accuracy 100 %
	// sgd, epoch 1: validation accuracy 98 %
	// sgd, epoch 2: validation accuracy 100 %
	// sgd, epoch 3: validation accuracy 100 %
}
