package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"optlab/experiment"
	"optlab/internal/check"
	"optlab/internal/cli/clitest"
	"optlab/models/training"
)

var trainCommand = clitest.Command(run)

// readRun returns the results in a folder.
func readRun(t *testing.T, folder string) training.Results {
	t.Helper()
	r, err := training.ReadResults(filepath.Join(folder, experiment.ResultsFile))
	check.NoError(t, err)
	return *r
}

// onlyFiles checks the names in a folder.
func onlyFiles(t *testing.T, folder string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	check.NoError(t, err)
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s holds %q, want %q", folder, got, want)
	}
}

// testAccuracy returns the last line that a run prints, without the epoch of
// the parameters.
func testAccuracy(t *testing.T, stdout string) string {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(stdout, "\n"), "\n")
	line := lines[len(lines)-1]
	if !strings.HasPrefix(line, "Test accuracy ") {
		t.Fatalf("the last line is %q, want the test accuracy", line)
	}
	accuracy, _, _ := strings.Cut(line, ",")
	return strings.TrimSuffix(accuracy, ")")
}

// stopper is a stdout that cancels a context when a text was written to it, as
// a user's Ctrl-C would.
type stopper struct {
	bytes.Buffer
	text string
	stop context.CancelFunc
}

func (s *stopper) Write(p []byte) (int, error) {
	n, err := s.Buffer.Write(p)
	if strings.Contains(s.String(), s.text) {
		s.stop()
	}
	return n, err
}
