package main

import (
	"bytes"
	"context"
	"encoding/json"
	"image/png"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"optlab/internal/cli"
	"optlab/internal/cli/clitest"
	"optlab/models"
)

var initexpCommand = clitest.Command(run)

// schemeFiles are those of one scheme, as the design lists them.
var schemeFiles = []string{"activations.png", "config.json", "distributions.json", "gradients.png", "weights.png"}

func TestScheme(t *testing.T) {
	data := clitest.WriteData(t)
	for name, flags := range map[string]string{
		"equalvar": "-scheme equalvar", "constant": "-scheme constant -c 0.02", "normal": "-scheme normal -std 0.3",
		"xavier": "-scheme xavier -activation tanh", "kaiming": "-scheme kaiming -activation relu -bins 7", "torch": "-scheme torch",
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "deep", "out")
			stdout := initexpCommand.Done(t, flags+" -sizes 64,20,15,10 -samples 100 -data", data, "-out", out)
			files := clitest.ReadFolder(t, out)
			if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, schemeFiles) {
				t.Fatalf("the files are %q, want %q", got, schemeFiles)
			}
			checkPictures(t, files)
			checkNumbers(t, files["distributions.json"], name, stdout)
		})
	}
}

func checkPictures(t *testing.T, files map[string]string) {
	t.Helper()
	for name, content := range files {
		if filepath.Ext(name) != ".png" {
			continue
		}
		if picture, err := png.Decode(strings.NewReader(content)); err != nil || picture.Bounds().Dx() < 300 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// checkNumbers checks the keys and invariants of distributions.json and that
// the same numbers were printed.
func checkNumbers(t *testing.T, content, scheme, stdout string) {
	t.Helper()
	type distribution struct {
		Shape                    []int
		Count                    int
		Mean, Variance, Min, Max float64
		Edges                    []float64
		Counts                   []int
	}
	var r struct {
		Scheme, Activation string
		Seed, Samples      int
		Layers             []struct {
			Name                         string
			Weight, Gradient, Activation distribution
			Predicted                    *float64 `json:"predicted_variance"`
		}
	}
	decoder := json.NewDecoder(strings.NewReader(content))
	if err := decoder.Decode(&r); err != nil {
		t.Fatal(err)
	}
	if r.Scheme != scheme || r.Seed != 42 || r.Samples != 100 || len(r.Layers) != 3 {
		t.Fatalf("the numbers are of scheme %q, seed %d, %d samples, %d layers", r.Scheme, r.Seed, r.Samples, len(r.Layers))
	}
	for i, l := range r.Layers {
		for part, d := range map[string]distribution{"weight": l.Weight, "gradient": l.Gradient, "activation": l.Activation} {
			sum, size := 0, 1
			for _, n := range d.Counts {
				sum += n
			}
			for _, n := range d.Shape {
				size *= n
			}
			if sum != d.Count || size != d.Count || len(d.Edges) != len(d.Counts)+1 || d.Min > d.Mean || d.Mean > d.Max {
				t.Errorf("%s, %s: %+v", l.Name, part, d)
			}
		}
		if (l.Predicted == nil) != (r.Activation == "tanh") {
			t.Errorf("%s: predicted variance %v with %s", l.Name, l.Predicted, r.Activation)
		}
		if want := []string{"Layer 0", "Layer 2", "Layer 4"}[i]; l.Name != want || !strings.Contains(stdout, want) {
			t.Errorf("layer %d is %q, want %q, also in %q", i, l.Name, want, stdout)
		}
		if !strings.Contains(stdout, number(l.Activation.Variance)) || !strings.Contains(stdout, number(l.Gradient.Variance)) {
			t.Errorf("%s: the variances were not printed in %q", l.Name, stdout)
		}
	}
}

func TestAllSchemesOverDepth(t *testing.T) {
	data, out := clitest.WriteData(t), t.TempDir()
	stdout := initexpCommand.Done(t, "-scheme all -depth 9 -sizes 64,12,10 -samples 50 -activation relu -data", data, "-out", out)
	want := []string{"config.json", "depth.png", "overview.png"}
	for _, scheme := range models.Schemes {
		for _, file := range schemeFiles {
			want = append(want, string(scheme)+"/"+file)
		}
	}
	slices.Sort(want)
	files := clitest.ReadFolder(t, out)
	if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, want) {
		t.Fatalf("the files are %q, want %q", got, want)
	}
	checkPictures(t, files)
	if files["depth.png"] == files["overview.png"] {
		t.Error("depth.png and overview.png are the same picture")
	}
	for _, text := range []string{"Variance of the activations", "Variance of the gradients", "Layer 18"} {
		if !strings.Contains(stdout, text) {
			t.Errorf("the output lacks %q: %s", text, stdout)
		}
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	data := clitest.WriteData(t)
	one, two, other := t.TempDir(), t.TempDir(), t.TempDir()
	flags := "-scheme xavier -sizes 64,9,10 -samples 30 -data"
	initexpCommand.Done(t, flags, data, "-out", one)
	initexpCommand.Done(t, flags, data, "-out", two)
	initexpCommand.Done(t, flags, data, "-out", other, "-seed", "43")
	a, b, c := clitest.ReadFolder(t, one), clitest.ReadFolder(t, two), clitest.ReadFolder(t, other)
	if !maps.Equal(a, b) {
		t.Error("the same seed gave other files")
	}
	if a["distributions.json"] == c["distributions.json"] {
		t.Error("another seed gave the same numbers")
	}
}

// The gain widens the weights of tanh's network by 5/3.
func TestGain(t *testing.T) {
	data := clitest.WriteData(t)
	widths := make(map[string]float64)
	for _, flag := range []string{"", " -gain"} {
		out := t.TempDir()
		initexpCommand.Done(t, "-scheme xavier -activation tanh -sizes 64,9,10 -samples 30"+flag+" -data", data, "-out", out)
		var r struct {
			Layers []struct{ Weight struct{ Max float64 } }
		}
		if err := json.Unmarshal([]byte(clitest.ReadFolder(t, out)["distributions.json"]), &r); err != nil {
			t.Fatal(err)
		}
		widths[flag] = r.Layers[0].Weight.Max
	}
	if ratio := widths[" -gain"] / widths[""]; math.Abs(ratio-5./3) > 1e-6 {
		t.Errorf("with -gain the largest weight is %v times as large", ratio)
	}
}

func TestErrors(t *testing.T) {
	data := clitest.WriteData(t)
	for line, want := range map[string]struct {
		exit    int
		pattern string
	}{
		"-scheme foo":             {cli.ExitUsage, "want one of torch, constant, normal, .*, all"},
		"-activation nonesuch":    {cli.ExitUsage, "want one of relu, tanh, identity"},
		"-scheme xavier -std 0.1": {cli.ExitUsage, "-std has no effect on xavier"},
		"-scheme xavier -c 1":     {cli.ExitUsage, "-c has no effect on xavier"},
		"-scheme torch -gain":     {cli.ExitUsage, "-gain has no effect on torch"},
		"-scheme xavier -gain -samples 9 -sizes 64,9,10 -activation gelu -data " + data: {cli.ExitUsage, "gelu has no gain: want one of relu, tanh"},
		"-scheme constant -c NaN":                   {cli.ExitUsage, "finite"},
		"-scheme normal -std 0":                     {cli.ExitUsage, "above 0"},
		"-samples 0":                                {cli.ExitUsage, "at least 1"},
		"-samples 100000 -data " + data:             {cli.ExitUsage, "has only 250 images"},
		"-bins 0":                                   {cli.ExitUsage, "from 1 to 1000"},
		"-depth 0":                                  {cli.ExitUsage, "from 1 to 200"},
		"-depth 5 -sizes 784,10":                    {cli.ExitUsage, "exactly one"},
		"-sizes 100,10 -data " + data:               {cli.ExitUsage, "have 64 pixels"},
		"-sizes 64,11 -data " + data:                {cli.ExitUsage, "10 classes"},
		"-data " + data + "/nowhere":                {cli.ExitFailed, "nowhere"},
		"-samples 9 -out /dev/null/x -data " + data: {cli.ExitFailed, "-out"},
		"-seed -1":                                  {cli.ExitUsage, "0 to 2"},
		"stray":                                     {cli.ExitUsage, "stray"},
		"-samples 9 -scheme normal -std 1e30 -data " + data: {cli.ExitFailed, "not finite"},
	} {
		if !strings.Contains(line, "-out") {
			line += " -out " + filepath.Join(t.TempDir(), "out")
		}
		o := initexpCommand.Run(t, line)
		t.Run(line, func(t *testing.T) { o.Fails(t, "initexp", want.exit, want.pattern) })
	}
}

func TestHelpAndInterrupt(t *testing.T) {
	if help := initexpCommand.Done(t, "-h"); !strings.Contains(help, "-scheme") || !strings.Contains(help, "Examples:") {
		t.Errorf("the help is %q", help)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	out := filepath.Join(t.TempDir(), "out")
	o := initexpCommand.RunContext(ctx, new(bytes.Buffer), []string{"-data", clitest.WriteData(t), "-sizes", "64,10", "-samples", "10", "-out", out})
	o.Fails(t, "initexp", cli.ExitInterrupted, "interrupted")
}
