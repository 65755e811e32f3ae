package experiment

import (
	"testing"

	"github.com/pkg/errors"

	"optlab/internal/check"
	"optlab/models"
	"optlab/optimizers"
)

// wide is an experiment with 784·n + n + 10·n + 10 parameters.
func wide(n int, optimizer string) Config {
	c := Default(models.HyperparameterModel)
	c.Model.Sizes = []int{784, n, 10}
	c.Optimizer.Name = optimizer
	return c
}

func TestNeed(t *testing.T) {
	const n = 100000
	const each = 4 * (795*n + 10)
	for name, tensors := range map[string]int{"sgd": 3, "momentum": 4, "adam": 5, "rmsprop": 4} {
		got := wide(n, name).need()
		if got.tensors != tensors || got.each != each || got.total() < int64(tensors)*each {
			t.Errorf("%s: %+v, want %d tensors of %d bytes", name, got, tensors, each)
		}
	}
	tested := wide(n, "adam")
	tested.Epochs = 0
	if got := tested.need(); got.tensors != 2 {
		t.Errorf("a test alone: %+v", got)
	}
	large := wide(n, "adam")
	large.Batch = 60000
	if got, usual := large.need(), wide(n, "adam").need(); got.activations < usual.activations+4*59000*n {
		t.Errorf("batches of 60000: %+v, of 16: %+v", got, usual)
	}
	for _, kind := range optimizers.Kinds() {
		if m := kind.Moments(); m < 0 || m > 3 {
			t.Errorf("%s has %d moments", kind.Name, m)
		}
	}
}

func TestFits(t *testing.T) {
	c := wide(100000, "adam")
	total := c.need().total()
	check.NoError(t, c.fits(total, true))
	check.NoError(t, c.fits(0, false))
	err := c.fits(total-1, true)
	check.Error(t, err, "sizes 784,100000,10: training by adam takes 2.", "GiB of memory, there are 2.", "5 times the parameters' 303.3 MiB", "want smaller ones")
	var config *ConfigError
	if !errors.As(err, &config) || config.Field != "sizes" {
		t.Errorf("%#v", err)
	}
	c = wide(100, "sgd")
	c.Batch = 60000
	err = c.fits(1<<20, true)
	check.Error(t, err, "batch 60000: takes", "there are 1.0 MiB: want a smaller one")
	if !errors.As(err, &config) || config.Field != "batch" {
		t.Errorf("%#v", err)
	}
}
