package main

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"gorgonia.org/tensor"

	"optlab/graph"
	"optlab/internal/atomicfile"
	"optlab/internal/check"
	"optlab/internal/cli"
	"optlab/internal/cli/clitest"
	"optlab/models"
	"optlab/random"
)

var inspectCommand = clitest.Command(run)

// The runs of an earlier version: a checkpoint of two epochs by Adam.
var (
	before   = filepath.FromSlash("../../experiment/testdata/before/finished")
	testdata = filepath.FromSlash("../../models/pytorch/testdata")
)

// save writes a network with first values to a file and returns its path.
func save(t *testing.T, c models.Config, seed uint64) string {
	t.Helper()
	m, err := models.New(c)
	check.NoError(t, err)
	check.NoError(t, m.Initialize(models.NewInitializer(models.Torch), random.New(seed)))
	path := filepath.Join(t.TempDir(), "net.safetensors")
	check.NoError(t, m.Save(path))
	return path
}

// write writes tensors to a file and returns its path.
func write(t *testing.T, tensors map[string]*tensor.Dense) string {
	t.Helper()
	dir := atomicfile.Dir{Path: t.TempDir()}
	check.NoError(t, models.WriteTensorFile(dir, "file", models.TensorFile{Tensors: tensors}))
	return dir.File("file")
}

func dense(shape []int, values ...float32) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(values))
}

// printed runs the command and returns its lines, none of which is too long.
func printed(t *testing.T, arguments ...string) string {
	t.Helper()
	stdout := inspectCommand.Done(t, "", arguments...)
	for line := range strings.Lines(stdout) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > lineWidth {
			t.Errorf("%d columns: %q", n, line)
		}
		if strings.TrimRight(line, " \n")+"\n" != line {
			t.Errorf("%q ends with spaces", line)
		}
	}
	return stdout
}

// wants checks that a text matches patterns, in lines.
func wants(t *testing.T, text string, patterns ...string) {
	t.Helper()
	for _, p := range patterns {
		if !regexp.MustCompile("(?m)" + p).MatchString(text) {
			t.Errorf("%q is not in\n%s", p, text)
		}
	}
}

// Each form has a row for every tensor.
func TestOneFile(t *testing.T) {
	stdout := printed(t, before)
	wants(t, stdout, `^\S*before/finished/model\.safetensors$`, `^4 tensors of float32, 910 values$`,
		`^tensor +shape +mean +std +first values$`,
		`^net\.0\.weight  12×64 +0\.02981 +0\.1907  0\.347 +0\.347 +0\.263$`,
		`^  -model hyperparameter -sizes 64,12,10$`)
	if strings.Contains(stdout, "dropout") {
		t.Errorf("the run knows its dropout, yet:\n%s", stdout)
	}
	for _, name := range []string{"our_model.tar", "parameters_legacy.pt"} {
		wants(t, printed(t, filepath.Join(testdata, name)), `^tensor +shape`, `^net\.0\.weight `)
	}
	wants(t, printed(t, filepath.Join(testdata, "views.pt")), `^scalar +scalar +3\.5 +0  3\.5$`, `^cmd/train does not load it: the names`)
}

// The flags are those with which cmd/train loads the file, as far as it says.
func TestFlags(t *testing.T) {
	deep := make([]int, 60)
	for i := range deep {
		deep[i] = 4
	}
	for _, c := range []struct {
		config models.Config
		want   []string
	}{
		{models.Hyperparameter([]int{6, 5, 3}, 0.5), []string{`^  -model hyperparameter -sizes 6,5,3$`, `^The network had dropout`, `-dropout it is 0\.2\. Tests`}},
		{models.Hyperparameter([]int{6, 5, 3}, 0), []string{`^  -model hyperparameter -sizes 6,5,3 -dropout 0$`}},
		{models.Hyperparameter([]int{6, 3}, 0), []string{`^  -model hyperparameter -sizes 6,3$`}},
		{models.Base(graph.ReLU, 6, 3, []int{5}), []string{`^  -model base -sizes 6,5,3$`, `^The file does not say which -activation`, `relu, tanh, identity`, `flag it is tanh\.$`}},
		{models.Base(graph.ReLU, 6, 3, deep), []string{`^  -model base \\\n  -sizes 6,(4,)+\\\n(4,)+3$`, `^The file does not say`}},
	} {
		stdout := printed(t, save(t, c.config, 1))
		wants(t, stdout, c.want...)
		if len(c.want) == 1 && strings.Contains(stdout, "does not say") {
			t.Errorf("%+v: all is known, yet:\n%s", c.config, stdout)
		}
	}
}

// A checkpoint has parts; a damaged one is said to be.
func TestCheckpoint(t *testing.T) {
	path := filepath.Join(before, "checkpoint.safetensors")
	stdout := printed(t, path)
	wants(t, stdout, `^best\.net\.0\.weight `, `^optimizer\.v\.net\.3\.bias `, `^A checkpoint of a run`,
		`^  model\.\* +4 tensors  the parameters`, `^  best\.\* +4 tensors  the best`, `^  optimizer\.\* +8 tensors  the opt`, `^  history\.\* +1 tensor  the loss`,
		`^cmd/train loads model\.safetensors beside it with$`, `^  -model hyperparameter -sizes 64,12,10$`)
	if strings.Contains(stdout, "damaged") {
		t.Errorf("a whole checkpoint is\n%s", stdout)
	}
	data, err := os.ReadFile(path)
	check.NoError(t, err)
	data[len(data)-1] ^= 1
	path = filepath.Join(t.TempDir(), "checkpoint.safetensors")
	check.NoError(t, os.WriteFile(path, data, 0o644))
	wants(t, printed(t, path), `^It is damaged: its content does not match its digest\.$`, `^The network had dropout`)
}

// What is not finite is shown, counted, and refused by cmd/train.
func TestNotFinite(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	stdout := printed(t, write(t, map[string]*tensor.Dense{
		"net.0.weight": dense([]int{2, 2}, nan, 1, inf, 3), "net.0.bias": dense([]int{2}, nan, nan),
	}))
	wants(t, stdout, `^net\.0\.bias +2 +NaN +NaN  NaN +NaN$`, `^  2 NaN, 0 infinite of 2 values`,
		`^net\.0\.weight +2×2 +2 +1  NaN +1 +-Inf`, `^  1 NaN, 1 infinite of 4 values: mean and std are the others'$`, `not finite, which it refuses\.$`)
}

// Lines stay short whatever the names and shapes, and show what cannot be
// printed.
func TestLongNames(t *testing.T) {
	stdout := printed(t, write(t, map[string]*tensor.Dense{
		strings.Repeat("long.", 30): dense([]int{1, 1, 1, 1, 1, 1, 1, 3}, -1.2345e-15, -1.2345e-25, -1.2345e-35),
		"escape\x1b[31m":            dense([]int{1}, 1), "a.name.of.twenty.seven.char": dense([]int{1}, -1.2345e-15),
	}))
	wants(t, stdout, `^(long\.)+.*….*(long\.)+$`, `^ +1×1×1×1…×1×1×3 +-4\.115e-16`, `^"escape\\x1b\[31m" `)
}

func TestTwoFiles(t *testing.T) {
	config := models.Hyperparameter([]int{6, 5, 3}, 0.5)
	a, b := save(t, config, 1), save(t, config, 2)
	stdout := printed(t, a, a)
	wants(t, stdout, `^A: /`, `^B: /`, `^net\.0\.weight +5×6 +identical, bit for bit$`, `^identical, bit for bit: 4 tensors\n\z`)
	stdout = printed(t, a, b)
	wants(t, stdout, `^net\.3\.bias +3 +0\.\d+ at \[\d\]: -?0\.\d+, -?0\.\d+$`, `\nlargest difference 0\.\d+ in net\.\d\.(weight|bias)\n\z`)
	stdout = printed(t, before, filepath.Join(testdata, "our_model.tar"))
	wants(t, stdout, `^net\.0\.weight +12×64 +32×784 in B$`, `^net\.2\.bias +10 +in B only$`, `^net\.3\.bias +10 +in A only$`,
		`^nothing in common; 4 tensors in one only; 2 tensors of another shape\n\z`)
	long := map[string]*tensor.Dense{"a.name.of.twenty.seven.char": dense([]int{1, 1, 1, 1, 1, 1, 1, 2}, 1, -1.2345e-15)}
	other := map[string]*tensor.Dense{"a.name.of.twenty.seven.char": dense([]int{1, 1, 1, 1, 1, 1, 1, 2}, 1, -1.2345e-25)}
	wants(t, printed(t, write(t, long), write(t, other)), `1\.2e-15 at \[0,0,0,0,0,0,0,1\]$`)
}

// What cannot be read is one line and exit status 1, in the second place, too.
func TestFailures(t *testing.T) {
	folder := t.TempDir()
	check.NoError(t, os.WriteFile(filepath.Join(folder, "text"), []byte("no tensors"), 0o644))
	for path, pattern := range map[string]string{
		filepath.Join(folder, "none"): `none: no such file`,
		filepath.Join(folder, "text"): `text: not a whole safetensors file`,
		folder:                        `is a folder without a run: name the folder of one`,
		os.DevNull:                    `a device, not a regular file`,
		filepath.Join(testdata, "dtype_int64.pt"): `is int64, want float32`,
		write(t, nil): `there are no tensors in it`,
	} {
		inspectCommand.Run(t, "", path).Fails(t, "inspect", cli.ExitFailed, pattern)
		o := inspectCommand.Run(t, "", before, path)
		o.Fails(t, "inspect", cli.ExitFailed, pattern)
		if o.Stdout != "" {
			t.Errorf("stdout got %q", o.Stdout)
		}
	}
}

func TestUsage(t *testing.T) {
	for line, pattern := range map[string]string{
		"": `want FILE \[FILE2\] \(.*inspect -h`, "a b c": `unexpected argument "c": want FILE`, "-nope": "-nope", "a -nope": "-nope",
	} {
		inspectCommand.Run(t, line).Fails(t, "inspect", cli.ExitUsage, pattern)
	}
	inspectCommand.Run(t, "", "").Fails(t, "inspect", cli.ExitUsage, `FILE "": want the name`)
	inspectCommand.Run(t, "", "--", "-h").Fails(t, "inspect", cli.ExitFailed, `-h: no such file`)
	for _, line := range []string{"-h", "a -h"} {
		wants(t, printed(t, strings.Fields(line)...), `^Usage: go run \./cmd/inspect FILE \[FILE2\]$`)
	}
}

func TestInterrupted(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	o := inspectCommand.RunContext(ctx, new(strings.Builder), []string{testdata})
	o.Fails(t, "inspect", cli.ExitInterrupted, "interrupted")
}
