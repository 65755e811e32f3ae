package initexp

import (
	"reflect"
	"sync"
	"testing"

	"optlab/graph"
	"optlab/internal/check"
	"optlab/models"
	"optlab/random"
)

// trial is a model, its initialization and a batch.
type trial struct {
	model  *models.Model
	init   models.Initializer
	seed   uint64
	x      []float32
	labels []int
}

// trials are one of every scheme and activation.
func trials(t *testing.T) []trial {
	t.Helper()
	var all []trial
	for _, scheme := range models.Schemes {
		for _, activation := range graph.Activations {
			model, err := models.New(models.Base(activation, 9, 3, []int{7, 5}))
			check.NoError(t, err)
			seed := uint64(len(all))
			all = append(all, trial{model, models.NewInitializer(scheme), seed, normals(seed, 4*9, 0, 1), []int{0, 1, 2, 1}})
		}
	}
	return all
}

// measure initializes the model anew and measures it.
func (c trial) measure(p *Probe) ([]Layer, error) {
	if err := c.model.Initialize(c.init, random.New(c.seed)); err != nil {
		return nil, err
	}
	return p.Measure(c.init, c.x, c.labels, 6)
}

// A probe measures what a new one does, whatever it has measured before, and
// what it has returned stays as it was.
func TestProbeIsRunOften(t *testing.T) {
	c := trials(t)[0]
	probe, err := Compile(c.model, 4)
	check.NoError(t, err)
	first, err := c.measure(probe)
	check.NoError(t, err)

	other := c
	other.init, other.seed, other.x, other.labels = models.NewInitializer(models.Kaiming), 99, normals(7, 4*9, 1, 2), []int{2, 2, 0, 0}
	second, err := other.measure(probe)
	check.NoError(t, err)
	fresh, err := Compile(c.model, 4)
	check.NoError(t, err)
	want, err := other.measure(fresh)
	check.NoError(t, err)
	if !reflect.DeepEqual(second, want) || reflect.DeepEqual(second, first) {
		t.Error("the second measurement is not that of a new probe")
	}
	again, err := c.measure(probe)
	check.NoError(t, err)
	if !reflect.DeepEqual(again, first) {
		t.Error("the first measurement does not come again")
	}
}

// Probes compiled and run side by side have the bits of those run one after the
// other.
func TestProbesSideBySide(t *testing.T) {
	var serial [][]Layer
	for _, c := range trials(t) {
		probe, err := Compile(c.model, 4)
		check.NoError(t, err)
		layers, err := c.measure(probe)
		check.NoError(t, err)
		serial = append(serial, layers)
	}
	all := trials(t)
	results, failures := make([][]Layer, len(all)), make([]error, len(all))
	var group sync.WaitGroup
	for i, c := range all {
		group.Go(func() {
			probe, err := Compile(c.model, 4)
			if err != nil {
				failures[i] = err
				return
			}
			for range 3 {
				if results[i], failures[i] = c.measure(probe); failures[i] != nil {
					return
				}
			}
		})
	}
	group.Wait()
	for i, c := range all {
		check.NoError(t, failures[i])
		if !reflect.DeepEqual(results[i], serial[i]) {
			t.Errorf("%s, %s: other numbers side by side", c.init.Scheme, c.model.Config().Activation)
		}
	}
}
