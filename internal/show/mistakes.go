package show

import (
	"fmt"

	"optlab/internal/figures"
	"optlab/models/training"
)

// mistakes draws the images of the test that were mistaken most confidently.
func mistakes(r *training.Results, of about) ([]byte, error) {
	const cols = 5
	var images []figures.Image
	test, classes := of.set.Test, of.set.Classes
	for _, m := range r.Test.Mistakes {
		images = append(images, figures.Image{
			Pixels: test.Image(m.Sample), Rows: test.Rows, Cols: test.Cols,
			Title:   classes[m.Label],
			Caption: classes[m.Predicted] + "\n" + percent(m.Probability),
		})
	}
	what := fmt.Sprintf("The %d most confident mistakes in the test", len(images))
	if len(images) == 1 {
		what = "The only mistake in the test"
	}
	return figures.Images(of.title(what),
		"Above each image its class; below, in red, the one predicted and the probability given to it", images, cols)
}

// percent writes a probability, and as certain only what is.
func percent(p float64) string {
	text := fmt.Sprintf("%.2f %%", 100*p)
	if p < 1 && text == "100.00 %" {
		return "> 99.99 %"
	}
	return text
}
