package folder_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/pkg/errors"

	"optlab/experiment/folder"
	"optlab/internal/check"
)

// unusable checks that err is an UnusableError that says part.
func unusable(t *testing.T, err error, part string) {
	t.Helper()
	check.Error(t, err, part)
	var unusable *folder.UnusableError
	if !errors.As(err, &unusable) {
		t.Errorf("error %q is a %T, want an UnusableError", err, err)
	}
}

// claim claims a folder for a run, and lets it go.
func claim(f folder.Folder, run any) (held bool, err error) {
	h, err := f.Claim(run, func(_, _ map[string]any) bool { return false })
	if err != nil {
		return false, err
	}
	defer h.Release()
	return h.Held, nil
}

// overwriting returns f with Overwrite set.
func overwriting(f folder.Folder) folder.Folder {
	f.Overwrite = true
	return f
}

// wantFiles checks that the folder holds files of the given names and contents,
// and nothing else; "*" is any content.
func wantFiles(t *testing.T, path string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(path)
	check.NoError(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
		content, known := want[e.Name()]
		if !known || content == "*" || e.IsDir() {
			continue
		}
		data, err := os.ReadFile(filepath.Join(path, e.Name()))
		check.NoError(t, err)
		if string(data) != content {
			t.Errorf("%s holds %q, want %q", e.Name(), data, content)
		}
	}
	for name := range want {
		if !slices.Contains(names, name) {
			t.Errorf("%s is missing", name)
		}
	}
	if len(names) != len(want) {
		t.Errorf("the folder holds %q, want %d files", names, len(want))
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	check.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	check.NoError(t, os.WriteFile(path, []byte(content), 0o644))
}

// configuration is what a command might pass to Claim.
type configuration struct {
	Data      string         `json:"data"`
	Optimizer map[string]any `json:"optimizer"`
	Sizes     []int          `json:"sizes"`
	Seed      uint64         `json:"seed"`
}

func usual() configuration {
	return configuration{Data: "mnist", Optimizer: map[string]any{"name": "sgd", "learning_rate": 0.1}, Sizes: []int{784, 10}, Seed: 1<<64 - 1}
}

// claimed returns the folder of a run that has written its two files.
func claimed(t *testing.T) folder.Folder {
	t.Helper()
	f := folder.Folder{Path: filepath.Join(t.TempDir(), "runs", "one"), Files: []string{"a.txt", "b.txt"}}
	held, err := claim(f, usual())
	check.NoError(t, err)
	if held {
		t.Fatal("a new folder is held")
	}
	check.NoError(t, f.Write("a.txt", []byte("a")))
	check.NoError(t, f.Write("b.txt", []byte("b")))
	return f
}
