package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"optlab/internal/cli"
	"optlab/mnist"
	"optlab/models/training"
)

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// outcome is what a command left behind beside files.
type outcome struct {
	exit           int
	stdout, stderr string
}

// command runs the command on the arguments and the words of line.
func command(t *testing.T, line string, arguments ...string) outcome {
	t.Helper()
	var stdout bytes.Buffer
	return commandTo(t.Context(), &stdout, append(strings.Fields(line), arguments...))
}

// commandTo is command with a context and a writer, which it returns the text of.
func commandTo(ctx context.Context, stdout interface {
	io.Writer
	String() string
}, arguments []string) outcome {
	var stderr bytes.Buffer
	exit := run(ctx, arguments, stdout, &stderr)
	return outcome{exit, stdout.String(), stderr.String()}
}

// done runs the command and demands that it succeeds without a word on stderr.
func done(t *testing.T, line string, arguments ...string) string {
	t.Helper()
	o := command(t, line, arguments...)
	if o.exit != cli.ExitDone || o.stderr != "" {
		t.Fatalf("%s %q: exit status %d, stderr %q", line, arguments, o.exit, o.stderr)
	}
	return o.stdout
}

// fails checks that the outcome is an error: one line on stderr, which matches
// pattern.
func (o outcome) fails(t *testing.T, exit int, pattern string) {
	t.Helper()
	if o.exit != exit {
		t.Errorf("exit status %d, want %d", o.exit, exit)
	}
	if !strings.HasPrefix(o.stderr, "train: ") || strings.Count(o.stderr, "\n") != 1 || !strings.HasSuffix(o.stderr, "\n") {
		t.Errorf("stderr is %q, want one line", o.stderr)
	}
	if !regexp.MustCompile(pattern).MatchString(o.stderr) {
		t.Errorf("stderr is %q, want it to match %q", o.stderr, pattern)
	}
}

// side is the size of the images of writeData, in pixels.
const side = 8

// writeData writes a small data set in the four IDX files and returns its folder.
// Of class c, six pixels from 6·c on are bright, the others dim noise.
func writeData(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "blocks")
	noError(t, os.Mkdir(folder, 0o755))
	rng := rand.New(rand.NewPCG(1, 2))
	for name, n := range map[string]int{"train": 300, "t10k": 80} {
		var pixels, labels []byte
		for range n {
			class := rng.IntN(mnist.Classes)
			labels = append(labels, byte(class))
			for pixel := range side * side {
				value := rng.IntN(60)
				if pixel/6 == class {
					value = 150 + rng.IntN(100)
				}
				pixels = append(pixels, byte(value))
			}
		}
		writeIDX(t, filepath.Join(folder, name+"-images-idx3-ubyte"), pixels, n, side, side)
		writeIDX(t, filepath.Join(folder, name+"-labels-idx1-ubyte"), labels, n)
	}
	return folder
}

// writeIDX writes a file as the format of MNIST describes it: the type and the
// number of dimensions, the dimensions, the bytes.
func writeIDX(t *testing.T, path string, content []byte, dimensions ...int) {
	t.Helper()
	file := []byte{0, 0, 8, byte(len(dimensions))}
	for _, n := range dimensions {
		file = binary.BigEndian.AppendUint32(file, uint32(n))
	}
	noError(t, os.WriteFile(path, append(file, content...), 0o644))
}

// readFolder returns the files of a folder by name.
func readFolder(t *testing.T, folder string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	noError(t, err)
	files := make(map[string]string)
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(folder, e.Name()))
		noError(t, err)
		files[e.Name()] = string(data)
	}
	return files
}

// readRun returns the results in a folder.
func readRun(t *testing.T, folder string) training.Results {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, resultsFile))
	noError(t, err)
	var r training.Results
	noError(t, json.Unmarshal(data, &r))
	return r
}

// onlyFiles checks the names in a folder.
func onlyFiles(t *testing.T, folder string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	noError(t, err)
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s holds %q, want %q", folder, got, want)
	}
}

// testAccuracy returns the last line that a run prints, without the epoch of the
// parameters.
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
