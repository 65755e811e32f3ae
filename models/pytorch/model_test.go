package pytorch_test

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"optlab/mnist"
	"optlab/models"
	"optlab/models/pytorch"
)

// A model that PyTorch trained and saved as the lab does answers here what it
// answered there.
func TestModelAsPyTorch(t *testing.T) {
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var expected struct {
		Model struct {
			Accuracy float64
			Logits   []float64
		} `json:"our_model"`
	}
	text, err := os.ReadFile("testdata/expected.json")
	check(err)
	check(json.Unmarshal(text, &expected))
	want := expected.Model

	file, err := os.ReadFile("testdata/our_model.tar")
	check(err)
	dict, err := pytorch.ReadStateDict(file)
	check(err)
	model, err := models.New(models.Hyperparameter([]int{784, 32, 10}, 0))
	check(err)
	check(model.LoadStateDict(dict))
	data, err := mnist.Open("mnist")
	check(err)
	pass, err := model.Compile(models.PassConfig{Batch: data.Test.Len()})
	check(err)
	for i, pixel := range data.Test.Pixels {
		pass.X[i] = float32(pixel) / 255
	}
	for i, label := range data.Test.Labels {
		pass.Labels[i] = int(label)
	}
	check(pass.Run())
	logits := pass.Logits()
	if len(want.Logits) != 100 {
		t.Fatalf("%d logits are expected, want those of ten images", len(want.Logits))
	}
	for i, w := range want.Logits {
		if got := float64(logits[i]); !(math.Abs(got-w) <= 1e-5) {
			t.Errorf("image %d, class %d: %v, PyTorch says %v", i/10, i%10, got, w)
		}
	}
	right := 0
	for i, label := range pass.Labels {
		row := logits[10*i : 10*i+10]
		if slices.Index(row, slices.Max(row)) == label {
			right++
		}
	}
	// A tie between two classes may fall either way in the last bit.
	if accuracy := float64(right) / float64(len(pass.Labels)); math.Abs(accuracy-want.Accuracy) > 1.5e-4 {
		t.Errorf("accuracy %v, PyTorch says %v", accuracy, want.Accuracy)
	}
}
