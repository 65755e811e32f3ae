package graph

import (
	"reflect"
	"sync"

	// Gorgonia asks this module whether the garbage collector moves memory;
	// older versions panic under a Go they do not know. The import keeps go.mod
	// at one that does not.
	_ "go4.org/unsafe/assume-no-moving-gc"
	"gorgonia.org/gorgonia"

	"optlab/internal/blas"
)

// useBLAS makes Gorgonia's own operations multiply matrices as this package's
// do.
var useBLAS = sync.OnceFunc(func() { gorgonia.Use(blas.Implementation{}) })

// newRunner compiles g for a tape machine and returns what runs it once.
//
// The machine's RunAll starts a goroutine and hands the caller's locked thread
// over to it and back, in every run: a third of a small network's step. Its
// method Run executes a fragment of instructions on the caller's goroutine
// instead, and the whole program is a fragment. Gorgonia exports no way to get
// it, so it is read from the program by reflection; if a later version keeps it
// elsewhere, RunAll does the same, more slowly.
func newRunner(g *gorgonia.ExprGraph) func() error {
	useBLAS()
	vm := gorgonia.NewTapeMachine(g)
	if run, ok := bindProgram(vm.Run, vm.Prog()); ok {
		return run
	}
	return runAll(vm)
}

// runAll returns what runs the whole program of vm by its method RunAll.
func runAll(vm gorgonia.VM) func() error {
	return func() error {
		// After an error the machine would go on in mid-program.
		defer vm.Reset()
		return vm.RunAll()
	}
}

// bindProgram returns a function that calls run with all instructions of
// program. It is generic because the type F, a slice of instructions, has no
// exported name. It reports false if program is not what it is in Gorgonia
// 0.9.18.
func bindProgram[F any](run func(F) error, program any) (func() error, bool) {
	p := reflect.ValueOf(program)
	if p.Kind() != reflect.Pointer || p.Elem().Kind() != reflect.Struct {
		return nil, false
	}
	field := p.Elem().FieldByName("instructions")
	if !field.IsValid() || field.Type() != reflect.TypeFor[F]() {
		return nil, false
	}
	instructions := *(*F)(field.Addr().UnsafePointer())
	return func() error { return run(instructions) }, true
}
