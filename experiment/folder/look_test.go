package folder

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"

	"optlab/internal/check"
)

// claimed returns a new folder of a run with the given configuration.
func claimed(t *testing.T, run any) Folder {
	t.Helper()
	f := Folder{Path: t.TempDir()}
	h, err := f.Claim(run, func(_, _ map[string]any) bool { return false })
	check.NoError(t, err)
	h.Release()
	return f
}

// Two folders differ by the fields of their configurations, whatever their
// order, apart from what the runs were made on.
func TestDifferences(t *testing.T) {
	a := claimed(t, map[string]any{"seed": uint64(1<<63 + 1), "same": 1, "optimizer": map[string]any{"name": "sgd"}, "sizes": []int{3, 2}})
	b := claimed(t, map[string]any{"seed": uint64(1 << 63), "same": 1, "optimizer": map[string]any{"name": "adam", "beta1": 0.9}, "sizes": []int{3, 2}})
	run, environment, err := Differences(a, b)
	check.NoError(t, err)
	want := []Difference{
		{"optimizer.beta1", "null", "0.9"}, {"optimizer.name", `"sgd"`, `"adam"`}, {"seed", "9223372036854775809", "9223372036854775808"},
	}
	if !slices.Equal(run, want) || len(environment) != 0 {
		t.Errorf("the differences are %v and %v, want %v", run, environment, want)
	}
	if text := run[2].String(); text != "seed 9223372036854775809 there, 9223372036854775808 now" {
		t.Errorf("a difference is written as %q", text)
	}
	elsewhere := document{Run: json.RawMessage(`{"seed":1}`), Environment: json.RawMessage(`{"cores":1234}`)}
	data, err := elsewhere.bytes()
	check.NoError(t, err)
	check.NoError(t, b.Write(ConfigFile, data))
	_, environment, err = Differences(a, b)
	check.NoError(t, err)
	if i := slices.IndexFunc(environment, func(d Difference) bool { return d.Name == "cores" }); i < 0 || environment[i].Now != "1234" {
		t.Errorf("the environments differ by %v", environment)
	}
	// Without an environment, as nobody wrote it.
	check.NoError(t, b.Write(ConfigFile, []byte(`{"run":{"seed":1}}`)))
	_, environment, err = Differences(b, a)
	check.NoError(t, err)
	if len(environment) < 5 || environment[0].Before != "null" {
		t.Errorf("without an environment they differ by %v", environment)
	}
	for _, bad := range []Folder{{Path: t.TempDir()}, {Path: b.File("none")}} {
		_, _, err = Differences(a, bad)
		check.Error(t, err, ConfigFile)
		_, _, err = Differences(bad, a)
		check.Error(t, err, ConfigFile)
	}
}

// Who claimed a folder is read from it.
func TestClaimedAndCommand(t *testing.T) {
	f := Folder{Path: t.TempDir()}
	if f.Claimed() || f.Command() != "" {
		t.Error("an empty folder is claimed")
	}
	h, err := f.Take("sample")
	check.NoError(t, err)
	h.Release()
	if !f.Claimed() || f.Command() != "sample" {
		t.Errorf("the folder is %q's", f.Command())
	}
	if f := claimed(t, map[string]any{"seed": 1}); !f.Claimed() || f.Command() != "" {
		t.Errorf("a run's folder is %q's", f.Command())
	}
	check.NoError(t, os.WriteFile(f.File(ConfigFile), nil, 0o644))
	if !f.Claimed() || f.Command() != "" {
		t.Error("a damaged configuration is none, or read")
	}
	check.NoError(t, os.Rename(f.File(ConfigFile), f.File(replacingFile)))
	if !f.Claimed() {
		t.Error("a folder in replacement is not claimed")
	}
}

// Who writes is told without a lock: by what the owner wrote, if it is alive.
func TestWriting(t *testing.T) {
	f := claimed(t, map[string]any{"seed": 1})
	if f.Writing() {
		t.Error("somebody writes to a free folder")
	}
	h, err := f.Lock()
	check.NoError(t, err)
	if !f.Writing() {
		t.Error("nobody writes to a locked folder")
	}
	h.Release()
	if f.Writing() {
		t.Error("somebody writes to a released folder")
	}
	host, err := os.Hostname()
	check.NoError(t, err)
	const none = 1 << 30 // more than there are processes
	for _, text := range []string{
		fmt.Sprintf(`{"process":%d,"host":%q}`, none, host), fmt.Sprintf(`{"process":%d,"host":"another"}`, os.Getpid()),
		fmt.Sprintf(`{"process":0,"host":%q}`, host), fmt.Sprintf(`{"process":-1,"host":%q}`, host), "", "x",
	} {
		check.NoError(t, os.WriteFile(f.File(lockFile), []byte(text), 0o644))
		if f.Writing() {
			t.Errorf("by %q, somebody writes", text)
		}
	}
}
