package show

import (
	"bytes"
	"testing"

	"optlab/experiment"
	"optlab/graph"
	"optlab/internal/blocks"
	"optlab/internal/check"
	"optlab/models"
	"optlab/optimizers"
)

// The title of a picture says which run it is of.
func TestRunName(t *testing.T) {
	for want, change := range map[string]func(*experiment.Config){
		"blocks, 64-128-10, sgd 0.1": func(*experiment.Config) {},
		"blocks, 64-128-10 tanh, adam 1e-05": func(c *experiment.Config) {
			c.Model.Activation, c.Optimizer = graph.Tanh, optimizers.Config{Name: "adam", LearningRate: 1e-5}
		},
		"blocks (limit 50), 64-128-10, sgd 0.1": func(c *experiment.Config) { c.Limit = 50 },
		"blocks, 64-128-10, sgd 0.1 (cosine)":   func(c *experiment.Config) { c.Optimizer.Schedule.Name = "cosine" },
	} {
		set := blocks.Set(10)
		c, err := experiment.Default(models.HyperparameterModel).Complete(set)
		check.NoError(t, err)
		change(&c)
		if got := runName(c, set); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestNetworkTable(t *testing.T) {
	m, err := models.New(models.Hyperparameter([]int{64, 12, 10}, 0.2))
	check.NoError(t, err)
	var b bytes.Buffer
	networkTable(&b, m, 16)
	const want = `   layer           kind   output shape   parameters
   net.0         Linear       [16, 12]          780
   net.1           ReLU       [16, 12]            0
   net.2   Dropout(0.2)       [16, 12]            0
   net.3         Linear       [16, 10]          130
   total                                        910
`
	if b.String() != want {
		t.Errorf("the table is\n%s", &b)
	}
}

func TestSchedule(t *testing.T) {
	for want, s := range map[string]optimizers.Schedule{
		"":        {},
		" (step)": {Name: "step"},
		" (cosine, after a warm-up of 5 batches)":   {Name: "cosine", Warmup: 5},
		" (constant, after a warm-up of 5 batches)": {Warmup: 5},
	} {
		if got := schedule(s); got != want {
			t.Errorf("%+v is shown as %q, want %q", s, got, want)
		}
	}
}
