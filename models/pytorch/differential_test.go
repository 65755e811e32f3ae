//go:build differential

package pytorch

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"optlab/internal/check"
)

// outcome is what PyTorch says of a file.
type outcome struct {
	Accepted bool
	Tensors  map[string]description // nil: none that a float32 model takes
	Error    string
}

type description struct {
	Shape  []int
	SHA256 string
}

// older is what torch 1.13 refuses damaged files for that are read here: the
// operations of later protocols, which its weights_only does not know and later
// versions do, as an argument more of the function that makes a tensor; the
// record of the format's version, which is not looked at here; fields of the
// archive that nothing depends on.
var older = regexp.MustCompile(`Unsupported operand|_rebuild_tensor_v2\(\) takes|inline_container|zip archive|file version|"version"|for version|supported version|^RuntimeError: $`)

// TestDifferential compares what is read from state dicts and damaged copies of
// them with what torch.load(weights_only=True) reads, in as many files as the
// variables of the environment say. What both read is the same; what PyTorch
// reads of files that nobody damaged is read here. Where one of them is
// stricter on damaged ones, it says how often and why.
func TestDifferential(t *testing.T) {
	dir := t.TempDir()
	run := exec.Command(setting("PYTHON", "python3"), "testdata/differential.py", dir, setting("SEED", "1"), setting("DICTS", "1000"), setting("MUTANTS", "10"))
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("differential.py: %v: %s", err, out)
	}
	var outcomes map[string]outcome
	data, err := os.ReadFile(filepath.Join(dir, "outcomes.json"))
	check.NoError(t, err)
	check.NoError(t, json.Unmarshal(data, &outcomes))
	counts, laxer, stricter := make(map[string]int), make(map[string]int), make(map[string]int)
	for _, name := range slices.Sorted(maps.Keys(outcomes)) {
		want := outcomes[name]
		file, err := os.ReadFile(filepath.Join(dir, name))
		check.NoError(t, err)
		dict, err := measured(t, file)
		kind := "sound"
		if strings.Contains(name, "-") {
			kind = "damaged"
		}
		switch {
		case err == nil && !want.Accepted && kind == "damaged" && older.MatchString(want.Error):
			counts[kind+", read here alone"]++
			laxer[reason(errors.New(want.Error))]++
		case err == nil && !want.Accepted:
			t.Errorf("%s is read here, PyTorch says %s:\n%x", name, want.Error, file)
		case err == nil && !equal(dict, want.Tensors):
			t.Errorf("%s is read as %v, by PyTorch as %v:\n%x", name, describe(dict), want.Tensors, file)
		case err != nil && want.Tensors != nil && kind == "sound":
			t.Errorf("%s is refused: %v:\n%x", name, err, file)
		case err == nil:
			counts[kind+", read by both"]++
		case !want.Accepted:
			counts[kind+", refused by both"]++
		case want.Tensors == nil:
			counts[kind+", read by PyTorch alone: not a float32 state dict"]++
		default:
			counts[kind+", read by PyTorch alone"]++
			stricter[reason(err)]++
		}
	}
	for _, list := range []map[string]int{counts, laxer, stricter} {
		for _, what := range slices.Sorted(maps.Keys(list)) {
			t.Logf("%6d %s", list[what], what)
		}
	}
}

func setting(name, usual string) string {
	if s := os.Getenv(name); s != "" {
		return s
	}
	return usual
}

// reason is an error without what differs from file to file.
func reason(err error) string {
	text := regexp.MustCompile(`"(\\.|[^"\\])*"…?`).ReplaceAllString(err.Error(), "…")
	return regexp.MustCompile(`0x[0-9a-f]+|[0-9a-f]{8}|\d+`).ReplaceAllString(text, "n")
}

func describe(dict map[string]*tensor.Dense) map[string]description {
	all := make(map[string]description)
	for name, x := range dict {
		var data []byte
		for _, v := range floats(x) {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
		}
		all[name] = description{append([]int{}, x.Shape()...), fmt.Sprintf("%x", sha256.Sum256(data))}
	}
	return all
}

func equal(dict map[string]*tensor.Dense, want map[string]description) bool {
	return maps.EqualFunc(describe(dict), want, func(a, b description) bool {
		return slices.Equal(a.Shape, b.Shape) && a.SHA256 == b.SHA256
	})
}
