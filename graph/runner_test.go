package graph

import (
	"testing"

	"gorgonia.org/gorgonia"

	"optlab/internal/check"
	"optlab/random"
)

// bindProgram must refuse whatever does not hold its instructions as Gorgonia
// 0.9.18 does: reading them as something else would be reading at random.
func TestBindProgramRefuses(t *testing.T) {
	run := func([]int) error { return nil }
	for name, program := range map[string]any{
		"nil":                         nil,
		"no pointer":                  struct{ instructions []int }{},
		"a pointer to no struct":      new([]int),
		"a nil pointer":               (*struct{ instructions []int })(nil),
		"no field":                    &struct{ program []int }{},
		"a field of another type":     &struct{ instructions []string }{},
		"a field of a like type":      &struct{ instructions []uint }{},
		"a field that is a pointer":   &struct{ instructions *[]int }{},
		"a field in a struct within":  &struct{ program struct{ instructions []int } }{},
		"a pointer to such a pointer": new(*struct{ instructions []int }),
	} {
		t.Run(name, func(t *testing.T) {
			if f, ok := bindProgram(run, program); ok || f != nil {
				t.Error("the program is accepted")
			}
		})
	}
}

func TestBindProgramAccepts(t *testing.T) {
	var got []int
	program := &struct {
		name         string
		instructions []int
	}{"a program", []int{3, 1, 2}}
	f, ok := bindProgram(func(list []int) error { got = list; return nil }, program)
	if !ok {
		t.Fatal("the program is refused")
	}
	check.NoError(t, f())
	if len(got) != 3 || &got[0] != &program.instructions[0] {
		t.Errorf("run got %v, want the program's own instructions", got)
	}
}

// The fast way must be the one that is taken with the Gorgonia of go.mod:
// without this test, a new version could lose it and all would only be slower.
func TestProgramIsBound(t *testing.T) {
	s := newSketch(t)
	labels, _ := s.labels(0)
	s.node(CrossEntropy(s.x("x", 1, 2), labels))
	vm := gorgonia.NewTapeMachine(s.g)
	if _, ok := bindProgram(vm.Run, vm.Prog()); !ok {
		t.Error("bindProgram does not know Gorgonia's program")
	}
}

// RunAll, the way for other versions of Gorgonia, computes the same bits as the
// fast way, run for run, and recovers from an error too.
func TestRunAll(t *testing.T) {
	sizes := []int{9, 8, 7, 5}
	parameters := mlpParameters(sizes)
	config := func() mlpConfig { return mlpConfig{sizes, Tanh, 3, 0.4, random.New(1), 0} }
	fast, slow := newMLP(t, config(), parameters), newMLP(t, config(), parameters)
	slow.run = runAll(gorgonia.NewTapeMachine(slow.g))
	for run := range 4 {
		if run == 2 {
			for _, m := range []*mlp{fast, slow} {
				m.labels[1] = 5
				check.Error(t, m.Run(), "running a graph", "label 5 of sample 1")
				m.labels[1] = 4
			}
		}
		fill(fast.x, uint64(run))
		fill(slow.x, uint64(run))
		check.NoError(t, fast.Run())
		check.NoError(t, slow.Run())
		if !sameOutputs(outputs(t, fast), outputs(t, slow)) {
			t.Errorf("run %d differs", run)
		}
	}
}

// A panic within a run is an error of it.
func TestRunRecovers(t *testing.T) {
	e := newExperiment(t, func(s sketch, p gorgonia.Nodes) *gorgonia.Node {
		o := op{name: "quitter", output: operandOf(p[0]), kernel: func(*data) { panic("a kernel gives up") }}
		o.gradients = []gradient{{name: "quitterGrad", kernel: o.kernel}}
		return s.node(apply(o, p[0]))
	}, parameter("x", 1, 2, 2))
	check.Error(t, e.Run(), "running a graph", "a kernel gives up")
}
