package experiment

import (
	"fmt"
	"strings"

	"github.com/pkg/errors"

	"optlab/dataset"
	"optlab/internal/memory"
	"optlab/optimizers"
)

// need is what an experiment takes of memory, in bytes, beside its data.
type need struct {
	tensors     int // as large as all parameters together
	each        int64
	activations int64
}

func (n need) total() int64 { return int64(n.tensors)*n.each + n.activations }

// need reckons what c, which is complete, takes at its peak. The checkpoint is
// written from the tensors themselves and takes nothing.
func (c Config) need() need {
	parameters, units := int64(0), int64(0)
	for i, size := range c.Model.Sizes {
		units += int64(size)
		if i > 0 {
			parameters += int64(size) * int64(c.Model.Sizes[i-1]+1)
		}
	}
	n := need{tensors: 2, each: 4 * parameters} // they, and as they are loaded
	// Each unit has the output of its layer and that of its activation.
	n.activations = 4 * 2 * units * dataset.EvaluationBatch
	if c.Epochs == 0 {
		return n
	}
	kind, err := optimizers.Lookup(c.Optimizer.Name)
	if err != nil {
		return n // which validating has refused
	}
	n.tensors = 3 + kind.Moments() // they, their gradients, the best
	// With dropout three outputs, as many gradients, and the mask.
	n.activations += 4 * 7 * units * int64(c.Batch)
	return n
}

// fits returns an error unless what c takes is there. Where it is not known how
// much there is, models.Config's bound on the number of parameters is all.
func (c Config) fits(available int64, known bool) error {
	n := c.need()
	if !known || n.total() <= available {
		return nil
	}
	takes := fmt.Sprintf("takes %s of memory, there are %s", memory.Format(n.total()), memory.Format(available))
	if n.activations > n.total()/2 && c.Batch > dataset.EvaluationBatch {
		return &ConfigError{"batch", errors.Errorf("%d: %s: want a smaller one", c.Batch, takes)}
	}
	list := strings.ReplaceAll(strings.Trim(fmt.Sprint(c.Model.Sizes), "[]"), " ", ",")
	return &ConfigError{"sizes", errors.Errorf("%s: training by %s %s (%d times the parameters' %s, for them, gradients, the optimizer's state and the best): want smaller ones",
		list, c.Optimizer.Name, takes, n.tensors, memory.Format(n.each))}
}
