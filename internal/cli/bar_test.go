package cli_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
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

func TestEnvironment(t *testing.T) {
	e := cli.ThisEnvironment()
	if e.Go != runtime.Version() || e.OS != runtime.GOOS || e.Arch != runtime.GOARCH || e.Cores != runtime.GOMAXPROCS(0) {
		t.Errorf("the environment is %+v", e)
	}
	if e.Optlab == "" || e.Gorgonia == "" || e.Tensor == "" {
		t.Errorf("a version is empty: %+v", e)
	}
	if runtime.GOARCH == "arm64" && len(e.CPUFeatures) == 0 { // always has asimd
		t.Error("no CPU features")
	}
	data, err := json.Marshal(e)
	check.NoError(t, err)
	var fields map[string]any
	check.NoError(t, json.Unmarshal(data, &fields))
	if _, ok := fields["cpu_features"].([]any); !ok || len(fields) != 8 {
		t.Errorf("as JSON it is %s", data)
	}
}
