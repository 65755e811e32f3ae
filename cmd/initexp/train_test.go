package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"optlab/internal/check"
	"optlab/internal/cli"
	"optlab/internal/cli/clitest"
)

// Schemes that are listed are compared, and trained if that is asked for: what
// the training makes of each is written, drawn and said.
func TestTraining(t *testing.T) {
	data, out := clitest.WriteData(t), filepath.Join(t.TempDir(), "out")
	flags := "-scheme xavier,normal,constant -std 1e8 -activation relu -sizes 64,12,10 -depth 3 -samples 40 -train 3 -batch 20 -lr 0.2 -data " + data
	stdout := initexpCommand.Done(t, flags, "-out", out)
	files := clitest.ReadFolder(t, out)
	for _, name := range []string{"training.json", "training.png", "training-variances.png", "overview.png", "depth.png", "xavier/weights.png", "normal/distributions.json"} {
		if files[name] == "" {
			t.Errorf("there is no %s", name)
		}
	}
	var all []struct {
		Scheme        string
		DivergedAfter *int `json:"diverged_after"`
		Layers        []string
		Steps         []int
		Activations   [][]*float64 `json:"activation_variances"`
		ValScores     []float64    `json:"val_scores"`
	}
	check.NoError(t, json.Unmarshal([]byte(files["training.json"]), &all))
	if len(all) != 3 || all[0].Scheme != "xavier" || all[0].DivergedAfter != nil || len(all[0].ValScores) != 3 || len(all[0].Layers) != 4 {
		t.Fatalf("training.json has %+v", all)
	}
	if first, last := all[0].Steps[0], all[0].Steps[len(all[0].Steps)-1]; first != 0 || last != 3*240/20 || len(all[0].Activations[3]) != len(all[0].Steps) {
		t.Errorf("xavier is measured after %v updates", all[0].Steps)
	}
	if all[1].Scheme != "normal" || all[1].DivergedAfter == nil {
		t.Errorf("normal with a deviation of 1e8 is %+v", all[1])
	}
	text := strings.Join(strings.Fields(stdout), " ")
	for _, part := range []string{"After 3 epochs of training by sgd, learning rate 0.2, batches of 20:", "normal diverged", "xavier is best: ", "normal diverges in epoch 1."} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not said in\n%s", part, stdout)
		}
	}
	again := initexpCommand.Done(t, flags, "-out", out)
	if later := clitest.ReadFolder(t, out); again != stdout || later["training.json"] != files["training.json"] || later["training-variances.png"] != files["training-variances.png"] {
		t.Error("the second time, it is something else")
	}
	initexpCommand.Run(t, strings.Replace(flags, "-lr 0.2", "-lr 0.1", 1), "-out", out).Fails(t, "initexp", cli.ExitFailed, `train.learning_rate 0.2 there, 0.1 now`)
	initexpCommand.Run(t, "-lr 0.1 -data", data).Fails(t, "initexp", cli.ExitUsage, "-lr has no effect without -train")
	initexpCommand.Run(t, "-scheme xavier,xavier -data", data).Fails(t, "initexp", cli.ExitUsage, "twice")
}
