// Package clitest runs optlab's commands within tests and makes small data for
// them.
package clitest

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"optlab/dataset"
	"optlab/internal/blocks"
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

// Help runs the command on arguments that ask for its help, demands that no
// line has more than 80 columns, and returns it with every flag and example on
// a line of its own.
func (c Command) Help(t testing.TB, line string) string {
	t.Helper()
	help := c.Done(t, line)
	for line := range strings.Lines(help) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	return regexp.MustCompile(`\n {25}| \\\n +`).ReplaceAllString(help, " ")
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

// WriteData writes the set of package blocks, of ten classes, in the four IDX
// files and returns its folder, named blocks.
func WriteData(t testing.TB) string {
	t.Helper()
	return WriteSet(t, blocks.Set(10))
}

// WriteSet writes a set in the four IDX files to a folder of its name and
// returns that.
func WriteSet(t testing.TB, set *dataset.Set) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), set.Name)
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, images := range map[string]*dataset.Images{"train": set.Train, "t10k": set.Test} {
		writeIDX(t, filepath.Join(folder, name+"-images-idx3-ubyte"), images.Pixels, images.Len(), images.Rows, images.Cols)
		writeIDX(t, filepath.Join(folder, name+"-labels-idx1-ubyte"), images.Labels, images.Len())
	}
	return folder
}

// writeIDX writes bytes in the format of MNIST's files: the type and the number
// of dimensions, the dimensions, the content.
func writeIDX(t testing.TB, path string, content []byte, dimensions ...int) {
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
