//go:build unix

package dataset

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A FIFO in a file's place is an error, not waited for.
func TestSpecialFiles(t *testing.T) {
	for _, name := range append(fileNames[:], classesFile) {
		dir := t.TempDir()
		writeFiles(t, dir, tinyFiles())
		path := filepath.Join(dir, name)
		os.Remove(path)
		if err := syscall.Mkfifo(path, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "a named pipe") {
			t.Errorf("%s is a FIFO: %v", name, err)
		}
		os.Remove(path)
		if err := os.Symlink("/dev/zero", path); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "a device") {
			t.Errorf("%s is a device: %v", name, err)
		}
	}
}
