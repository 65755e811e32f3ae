package atomicfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"optlab/internal/atomicfile"
)

func TestWriteReplaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	for _, content := range []string{"first, and longer", "second", ""} {
		if err := atomicfile.Write(path, []byte(content)); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != content {
			t.Errorf("content is %q, want %q", got, content)
		}
	}
	onlyFile(t, path)
}

func TestWriteFailsCleanly(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "no", "file")
	if err := atomicfile.Write(missing, nil); err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("in a missing folder: error %v, want one that names %s", err, missing)
	}

	// A folder cannot be replaced by a file, so the rename fails at the very
	// end.
	folder := filepath.Join(t.TempDir(), "folder")
	if err := os.MkdirAll(filepath.Join(folder, "full"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.Write(folder, []byte("x")); err == nil {
		t.Error("a folder was replaced by a file")
	}
	onlyFile(t, folder)
}

func TestClean(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := atomicfile.Write(path, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), ".file.tmp-123"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.Clean(filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	onlyFile(t, path)
}

// onlyFile checks that nothing else, as a temporary file, lies beside path.
func onlyFile(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != filepath.Base(path) {
		t.Errorf("beside %s lie %v", path, entries)
	}
}
