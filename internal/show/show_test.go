package show_test

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/blocks"
	"optlab/internal/check"
	"optlab/internal/cli/clitest"
	"optlab/internal/show"
	"optlab/models"
	"optlab/models/training"
	"optlab/optimizers"
)

// small is a small experiment.
func small(t *testing.T, s optimizers.Schedule) *experiment.Experiment {
	t.Helper()
	c := experiment.Default(models.HyperparameterModel)
	c.Model.Sizes = []int{blocks.Side * blocks.Side, 12, 10}
	c.Optimizer.Schedule, c.Epochs = s, 2
	e, err := experiment.New(c, blocks.Set(10))
	check.NoError(t, err)
	return e
}

// Of a run there are the pictures of what it has.
func TestResults(t *testing.T) {
	set := blocks.Set(10)
	for name, c := range map[string]struct {
		stop func(training.Step) bool
		want []string
	}{
		"whole":       {func(training.Step) bool { return false }, []string{"accuracy.png", "confusion.png", "loss.png"}},
		"one epoch":   {func(s training.Step) bool { return s.Epoch == 2 }, []string{"accuracy.png", "loss.png"}},
		"a few steps": {func(s training.Step) bool { return s.Batch == 3 }, []string{"loss.png"}},
	} {
		e := small(t, optimizers.Schedule{})
		ctx, cancel := context.WithCancel(t.Context())
		results, err := e.Run(ctx, folder.Folder{}, experiment.Hooks{Step: func(s training.Step) {
			if c.stop(s) {
				cancel()
			}
		}})
		cancel()
		if results == nil {
			t.Fatal(err)
		}
		dir := folder.Folder{Path: t.TempDir()}
		check.NoError(t, show.Results(dir, e, results, set.Classes))
		files := clitest.ReadFolder(t, dir.Path)
		if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, c.want) {
			t.Errorf("%s: the pictures are %q, want %q", name, got, c.want)
		}
		for _, name := range c.want {
			if !slices.Contains(show.Pictures, name) || !strings.HasPrefix(files[name], "\x89PNG") {
				t.Errorf("%s is not among the pictures, or no picture", name)
			}
		}
	}
}

// A rate that is not constant is drawn.
func TestResultsDrawTheRate(t *testing.T) {
	pictures := make(map[string]string)
	for _, schedule := range []string{"constant", "cosine"} {
		e := small(t, optimizers.Schedule{Name: schedule})
		results := &training.Results{Status: training.Diverged, History: training.History{TrainLosses: []float32{3, 2, 1}, BatchesPerEpoch: 15}}
		dir := folder.Folder{Path: t.TempDir()}
		check.NoError(t, show.Results(dir, e, results, nil))
		pictures[schedule] = clitest.ReadFolder(t, dir.Path)["loss.png"]
	}
	if pictures["constant"] == pictures["cosine"] {
		t.Error("the learning rate of a schedule is not drawn")
	}
}

func TestNetwork(t *testing.T) {
	var b bytes.Buffer
	show.Network(&b, small(t, optimizers.Schedule{}).Model, 16)
	const want = `   layer           kind   output shape   parameters
   net.0         Linear       [16, 12]          780
   net.1           ReLU       [16, 12]            0
   net.2   Dropout(0.2)       [16, 12]            0
   net.3         Linear       [16, 10]          130
   total                                        910
`
	if b.String() != want {
		t.Errorf("the table is\n%s", &b)
	}
}

func TestSchedule(t *testing.T) {
	for want, s := range map[string]optimizers.Schedule{
		"":        {},
		" (step)": {Name: "step"},
		" (cosine, after a warm-up of 5 batches)":   {Name: "cosine", Warmup: 5},
		" (constant, after a warm-up of 5 batches)": {Warmup: 5},
	} {
		if got := show.Schedule(s); got != want {
			t.Errorf("%+v is shown as %q, want %q", s, got, want)
		}
	}
}

func TestComparisonErrors(t *testing.T) {
	var b bytes.Buffer
	c := small(t, optimizers.Schedule{}).Config()
	dir := folder.Folder{Path: t.TempDir()}
	outcomes := func(r *training.Results) []experiment.Outcome { return []experiment.Outcome{{Config: c, Results: r}} }
	err := show.Comparison(&b, true, dir, "blocks", outcomes(&training.Results{Status: training.Interrupted}))
	check.Error(t, err, "sgd", "interrupted")
	done := &training.Results{Status: training.Finished, Test: new(training.Evaluation)}
	check.NoError(t, show.Comparison(&b, true, dir, "blocks", outcomes(done)))
	if files := clitest.ReadFolder(t, dir.Path); len(files) != 1 || files[show.ComparisonFile] == "" || strings.Count(b.String(), "\n") != 5 {
		t.Errorf("without epochs there are %d files, and the text is %q", len(files), &b)
	}
	err = show.Comparison(&b, true, folder.Folder{Path: dir.Path + "/none"}, "blocks", outcomes(done))
	check.Error(t, err, show.ComparisonFile)
}
