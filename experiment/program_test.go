package experiment_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"optlab/internal/check"
)

// The program in the README is one in another module: it builds with public
// packages alone, in at most 25 lines of code, and trains.
func TestProgramInAnotherModule(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program and trains with it")
	}
	root, err := filepath.Abs("..")
	check.NoError(t, err)
	program := regexp.MustCompile("(?s)```go\n(package main\n.*?)```").FindStringSubmatch(readFile(t, root, "README.md"))
	if program == nil {
		t.Fatal("the README has no program")
	}
	lines := 0
	for line := range strings.Lines(program[1]) {
		if strings.TrimSpace(line) != "" {
			lines++
		}
	}
	if lines > 25 || strings.Contains(program[1], "internal/") {
		t.Errorf("the program has %d lines", lines)
	}

	dir := t.TempDir()
	module := strings.Replace(readFile(t, root, "go.mod"), "module optlab\n", "module student\n\nrequire optlab v0.0.0\n\nreplace optlab => "+filepath.ToSlash(root)+"\n", 1)
	for name, content := range map[string]string{"go.mod": module, "go.sum": readFile(t, root, "go.sum"), "main.go": program[1]} {
		check.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644))
	}
	run := exec.Command("go", "run", ".")
	run.Dir = dir
	run.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	out, err := run.CombinedOutput()
	if err != nil || !regexp.MustCompile(`^9\d\.\d % of the test images right\n$`).Match(out) {
		t.Errorf("the program printed %q, %v", out, err)
	}
	if matches, err := filepath.Glob(filepath.Join(dir, "run", "*")); err != nil || len(matches) == 0 {
		t.Errorf("the run left no files: %v, %v", matches, err)
	}
}
