package optimizers

import (
	"maps"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// memory is what every optimizer keeps: the number of steps, the moments, and
// the parameters they belong to. Changes are made to a copy, which takes its
// place when all went well.
type memory struct {
	moments    []string // their names, in the order of parameter.moments
	steps      int
	tensors    map[string]*tensor.Dense // as in State
	parameters []parameter              // of the first step; nil before it
}

// State returns a copy of the state.
func (s *memory) State() State {
	return State{Steps: s.steps, Tensors: cloneTensors(s.tensors)}
}

// View returns the state, as documented at [Optimizer].
func (s *memory) View() State {
	return State{Steps: s.steps, Tensors: maps.Clone(s.tensors)}
}

// SetState makes a copy of st the state, as documented at [Optimizer].
func (s *memory) SetState(st State) error {
	return s.set(st, cloneTensors)
}

// Adopt makes st the state, as documented at [Optimizer].
func (s *memory) Adopt(st State) error { return s.set(st, maps.Clone) }

// set makes st the state, with what take makes of its tensors.
func (s *memory) set(st State, take func(map[string]*tensor.Dense) map[string]*tensor.Dense) error {
	if st.Steps < 0 {
		return errors.Errorf("optimizer state: Steps is %d: want at least 0", st.Steps)
	}
	for _, name := range slices.Sorted(maps.Keys(st.Tensors)) {
		moment, _, _ := strings.Cut(name, ".")
		if !slices.Contains(s.moments, moment) {
			return errors.Errorf("optimizer state: tensor %q is of no use here: want moments %q", name, s.moments)
		}
		if _, err := view(st.Tensors[name]); err != nil {
			return errors.Wrapf(err, "optimizer state: tensor %q", name)
		}
	}
	next := *s
	next.steps, next.tensors = st.Steps, take(st.Tensors)
	if next.parameters != nil {
		next.parameters = slices.Clone(next.parameters)
		if err := next.bindMoments(); err != nil {
			return err
		}
	}
	*s = next
	return nil
}

// startStep checks the whole model, points w and g of every parameter at its
// numbers, and counts the step: after it, nothing can fail.
func (s *memory) startStep(model []gorgonia.ValueGrad) error {
	next := *s
	if next.parameters == nil {
		if err := next.adoptParameters(model); err != nil {
			return err
		}
	}
	if len(model) != len(next.parameters) {
		return errors.Errorf("there are %d parameters: want %d, as at the first step", len(model), len(next.parameters))
	}
	for i, n := range model {
		p := &next.parameters[i]
		if err := p.bind(n, i); err != nil {
			return errors.Wrapf(err, "parameter %q", p.name)
		}
	}
	next.steps++
	*s = next
	return nil
}

// adoptParameters makes the model's parameters those of the optimizer.
func (s *memory) adoptParameters(model []gorgonia.ValueGrad) error {
	if len(model) == 0 {
		return errors.New("there are no parameters")
	}
	s.parameters = make([]parameter, len(model))
	seen := make(map[string]int, len(model))
	for i, n := range model {
		p, err := newParameter(n, i)
		if err != nil {
			return err
		}
		if other, ok := seen[p.name]; ok {
			return errors.Errorf("parameters %d and %d are both named %q", other, i, p.name)
		}
		seen[p.name] = i
		s.parameters[i] = p
	}
	return s.bindMoments()
}

// bindMoments points the moments of every parameter at their tensors, which it
// first makes if the state is new. There must be one of each, and no others.
func (s *memory) bindMoments() error {
	if s.steps == 0 && len(s.tensors) == 0 {
		s.tensors = s.zeroMoments()
	}
	used := make(map[string]bool, len(s.tensors))
	for i := range s.parameters {
		p := &s.parameters[i]
		p.moments = make([]numbers, len(s.moments))
		for j, moment := range s.moments {
			name := moment + "." + p.name
			x, err := p.view(s.tensors[name])
			if err != nil {
				return errors.Wrapf(err, "optimizer state: tensor %q", name)
			}
			p.moments[j] = x
			used[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.tensors)) {
		if !used[name] {
			return errors.Errorf("optimizer state: tensor %q belongs to none of the %d parameters", name, len(s.parameters))
		}
	}
	return nil
}

// zeroMoments returns the moments before the first step.
func (s *memory) zeroMoments() map[string]*tensor.Dense {
	tensors := make(map[string]*tensor.Dense, len(s.parameters)*len(s.moments))
	for _, p := range s.parameters {
		for _, moment := range s.moments {
			tensors[moment+"."+p.name] = tensor.New(tensor.Of(p.dtype), tensor.WithShape(p.shape...))
		}
	}
	return tensors
}

func cloneTensors(tensors map[string]*tensor.Dense) map[string]*tensor.Dense {
	clones := make(map[string]*tensor.Dense, len(tensors))
	for name, t := range tensors {
		clones[name] = t.Clone().(*tensor.Dense)
	}
	return clones
}
