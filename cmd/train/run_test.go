package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"optlab/dataset"
	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/graph"
	"optlab/internal/check"
	"optlab/internal/cli"
	"optlab/internal/cli/clitest"
	"optlab/internal/show"
	"optlab/mnist"
	"optlab/models"
	"optlab/models/training"
)

// allFiles are those of a finished run that makes mistakes.
var allFiles = append([]string{"config.json", "model.safetensors", "checkpoint.safetensors", "results.json", "metrics.csv", "manifest.json"}, show.Pictures...)

// filesOf returns the files that the finished run in a folder must have.
func filesOf(t *testing.T, out string) []string {
	t.Helper()
	return slices.DeleteFunc(slices.Clone(allFiles), func(name string) bool {
		return name == "mistakes.png" && readRun(t, out).Test.Accuracy == 1
	})
}

func TestRun(t *testing.T) {
	data := clitest.WriteData(t)
	for name, flags := range map[string]string{
		"hyperparameter": "-batch 7",
		"base":           "-model base -sizes 64,20,10 -optimizer adam -lr 0.01 -batch 7 -init xavier",
		"momentum":       "-optimizer momentum -dropout 0 -batch 7 -lr 0.5",
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "runs", "test")
			stdout := trainCommand.Done(t, flags+" -epochs 2 -data", data, "-out", out)
			onlyFiles(t, out, filesOf(t, out)...)
			r := readRun(t, out)
			if r.Status != training.Finished || len(r.Epochs) != 2 || len(r.TrainLosses) != 2*r.BatchesPerEpoch || r.Test.Accuracy < 0.3 {
				t.Errorf("the results are %+v", r)
			}
			want := fmt.Sprintf("Test accuracy %.2f %% (loss %.4f, parameters of epoch %d)", 100*r.Test.Accuracy, r.Test.Loss, r.BestEpoch())
			if !strings.HasSuffix(stdout, "\n"+want+"\n") {
				t.Errorf("the output ends in %q, want %q", stdout[max(0, len(stdout)-100):], want)
			}
			checkFiles(t, out)
			checkProgress(t, stdout, out)
		})
	}
}

// checkFiles checks that the files of a run can be read and agree.
func checkFiles(t *testing.T, out string) {
	t.Helper()
	files, r := clitest.ReadFolder(t, out), readRun(t, out)
	for name, content := range files {
		switch filepath.Ext(name) {
		case ".png":
			image, err := png.Decode(strings.NewReader(content))
			if err != nil || image.Bounds().Dx() < 100 {
				t.Errorf("%s: %v", name, err)
			}
		case ".json":
			if !json.Valid([]byte(content)) {
				t.Errorf("%s is no JSON", name)
			}
		}
	}
	rows, err := csv.NewReader(strings.NewReader(files[experiment.MetricsFile])).ReadAll()
	if err != nil || len(rows) != 1+len(r.Epochs) {
		t.Errorf("the table is %q, %v", rows, err)
	}
	total, right := 0, 0
	for i, row := range r.Test.Confusion {
		right += row[i]
		for _, n := range row {
			total += n
		}
	}
	if total != 80 || r.Test.Accuracy != float64(right)/80 {
		t.Errorf("%d of %d images right, the accuracy is %v", right, total, r.Test.Accuracy)
	}
}

// checkProgress checks that there is a line for every epoch, the first the best
// so far, and a list of the files.
func checkProgress(t *testing.T, stdout, out string) {
	t.Helper()
	for _, pattern := range []string{`(?m)^blocks: .* 80 to test, 8 × 8 pixels`, `(?m)^Epoch 1/2  training .* best$`, `(?m)^Epoch 2/2 `, `(?m)^ +total +\d+ *$`} {
		if n := len(regexp.MustCompile(pattern).FindAllString(stdout, -1)); n != 1 {
			t.Errorf("%d lines match %q in\n%s", n, pattern, stdout)
		}
	}
	for _, name := range filesOf(t, out) {
		if !strings.Contains(stdout, "  "+filepath.ToSlash(filepath.Join(out, name))+"\n") {
			t.Errorf("%s is not listed in\n%s", name, stdout)
		}
	}
}

// config.json has all that the run depends on.
func TestConfig(t *testing.T) {
	out := t.TempDir()
	data := clitest.WriteData(t)
	trainCommand.Done(t, "-epochs 1 -optimizer adam -beta1 0.8 -seed 7 -dropout 0.1 -init kaiming -batch 32 -data", data, "-out", out)
	var config struct {
		Run         map[string]any
		Environment map[string]any
	}
	check.NoError(t, json.Unmarshal([]byte(clitest.ReadFolder(t, out)[folder.ConfigFile]), &config))
	got, err := json.Marshal(config.Run)
	check.NoError(t, err)
	for _, part := range []string{
		`"activation":"relu","architecture":"hyperparameter","dropout":0.1,"sizes":[64,128,10]`, `"batch":32`, `"epochs":1`, `"seed":7`,
		`"scheme":"kaiming"`, `"optimizer":{"beta1":0.8,"beta2":0.999,"epsilon":1e-8,"learning_rate":0.001,"name":"adam"}`, `"load":null`,
	} {
		if !strings.Contains(string(got), part) {
			t.Errorf("the configuration %s lacks %s", got, part)
		}
	}
	if config.Environment["go"] == "" || config.Environment["cpu_features"] == nil {
		t.Errorf("the environment is %v", config.Environment)
	}
}

// The folder is named after the run unless -out says another.
func TestDefaultFolder(t *testing.T) {
	data := clitest.WriteData(t)
	t.Chdir(t.TempDir())
	trainCommand.Done(t, "-epochs 1 -batch 100 -sizes 64,5,10 -optimizer momentum -data", data)
	out := filepath.Join("runs", "blocks-64-5-10-momentum")
	onlyFiles(t, out, filesOf(t, out)...)
	stdout := trainCommand.Done(t, "-limit 30 -epochs 1 -sizes 64,5,10 -optimizer momentum -data", data)
	out += "-limit30"
	onlyFiles(t, out, filesOf(t, out)...)
	if !strings.Contains(stdout, "30 images to train, 30 to validate, 30 to test") {
		t.Errorf("with a limit the output is\n%s", stdout)
	}
}

// A run in the same folder is shown, refused or replaced, as its flags say.
func TestAgain(t *testing.T) {
	data, out := clitest.WriteData(t), filepath.Join(t.TempDir(), "run")
	const flags = "-epochs 2 -batch 20 -data"
	first := trainCommand.Done(t, flags, data, "-out", out)
	before := clitest.ReadFolder(t, out)

	shown := trainCommand.Done(t, flags, data, "-out", out)
	if !maps.Equal(clitest.ReadFolder(t, out), before) {
		t.Error("showing the run changed a file")
	}
	if testAccuracy(t, shown) != testAccuracy(t, first) || strings.Contains(shown, "Epoch") || !strings.Contains(shown, "holds this run already") {
		t.Errorf("the run is shown as\n%s", shown)
	}

	o := trainCommand.Run(t, flags, data, "-out", out, "-lr", "0.2")
	o.Fails(t, "train", cli.ExitFailed, `optimizer\.learning_rate 0\.1 there, 0\.2 now; .*-overwrite.*-out`)
	if o.Stdout != "" || !maps.Equal(clitest.ReadFolder(t, out), before) {
		t.Errorf("another configuration printed %q, or changed a file", o.Stdout)
	}

	check.NoError(t, os.WriteFile(filepath.Join(out, "notes.txt"), []byte("mine"), 0o644))
	again := trainCommand.Done(t, flags, data, "-out", out, "-lr", "0.2", "-overwrite")
	after := clitest.ReadFolder(t, out)
	if after["notes.txt"] != "mine" || after["model.safetensors"] == before["model.safetensors"] || !strings.Contains(again, "Epoch 2/2") {
		t.Errorf("-overwrite did not start afresh, or touched another's file:\n%s", again)
	}
	shown = trainCommand.Done(t, flags, data, "-out", out, "-lr", "0.2")
	if testAccuracy(t, shown) != testAccuracy(t, again) {
		t.Errorf("the new run is shown as\n%s", shown)
	}
}

// The same seed gives the same bytes, whatever else is printed.
func TestSameSeed(t *testing.T) {
	data := clitest.WriteData(t)
	base := t.TempDir()
	results := make(map[string]map[string]string)
	for name, flags := range map[string]string{"first": "-seed 5", "second": "-seed 5 -quiet", "plain": "-seed 5 -dropout 0", "other": "-seed 6 -dropout 0"} {
		out := filepath.Join(base, name)
		trainCommand.Done(t, flags+" -epochs 2 -batch 20 -data", data, "-out", out)
		files := clitest.ReadFolder(t, out)
		files[experiment.ResultsFile] = withoutTimes(t, out)
		results[name] = files
	}
	for _, name := range []string{"model.safetensors", experiment.ResultsFile, folder.ConfigFile, "loss.png", "losses.png", "accuracy.png", "batch.png", "confusion.png", "mistakes.png"} {
		if results["first"][name] == "" || results["first"][name] != results["second"][name] {
			t.Errorf("%s differs between two runs of one seed", name)
		}
		// Without dropout, whose masks have a stream of their own.
		if results["plain"][name] == results["other"][name] && name != "accuracy.png" && name != "confusion.png" {
			t.Errorf("%s does not depend on the seed", name)
		}
	}
}

func TestInterrupted(t *testing.T) {
	data := clitest.WriteData(t)
	for name, c := range map[string]struct {
		flags, at string
		epochs    int
	}{
		"in an epoch":         {"-epochs 3", "Epoch 1/3", 1},
		"before the test":     {"-epochs 1", "Epoch 1/1", 1},
		"before the training": {"-epochs 2", "2 epochs", 0},
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "run")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			arguments := append(strings.Fields(c.flags), "-data", data, "-out", out)
			o := trainCommand.RunContext(ctx, &stopper{text: c.at, stop: cancel}, arguments)
			o.Fails(t, "train", cli.ExitInterrupted, `interrupted: .*`+regexp.QuoteMeta(out))
			r := readRun(t, out)
			if r.Status != training.Interrupted || len(r.Epochs) != c.epochs || r.Test != nil {
				t.Errorf("the results are %+v", r)
			}
			want := []string{"config.json", "results.json", "metrics.csv", "batch.png"}
			if c.epochs > 0 {
				want = append(want, "model.safetensors", "checkpoint.safetensors", "loss.png", "losses.png", "accuracy.png")
			}
			onlyFiles(t, out, want...)
			if strings.Contains(o.Stdout, "Test accuracy") {
				t.Errorf("a run that did not finish printed\n%s", o.Stdout)
			}
		})
	}
}

func TestDiverged(t *testing.T) {
	data, out := clitest.WriteData(t), filepath.Join(t.TempDir(), "run")
	o := trainCommand.Run(t, "-epochs 3 -lr 1e30 -data", data, "-out", out)
	o.Fails(t, "train", cli.ExitFailed, regexp.QuoteMeta(out)+`: epoch 1: the loss of batch \d+ is (NaN|\+Inf): training has diverged; try a smaller learning rate`)
	r := readRun(t, out)
	if r.Status != training.Diverged || r.Test != nil || len(r.TrainLosses) == 0 || len(r.Epochs) != 0 {
		t.Errorf("the results are %+v", r)
	}
	onlyFiles(t, out, "config.json", "results.json", "metrics.csv", "batch.png", "loss.png")
	// Not a run to be shown as if it had finished.
	again := trainCommand.Run(t, "-epochs 3 -lr 1e30 -data", data, "-out", out)
	if again.Exit == cli.ExitDone || strings.Contains(again.Stdout, "Test accuracy") {
		t.Errorf("again: exit status %d, %q", again.Exit, again.Stdout)
	}
}

func TestLoad(t *testing.T) {
	data, base := clitest.WriteData(t), t.TempDir()
	trained, tested := filepath.Join(base, "trained"), filepath.Join(base, "tested")
	file := filepath.Join(trained, "model.safetensors")
	first := trainCommand.Done(t, "-epochs 2 -batch 20 -data", data, "-out", trained)
	second := trainCommand.Done(t, "-epochs 0 -seed 9 -data", data, "-out", tested, "-load", file)
	if testAccuracy(t, first) != testAccuracy(t, second) {
		t.Errorf("the trained model has %q, loaded %q", testAccuracy(t, first), testAccuracy(t, second))
	}
	files := clitest.ReadFolder(t, tested)
	for _, name := range filesOf(t, tested) {
		untrained := slices.Contains([]string{"model.safetensors", "checkpoint.safetensors", "loss.png", "losses.png", "accuracy.png"}, name)
		if _, ok := files[name]; ok == untrained {
			t.Errorf("without a training the folder has %s: %v", name, ok)
		}
	}
	if config := clitest.ReadFolder(t, tested)[folder.ConfigFile]; !strings.Contains(config, `"path": "`+filepath.ToSlash(file)+`"`) {
		t.Errorf("the configuration does not name the loaded file:\n%s", config)
	}

	other := trainCommand.Run(t, "-epochs 0 -dropout 0 -data", data, "-out", filepath.Join(base, "other"), "-load", file)
	other.Fails(t, "train", cli.ExitFailed, regexp.QuoteMeta(file)+`.*"net\.2\.weight" is missing.*net\.3\.weight`)
	onlyFiles(t, base, "trained", "tested")

	// To go on from the file that is replaced.
	third := trainCommand.Done(t, "-epochs 0 -data", data, "-out", trained, "-load", file, "-overwrite")
	if testAccuracy(t, third) != testAccuracy(t, first) {
		t.Errorf("the trained model has %q, loaded from the folder it replaces %q", testAccuracy(t, first), testAccuracy(t, third))
	}
}

// The command of the README: a file of PyTorch's says which network it is of,
// also when only the copy of it is left.
func TestLoadTellsTheNetwork(t *testing.T) {
	file, err := os.ReadFile("../../models/pytorch/testdata/our_model.tar")
	check.NoError(t, err)
	t.Chdir(t.TempDir())
	check.NoError(t, os.WriteFile("our_model.tar", file, 0o644))
	command := "-load our_model.tar -epochs 0 -out runs/tested"
	if stdout := trainCommand.Done(t, command); !strings.Contains(stdout, "Test accuracy 90.09 %") {
		t.Errorf("PyTorch's accuracy is 90.09 %%: %s", stdout)
	}
	check.NoError(t, os.Remove("our_model.tar"))
	if stdout := trainCommand.Done(t, command); !strings.Contains(stdout, "Test accuracy 90.09 %") {
		t.Errorf("without the file: %s", stdout)
	}
	check.NoError(t, os.WriteFile("our_model.tar", file, 0o644))
	trainCommand.Run(t, command+"-other -dropout 0.2").Fails(t, "train", cli.ExitFailed, `"net.0.weight" has shape|"net.3.weight" is missing`)
}

func TestVerbose(t *testing.T) {
	stdout := trainCommand.Done(t, "-epochs 2 -batch 20 -verbose -data", clitest.WriteData(t), "-out", t.TempDir())
	_, first, found := strings.Cut(stdout, "First batch: x [20, 64], labels [20], logits [20, 10]\n")
	if !found || strings.Count(stdout, "First batch") != 1 {
		t.Fatalf("the output is\n%s", stdout)
	}
	lines := strings.Split(first, "\n")
	row := regexp.MustCompile(`^  \[(?: ?-?\d+\.\d{4}(?:, |\]$)){10}`)
	if !row.MatchString(lines[1]) || !row.MatchString(lines[2]) || row.MatchString(lines[3]) || !regexp.MustCompile(`^Loss: \d\.\d{4}$`).MatchString(lines[3]) {
		t.Errorf("the first batch is\n%s", first)
	}
}

func TestQuiet(t *testing.T) {
	data, out := clitest.WriteData(t), t.TempDir()
	for range 2 { // trained, then shown
		stdout := trainCommand.Done(t, "-epochs 1 -quiet -data", data, "-out", out)
		if strings.Count(stdout, "\n") != 1 || !strings.HasSuffix(stdout, "\n") {
			t.Errorf("the output is %q, want one line", stdout)
		}
		testAccuracy(t, stdout)
	}
}

// The file holds the parameters that the printed accuracy is that of.
func TestModelFile(t *testing.T) {
	data, out := clitest.WriteData(t), t.TempDir()
	trainCommand.Done(t, "-model base -activation relu -sizes 64,12,10 -epochs 3 -batch 10 -data", data, "-out", out)
	m, err := models.New(models.Base(graph.ReLU, 64, 10, []int{12}))
	check.NoError(t, err)
	check.NoError(t, m.Load(filepath.Join(out, training.BestFile)))
	set, err := mnist.Open(data)
	check.NoError(t, err)
	loader, err := dataset.NewLoader(set.Test, nil, dataset.LoaderConfig{BatchSize: 80, Pixels: dataset.Symmetric})
	check.NoError(t, err)
	e, err := training.NewEvaluator(m, 0).Evaluate(t.Context(), loader, nil)
	check.NoError(t, err)
	if r := readRun(t, out); e.Accuracy != r.Test.Accuracy || e.Loss != r.Test.Loss {
		t.Errorf("the file's parameters have accuracy %v and loss %v, the results %v and %v", e.Accuracy, e.Loss, r.Test.Accuracy, r.Test.Loss)
	}
}

// Damaged results are an error that names the file, not a zero accuracy.
func TestDamagedResults(t *testing.T) {
	data, out := clitest.WriteData(t), t.TempDir()
	trainCommand.Done(t, "-epochs 1 -data", data, "-out", out)
	path := filepath.Join(out, experiment.ResultsFile)
	content, err := os.ReadFile(path)
	check.NoError(t, err)
	check.NoError(t, os.WriteFile(path, bytes.TrimSuffix(content, []byte("}\n")), 0o644))
	trainCommand.Run(t, "-epochs 1 -data", data, "-out", out).Fails(t, "train", cli.ExitFailed, regexp.QuoteMeta(path)+`.*-overwrite`)
}
