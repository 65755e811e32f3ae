package show

import (
	"fmt"
	"io"

	"optlab/dataset"
	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/cli"
	"optlab/models"
)

// Setting prints the data of an experiment, its network, and what a student may
// wonder about.
func Setting(w io.Writer, set *dataset.Set, e *experiment.Experiment) {
	c, train := e.Config(), e.Data.Train
	text := fmt.Sprintf("%s: %d images to train, %d to validate, %d to test, %d × %d pixels",
		dataName(c, set), train.Len(), e.Data.Validation.Len(), e.Data.Test.Len(), set.Train.Rows, set.Train.Cols)
	if n := train.Dropped(); n > 0 {
		text += fmt.Sprintf("; in each epoch %d are left out, as they do not fill a batch (-drop-last)", n)
	}
	cli.PrintWrapped(w, text)
	fmt.Fprintln(w)
	networkTable(w, e.Model, c.Batch)
	if c.Init.Scheme == models.Constant && c.Model.Dropout > 0 && len(c.Model.Sizes) > 2 {
		fmt.Fprintln(w)
		cli.PrintWrapped(w, "All units of a layer start equal, and without dropout they would stay so, with one gradient for all. "+
			"Dropout's masks differ from unit to unit and make them part: -dropout 0 shows the lesson.")
	}
}

// Plan prints how the training goes on from there.
func Plan(w io.Writer, c experiment.Config, dir folder.Folder) {
	fmt.Fprintln(w)
	epochs := fmt.Sprintf("%d epochs", c.Epochs)
	if c.Epochs == 1 {
		epochs = "1 epoch"
	}
	cli.PrintWrapped(w, fmt.Sprintf("%s, learning rate %v%s, batches of %d, %s, seed %d → %s",
		c.Optimizer.Name, c.Optimizer.LearningRate, schedule(c.Optimizer.Schedule), c.Batch, epochs, c.Seed, dir.Path))
	if c.Epochs > 0 {
		fmt.Fprintln(w, "Loss and share of right answers in each epoch:")
	}
}
