// Package clitest runs optlab's commands within tests and makes small data for
// them.
package clitest

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"optlab/mnist"
)

// Command is a command's run function.
type Command func(ctx context.Context, args []string, stdout, stderr io.Writer) int

// Outcome is what a command leaves behind beside files.
type Outcome struct {
	Exit           int
	Stdout, Stderr string
}

// Run runs the command on the words of line and the further arguments.
func (c Command) Run(t testing.TB, line string, arguments ...string) Outcome {
	t.Helper()
	return c.RunContext(t.Context(), new(bytes.Buffer), append(strings.Fields(line), arguments...))
}

// Writer is a stdout whose text can be read.
type Writer interface {
	io.Writer
	String() string
}

// RunContext is Run with a context and a stdout of the caller's.
func (c Command) RunContext(ctx context.Context, stdout Writer, arguments []string) Outcome {
	var stderr bytes.Buffer
	exit := c(ctx, arguments, stdout, &stderr)
	return Outcome{exit, stdout.String(), stderr.String()}
}

// Done runs the command, demands that it succeeds without a word on stderr, and
// returns what it printed.
func (c Command) Done(t testing.TB, line string, arguments ...string) string {
	t.Helper()
	o := c.Run(t, line, arguments...)
	if o.Exit != 0 || o.Stderr != "" {
		t.Fatalf("%s %q: exit status %d, stderr %q", line, arguments, o.Exit, o.Stderr)
	}
	return o.Stdout
}

// Fails checks that the outcome is an error: the exit status, and on stderr one
// line that starts with the command's name and matches pattern.
func (o Outcome) Fails(t testing.TB, command string, exit int, pattern string) {
	t.Helper()
	if o.Exit != exit {
		t.Errorf("exit status %d, want %d", o.Exit, exit)
	}
	if !strings.HasPrefix(o.Stderr, command+": ") || strings.Count(o.Stderr, "\n") != 1 || !strings.HasSuffix(o.Stderr, "\n") {
		t.Errorf("stderr is %q, want one line of %s", o.Stderr, command)
	}
	if !regexp.MustCompile(pattern).MatchString(o.Stderr) {
		t.Errorf("stderr is %q, want it to match %q", o.Stderr, pattern)
	}
}

// Side is the width and height of the images of [WriteData], in pixels.
const Side = 8

// WriteData writes a small data set that can be learned in the four IDX files,
// 300 images to train and 80 to test, and returns its folder, named blocks. Of
// class c, six pixels from 6·c on are bright, the others dim noise.
func WriteData(t testing.TB) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "blocks")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, part := range []struct {
		name string
		n    int
	}{{"train", 300}, {"t10k", 80}} {
		var pixels, labels []byte
		for range part.n {
			class := rng.IntN(mnist.Classes)
			labels = append(labels, byte(class))
			for pixel := range Side * Side {
				value := rng.IntN(60)
				if pixel/6 == class {
					value = 150 + rng.IntN(100)
				}
				pixels = append(pixels, byte(value))
			}
		}
		WriteIDX(t, filepath.Join(folder, part.name+"-images-idx3-ubyte"), pixels, part.n, Side, Side)
		WriteIDX(t, filepath.Join(folder, part.name+"-labels-idx1-ubyte"), labels, part.n)
	}
	return folder
}

// WriteIDX writes bytes in the format of MNIST's files: the type and the number
// of dimensions, the dimensions, the content.
func WriteIDX(t testing.TB, path string, content []byte, dimensions ...int) {
	t.Helper()
	file := []byte{0, 0, 8, byte(len(dimensions))}
	for _, n := range dimensions {
		file = binary.BigEndian.AppendUint32(file, uint32(n))
	}
	if err := os.WriteFile(path, append(file, content...), 0o644); err != nil {
		t.Fatal(err)
	}
}

// ReadFolder returns the contents of the files of a folder, and of those below
// it, by their path from the folder.
func ReadFolder(t testing.TB, folder string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(folder, path)
		files[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
