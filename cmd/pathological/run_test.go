package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/gif"
	"image/png"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"optlab/internal/cli"
	"optlab/internal/cli/clitest"
	"optlab/optimizers"
	"optlab/optimizers/surface"
)

var pathologicalCommand = clitest.Command(run)

var allFiles = []string{"config.json", "descent.gif", "descent.json", "paths.png", "surface.png"}

// numbers is the content of descent.json.
type numbers struct {
	Surface  string
	Settings map[string]map[string]float64
	Paths    map[string][][]float64
}

func readNumbers(t *testing.T, content string) numbers {
	t.Helper()
	var n numbers
	if err := json.Unmarshal([]byte(content), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestReference demands the points of the lab's descent in PyTorch: momentum
// and Adam to 1e-9; SGD, whose path is chaotic after that, to 1e-6 for 40
// updates.
func TestReference(t *testing.T) {
	content, err := os.ReadFile("../../optimizers/surface/testdata/descent.json")
	if err != nil {
		t.Fatal(err)
	}
	var reference map[string]json.RawMessage
	if err := json.Unmarshal(content, &reference); err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	stdout := pathologicalCommand.Done(t, "-out", out)
	files := clitest.ReadFolder(t, out)
	got := readNumbers(t, files["descent.json"])
	if got.Surface != "pathological" {
		t.Errorf("the surface is %q", got.Surface)
	}
	for name, c := range map[string]struct {
		key       string
		points    int
		tolerance float64
	}{"sgd": {"sgd_lr10", 40, 1e-6}, "momentum": {"momentum_lr10_beta09", 100, 1e-9}, "adam": {"adam_lr1", 100, 1e-9}} {
		var want [][]float64
		if err := json.Unmarshal(reference[c.key], &want); err != nil {
			t.Fatal(err)
		}
		if len(got.Paths[name]) != 100 || len(want) != 100 {
			t.Fatalf("%s has %d points, the reference %d, want 100", name, len(got.Paths[name]), len(want))
		}
		for i := range c.points {
			for k, v := range want[i] {
				if math.Abs(got.Paths[name][i][k]-v) > c.tolerance {
					t.Fatalf("%s, point %d is %v, want %v", name, i, got.Paths[name][i], want[i])
				}
			}
		}
		if !strings.Contains(stdout, name) {
			t.Errorf("the table lacks %s: %s", name, stdout)
		}
	}
	checkPictures(t, files, 100)
}

func checkPictures(t *testing.T, files map[string]string, frames int) {
	t.Helper()
	if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, allFiles) {
		t.Fatalf("the files are %q, want %q", got, allFiles)
	}
	for _, name := range []string{"surface.png", "paths.png"} {
		if picture, err := png.Decode(strings.NewReader(files[name])); err != nil || picture.Bounds().Dx() < 500 {
			t.Errorf("%s: %v", name, err)
		}
	}
	film, err := gif.DecodeAll(strings.NewReader(files["descent.gif"]))
	if err != nil {
		t.Fatal(err)
	}
	if len(film.Image) < min(frames, 20) || len(files["descent.gif"]) > 2<<20 {
		t.Errorf("the film has %d frames and %d bytes", len(film.Image), len(files["descent.gif"]))
	}
}

func TestEverySurface(t *testing.T) {
	for _, name := range surface.Names() {
		out := t.TempDir()
		stdout := pathologicalCommand.Done(t, "-updates 30 -surface", name, "-out", out, "-optimizers", strings.Join(optimizers.Names(), ","))
		files := clitest.ReadFolder(t, out)
		checkPictures(t, files, 30)
		got := readNumbers(t, files["descent.json"])
		for _, optimizer := range optimizers.Names() {
			points := got.Paths[optimizer]
			if len(points) != 30 {
				t.Fatalf("%s, %s: %d points", name, optimizer, len(points))
			}
			if first, last := points[0][2], points[29][2]; last >= first {
				t.Errorf("%s, %s: the loss goes from %v to %v", name, optimizer, first, last)
			}
		}
		if strings.Contains(stdout, "left the finite numbers") {
			t.Errorf("%s has no good default rates: %s", name, stdout)
		}
	}
}

func TestChoices(t *testing.T) {
	out := t.TempDir()
	stdout := pathologicalCommand.Done(t, "-optimizers adam -adam-lr 0.5 -beta1 0.8 -start -1.5,2 -updates 12", "-out", out)
	got := readNumbers(t, clitest.ReadFolder(t, out)["descent.json"])
	if len(got.Paths) != 1 || len(got.Paths["adam"]) != 12 || got.Paths["adam"][0][0] != -1.5 || got.Paths["adam"][0][1] != 2 {
		t.Errorf("the paths are %v", got.Paths)
	}
	if !strings.Contains(stdout, "lr 0.5, β₁ 0.8") {
		t.Errorf("the settings are not in %q", stdout)
	}
}

// Every optimizer has a rate of its own, every setting a flag, and what is not
// as usual stands beside the path.
func TestEveryOptimizer(t *testing.T) {
	args := []string{"-out", t.TempDir(), "-optimizers", strings.Join(optimizers.Names(), ",")}
	patterns, settings := []string{}, 0
	for i, k := range optimizers.Kinds() {
		rate := fmt.Sprint(float64(i+1) / 128)
		args = append(args, "-"+k.Name+"-lr", rate)
		patterns = append(patterns, "(?m)^"+k.Name+": lr "+rate)
	}
	for _, s := range optimizers.Settings() {
		args = append(args, "-"+s.Flag, "0.25")
		patterns = append(patterns, s.Symbol+" 0.25")
		settings += len(s.Users)
	}
	stdout := pathologicalCommand.Done(t, "-updates 3", args...)
	for _, pattern := range patterns {
		if !regexp.MustCompile(pattern).MatchString(stdout) {
			t.Errorf("%q is not in the table: %s", pattern, stdout)
		}
	}
	if got := strings.Count(stdout, " 0.25"); got != settings {
		t.Errorf("the table has %d settings, want %d: %s", got, settings, stdout)
	}
}

func TestDivergenceIsDrawnAsFarAsItGoes(t *testing.T) {
	out := t.TempDir()
	stdout := pathologicalCommand.Done(t, "-surface rosenbrock -sgd-lr 10", "-out", out)
	if !strings.Contains(stdout, "SGD left the finite numbers after 4 updates.") || !strings.Contains(stdout, "try a smaller -sgd-lr") {
		t.Errorf("the output is %q", stdout)
	}
	files := clitest.ReadFolder(t, out)
	checkPictures(t, files, 100)
	if n := len(readNumbers(t, files["descent.json"]).Paths["sgd"]); n != 4 {
		t.Errorf("the path has %d points, want 4", n)
	}
}

func TestLimits(t *testing.T) {
	s := surface.All()[0]
	points := func(xy ...float64) (list []surface.Point) {
		for i := 0; i < len(xy); i += 2 {
			list = append(list, surface.Point{W1: xy[i], W2: xy[i+1]})
		}
		return list
	}
	near := func(r surface.Range, low, high float64) bool {
		return math.Abs(r.Min-low)+math.Abs(r.Max-high) < 1e-9
	}
	x, y := limits(s, []path{{points: points(3, 1, -7, 0)}, {points: points(3, 1, 2, -9)}})
	if !near(x, -7.7, 7.7) || !near(y, -9.5, 1.5) {
		t.Errorf("the limits are %v, %v", x, y)
	}
	gone := path{points: points(3, 1, 4, 2, 1e30, -1e40), diverged: &surface.DivergedError{}}
	x, y = limits(s, []path{gone})
	if !near(x, -4.4, 4.4) || !near(y, 0.95, 2.05) {
		t.Errorf("the limits of a path that diverged are %v, %v", x, y)
	}
	gone.diverged = nil // far away, but finite
	if x, y = limits(s, []path{gone}); !near(x, -4.4, 4.4) || !near(y, 0.95, 2.05) {
		t.Errorf("the limits of a path that went far are %v, %v", x, y)
	}
	x, y = limits(s, []path{{points: points(0, 2, 0, 2)}})
	if !(x.Max > 0) || !(y.Max > y.Min) {
		t.Errorf("the limits of a point are %v, %v", x, y)
	}
}

func TestArrival(t *testing.T) {
	p := path{points: []surface.Point{{Loss: 100}, {Loss: 10}, {Loss: 0.9}, {Loss: 0}, {Loss: 5}}}
	if got := p.arrival(); got != 2 || p.lowest() != 0 {
		t.Errorf("arrived after %d updates at %v, want 2 and 0", got, p.lowest())
	}
}

func TestErrors(t *testing.T) {
	for line, want := range map[string]struct {
		exit    int
		pattern string
	}{
		"-surface nonesuch":             {cli.ExitUsage, "want one of pathological, rosenbrock"},
		"-optimizers sgd,nonesuch":      {cli.ExitUsage, "want some of sgd, momentum, adam"},
		"-optimizers sgd,sgd":           {cli.ExitUsage, "each once"},
		"-optimizers sgd -adam-lr 1":    {cli.ExitUsage, "-adam-lr has no effect"},
		"-optimizers sgd -beta1 0.5":    {cli.ExitUsage, "-beta1 has no effect"},
		"-eps 1e-6 -optimizers sgd":     {cli.ExitUsage, "-eps has no effect on sgd: it is for adam, "},
		"-rmsprop-lr 1":                 {cli.ExitUsage, "-rmsprop-lr has no effect"},
		"-sgd-lr 0":                     {cli.ExitUsage, "above 0"},
		"-beta1 1":                      {cli.ExitUsage, "up to, not including, 1"},
		"-start 5":                      {cli.ExitUsage, "as 5,5"},
		"-start 5,NaN":                  {cli.ExitUsage, "as 5,5"},
		"-updates 0":                    {cli.ExitUsage, "from 1 to"},
		"-start 1e300,1 -surface beale": {cli.ExitUsage, `coordinates from -1e\+06 to 1e\+06`},
		"-updates 2 -out /dev/null/x":   {cli.ExitFailed, "-out"},
		"-nonsense":                     {cli.ExitUsage, "nonsense"},
	} {
		if !strings.Contains(line, "-out") {
			line += " -out " + filepath.Join(t.TempDir(), "out")
		}
		o := pathologicalCommand.Run(t, line)
		t.Run(line, func(t *testing.T) { o.Fails(t, "pathological", want.exit, want.pattern) })
	}
}

// -optimizer is another name of -optimizers, as in train.
func TestOptimizerFlag(t *testing.T) {
	stdout := pathologicalCommand.Done(t, "-optimizer adam -updates 3 -out", filepath.Join(t.TempDir(), "out"))
	if !strings.Contains(stdout, "Adam") || strings.Contains(stdout, "Momentum") {
		t.Errorf("-optimizer adam prints\n%s", stdout)
	}
}

func TestHelpAndInterrupt(t *testing.T) {
	if help := pathologicalCommand.Help(t, "-h"); !strings.Contains(help, strings.Join(surface.Names(), ", ")) {
		t.Errorf("the help is %q", help)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	o := pathologicalCommand.RunContext(ctx, new(bytes.Buffer), []string{"-out", filepath.Join(t.TempDir(), "out")})
	o.Fails(t, "pathological", cli.ExitInterrupted, "interrupted")
}
