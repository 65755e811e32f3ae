package experiment_test

import (
	"path/filepath"
	"strings"
	"testing"

	"optlab/internal/atomicfile/faulty"
	"optlab/internal/check"
)

// Each system call of a run in turn goes wrong in each way: an error names the
// file, or the run copes; and the same command again ends as if nothing had
// been.
func TestFaults(t *testing.T) {
	stride := 20
	if *crashStates == "all" {
		stride = 1
	}
	runs := 0
	for _, s := range scenarios(t, "momentum") {
		for number, fault := range faulty.Faults {
			t.Run(s.name+"/"+fault.Name, func(t *testing.T) {
				root := t.TempDir()
				for n := 1 + number%stride; s.fault(t, root, &faulty.Injector{Fault: fault, At: n}); n += stride {
					runs++
				}
			})
		}
	}
	t.Logf("%d runs in which a call went wrong", runs)
}

// fault carries the command out with a call that goes wrong, and again. It
// reports whether there was such a call.
func (s scenario) fault(t *testing.T, root string, i *faulty.Injector) bool {
	t.Helper()
	check.NoError(t, s.before.Write(root))
	err := s.cut.run(t, i, root)
	tree, treeErr := faulty.ReadTree(root)
	check.NoError(t, treeErr)
	switch {
	case i.Calls < i.At:
		check.NoError(t, err)
		return false
	case i.Fault.Harmless, i.Call == "Remove" && filepath.Base(i.Path) == ".lock": // nobody's any more
		check.NoError(t, err)
	default:
		name := filepath.Base(i.Path)
		if of, temporary := strings.CutSuffix(name, ".tmp"); temporary {
			name = of[1:]
		}
		check.Error(t, err, filepath.Join(filepath.Dir(i.Path), name))
		for path := range tree {
			if strings.HasSuffix(path, ".tmp") && !i.Fault.Left() {
				t.Errorf("call %d, %s: %s is left", i.At, i.Call, path)
			}
		}
	}
	if _, err := s.demands[0].try(t, root, tree); err != nil {
		t.Errorf("call %d, %s: the same command again: %v", i.At, i.Call, err)
	}
	return true
}
