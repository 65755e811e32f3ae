package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"optlab/internal/check"
	"optlab/internal/cli"
)

// Off a terminal a bar writes nothing, at no point of its life.
func TestBarOffTerminal(t *testing.T) {
	use := func(b *cli.Bar) {
		for n := range 5 {
			b.Set(n)
		}
		b.Close()
		b.Set(5)
		b.Close()
	}
	var buffer bytes.Buffer
	use(cli.NewBar(&buffer, "Epoch 1/2", 5))
	if buffer.Len() > 0 {
		t.Errorf("a buffer got %q", &buffer)
	}
	path := filepath.Join(t.TempDir(), "file")
	file, err := os.Create(path)
	check.NoError(t, err)
	use(cli.NewBar(file, "Epoch 1/2", 5))
	check.NoError(t, file.Close())
	if content, err := os.ReadFile(path); err != nil || len(content) > 0 {
		t.Errorf("a file got %q, %v", content, err)
	}
	use(new(cli.Bar))
}
