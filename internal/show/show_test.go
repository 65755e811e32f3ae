package show_test

import (
	"bytes"
	"context"
	"image/png"
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
		"whole":       {func(training.Step) bool { return false }, []string{"accuracy.png", "confusion.png", "loss.png", "losses.png", "mistakes.png"}},
		"one epoch":   {func(s training.Step) bool { return s.Epoch == 2 }, []string{"accuracy.png", "loss.png", "losses.png"}},
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
		check.NoError(t, show.Results(dir, e, results, set))
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
		check.NoError(t, show.Results(dir, e, results, blocks.Set(10)))
		pictures[schedule] = clitest.ReadFolder(t, dir.Path)["loss.png"]
	}
	if pictures["constant"] == pictures["cosine"] {
		t.Error("the learning rate of a schedule is not drawn")
	}
}

// A finished run says that it overfits where it does, unless it is to be quiet.
func TestFinishedSaysThatItOverfits(t *testing.T) {
	for _, c := range []struct {
		validation []float64
		quiet      bool
		want       string
	}{
		{[]float64{3, 1, 2, 3, 4}, false, "Overfitting from epoch 3 on: validation loss rises, training loss falls.\nTest"},
		{[]float64{3, 1, 2, 3, 4}, true, "Test"},
		{[]float64{5, 4, 3, 2, 1}, false, "Test"},
	} {
		var b bytes.Buffer
		results := &training.Results{Test: &training.Evaluation{Accuracy: 0.9, Confusion: [][]int{{9, 1}, {1, 9}}}}
		for i, l := range c.validation {
			results.Epochs = append(results.Epochs, training.Epoch{Number: i + 1, TrainLoss: 9 - float64(i), ValidationLoss: l, Best: true})
		}
		show.Finished(&b, c.quiet, folder.Folder{Path: t.TempDir()}, results)
		if !strings.HasPrefix(b.String(), c.want) {
			t.Errorf("%v: the text is %q, want %q", c.validation, &b, c.want)
		}
		// So does its picture.
		dir, e := folder.Folder{Path: t.TempDir()}, small(t, optimizers.Schedule{})
		check.NoError(t, show.Results(dir, e, &training.Results{History: results.History}, blocks.Set(10)))
		image, err := png.DecodeConfig(strings.NewReader(clitest.ReadFolder(t, dir.Path)["losses.png"]))
		if err != nil || image.Width != 1200 {
			t.Errorf("%v: the picture is %+v, %v", c.validation, image, err)
		}
	}
}

// Without mistakes there is no picture of them, also none of before, and the
// text says so.
func TestResultsWithoutMistakes(t *testing.T) {
	const name = "mistakes.png"
	e, set, dir := small(t, optimizers.Schedule{}), blocks.Set(10), folder.Folder{Path: t.TempDir()}
	results := &training.Results{Status: training.Finished, Test: &training.Evaluation{Accuracy: 0.5, Confusion: make([][]int, 10)}}
	for i := range results.Test.Confusion {
		results.Test.Confusion[i] = make([]int, 10)
	}
	results.Test.Confusion[1][2] = 1
	results.Test.Mistakes = []training.Mistake{{Sample: 79, Label: 1, Predicted: 2, Probability: 0.9}}
	var b bytes.Buffer
	check.NoError(t, show.Results(dir, e, results, set))
	show.Finished(&b, false, dir, results)
	image, err := png.DecodeConfig(strings.NewReader(clitest.ReadFolder(t, dir.Path)[name]))
	if err != nil || image.Width < 300 || strings.Contains(b.String(), "No mistake") || !strings.Contains(b.String(), name) {
		t.Errorf("the picture is %+v, %v, the text %q", image, err, &b)
	}
	results.Test.Mistakes, results.Test.Accuracy = nil, 1
	check.NoError(t, show.Results(dir, e, results, set))
	if _, there := clitest.ReadFolder(t, dir.Path)[name]; there {
		t.Error("without mistakes the picture of others is left")
	}
	for quiet, want := range map[bool]string{false: "No mistake in the test: there is no mistakes.png.\nTest", true: "Test"} {
		b.Reset()
		show.Finished(&b, quiet, folder.Folder{Path: t.TempDir()}, results)
		if !strings.HasPrefix(b.String(), want) {
			t.Errorf("the text is %q, want %q", &b, want)
		}
	}
}

// What a run starts from is said in lines that fit, with what a student may
// wonder about: images left out, and constants that train all the same.
func TestSetting(t *testing.T) {
	set := blocks.Set(10)
	text := func(change func(c *experiment.Config)) string {
		c := small(t, optimizers.Schedule{}).Config()
		change(&c)
		e, err := experiment.New(c, set)
		check.NoError(t, err)
		var b bytes.Buffer
		show.Setting(&b, set, e)
		show.Plan(&b, e.Config(), folder.Folder{Path: "runs/x"})
		for line := range strings.Lines(b.String()) {
			if n := len([]rune(line)) - 1; n > 80 {
				t.Errorf("%d columns: %s", n, line)
			}
		}
		return strings.Join(strings.Fields(b.String()), " ")
	}
	for name, c := range map[string]struct {
		change func(c *experiment.Config)
		says   []string
	}{
		"usual":            {func(*experiment.Config) {}, []string{"blocks: 240 images to train, 60 to validate", "2 epochs, seed 42 → runs/x"}},
		"left out":         {func(c *experiment.Config) { c.Batch, c.Preparation.DropLast = 50, true }, []string{"200 images to train", "in each epoch 40 are left out"}},
		"constant":         {func(c *experiment.Config) { c.Init.Scheme = models.Constant }, []string{"masks differ from unit to unit"}},
		"without dropout":  {func(c *experiment.Config) { c.Init.Scheme, c.Model.Dropout = models.Constant, 0 }, nil},
		"a single epoch":   {func(c *experiment.Config) { c.Epochs = 1 }, []string{"of 16, 1 epoch, seed"}},
		"nothing to train": {func(c *experiment.Config) { c.Epochs = 0 }, []string{"0 epochs"}},
	} {
		got := text(c.change)
		for _, part := range c.says {
			if !strings.Contains(got, part) {
				t.Errorf("%s: %q lacks %q", name, got, part)
			}
		}
		for part, in := range map[string]string{"left out": "left out", "masks differ": "constant"} {
			if name != in && strings.Contains(got, part) {
				t.Errorf("%s: %q says %q", name, got, part)
			}
		}
	}
}

// A run that is no better than a guess says so; a better one, a quiet one and
// one that trained nothing do not.
func TestChance(t *testing.T) {
	results := func(right int, epochs int) *training.Results {
		r := &training.Results{Test: &training.Evaluation{Accuracy: float64(right) / 100, Confusion: [][]int{{right / 2, 40 - right/2}, {60 - right/2, right / 2}}}}
		r.Epochs = make([]training.Epoch, epochs)
		return r
	}
	for name, c := range map[string]struct {
		r     *training.Results
		quiet bool
		says  bool
	}{
		"as a guess": {results(60, 1), false, true}, "worse": {results(20, 1), false, true}, "hardly better": {results(66, 1), false, true},
		"better": {results(70, 1), false, false}, "quiet": {results(60, 1), true, false}, "not trained": {results(20, 0), false, false},
	} {
		var b bytes.Buffer
		show.Finished(&b, c.quiet, folder.Folder{Path: t.TempDir()}, c.r)
		if says := strings.Contains(b.String(), "60.00 % right"); says != c.says {
			t.Errorf("%s: it says\n%s", name, &b)
		}
	}
}

func TestComparisonErrors(t *testing.T) {
	var b bytes.Buffer
	c := small(t, optimizers.Schedule{}).Config()
	dir := folder.Folder{Path: t.TempDir()}
	outcomes := func(r *training.Results) []experiment.Outcome { return []experiment.Outcome{{Config: c, Results: r}} }
	err := show.Comparison(&b, true, dir, blocks.Set(10), outcomes(&training.Results{Status: training.Interrupted}))
	check.Error(t, err, "sgd", "interrupted")
	done := &training.Results{Status: training.Finished, Test: new(training.Evaluation)}
	check.NoError(t, show.Comparison(&b, true, dir, blocks.Set(10), outcomes(done)))
	if files := clitest.ReadFolder(t, dir.Path); len(files) != 1 || files[show.ComparisonFile] == "" || strings.Count(b.String(), "\n") != 5 {
		t.Errorf("without epochs there are %d files, and the text is %q", len(files), &b)
	}
	err = show.Comparison(&b, true, folder.Folder{Path: dir.Path + "/none"}, blocks.Set(10), outcomes(done))
	check.Error(t, err, show.ComparisonFile)
}
