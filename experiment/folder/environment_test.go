package folder

import (
	"encoding/json"
	"runtime"
	"testing"

	"optlab/internal/check"
)

func TestEnvironment(t *testing.T) {
	e := thisEnvironment()
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
