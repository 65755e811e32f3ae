//go:build linux && !race

package experiment_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/check"
	"optlab/models/training"
)

// childKey is the variable of the environment that makes a test the child whose
// memory is measured: what it does, in which folder, and the sizes of its
// model.
const childKey = "OPTLAB_MEMORY_CHILD"

var memorySizes = flag.String("memory-sizes", "64,4000,1000,10", "sizes of the model whose training is measured")

// TestMemoryOfTraining measures what a training with checkpoints takes at its
// peak, against what it must hold: parameters, gradients, the optimizer's
// moments and the best parameters. It runs in processes of their own, as one
// with a small model says what everything else takes.
func TestMemoryOfTraining(t *testing.T) {
	if job := os.Getenv(childKey); job != "" {
		child(t, strings.Split(job, ";"))
		return
	}
	sizes := *memorySizes
	parameters, previous := 0, 0
	for _, field := range strings.Split(sizes, ",") {
		size, err := strconv.Atoi(field)
		check.NoError(t, err)
		if previous > 0 {
			parameters += size * (previous + 1)
		}
		previous = size
	}
	const held = 5 // parameters, gradients, two moments of Adam, best
	most := int64(1.3 * held * 4 * float64(parameters))
	dir := t.TempDir()
	small := peak(t, "train", filepath.Join(dir, "small"), "64,4,10")
	large := filepath.Join(dir, "large")
	for _, job := range []string{"interrupt", "resume", "load"} {
		took := peak(t, job, large, sizes) - small
		t.Logf("%s, %d MB of parameters: %d MB, at most %d", job, 4*parameters>>20, took>>20, most>>20)
		if took > most {
			t.Errorf("%s: %d bytes are more than %d", job, took, most)
		}
		if took < 4*int64(parameters)*held*9/10 {
			t.Errorf("%s: %d bytes are less than must be held", job, took)
		}
	}
}

// peak returns the most memory that a child took, in bytes.
func peak(t *testing.T, job, dir, sizes string) int64 {
	t.Helper()
	command := exec.Command(os.Args[0], "-test.run", "^TestMemoryOfTraining$")
	command.Env = append(os.Environ(), childKey+"="+strings.Join([]string{job, dir, sizes}, ";"))
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", job, err, out)
	}
	// Not the resources that the kernel counts: they start from the parent's.
	found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(out)
	if found == nil {
		t.Fatalf("%s: the child printed %q", job, out)
	}
	kilobytes, err := strconv.ParseInt(string(found[1]), 10, 64)
	check.NoError(t, err)
	return 1024 * kilobytes
}

// child trains a model by Adam for two epochs, which "interrupt" breaks off
// after the first.
func child(t *testing.T, job []string) {
	c := with(small(), "adam")
	c.Epochs, c.Model.Sizes = 2, nil
	for _, field := range strings.Split(job[2], ",") {
		size, err := strconv.Atoi(field)
		check.NoError(t, err)
		c.Model.Sizes = append(c.Model.Sizes, size)
	}
	dir := folder.Folder{Path: job[1]}
	if job[0] == "load" {
		c.Start = &experiment.Start{Path: filepath.Join(dir.Path, training.BestFile)}
		dir.Path += "-loaded"
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	e := newExperiment(t, c)
	_, err := e.Run(ctx, dir, experiment.Hooks{Epoch: func(training.Epoch) {
		if job[0] == "interrupt" {
			cancel()
		}
	}})
	if job[0] == "interrupt" && errors.Is(err, context.Canceled) {
		err = nil
	}
	check.NoError(t, err)
	status, err := os.ReadFile("/proc/self/status")
	check.NoError(t, err)
	fmt.Printf("%s", status)
}
