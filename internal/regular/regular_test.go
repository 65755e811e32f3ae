package regular_test

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"optlab/internal/check"
	"optlab/internal/regular"
)

func TestOpenAndRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	check.NoError(t, os.WriteFile(path, []byte("content"), 0o644))
	link := path + ".link"
	if err := os.Symlink(path, link); err != nil {
		link = path // where links take a right
	}
	file, size, err := regular.Open(link)
	check.NoError(t, err)
	content, err := io.ReadAll(file)
	check.NoError(t, err)
	check.NoError(t, file.Close())
	if size != 7 || string(content) != "content" {
		t.Errorf("%q of %d bytes", content, size)
	}
	for _, limit := range []int64{7, 1 << 40} {
		if data, err := regular.Read(path, limit); err != nil || string(data) != "content" {
			t.Errorf("limit %d: %q, %v", limit, data, err)
		}
	}
	_, err = regular.Read(path, 6)
	check.Error(t, err, path, "7 bytes are more than the 6")
}

func TestNoFile(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	for _, path := range []string{missing, missing + "/below"} {
		_, _, err := regular.Open(path)
		check.Error(t, err, path, "no such file")
		_, err = regular.Read(path, 10)
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", path, err)
		}
	}
	_, err := regular.Read(strings.Repeat("x", 5<<20), 10)
	check.Error(t, err, "xxx…xxx")
	folder := t.TempDir()
	_, err = regular.Read(folder, 1<<30)
	check.Error(t, err, folder, "a folder, not a regular file")
}
