package show

import (
	"fmt"
	"strings"

	"optlab/dataset"
	"optlab/experiment"
	"optlab/graph"
)

// Run names a run, whose configuration is complete, by its data, network,
// optimizer and learning rate: "mnist, 784-128-10, sgd 0.1".
func Run(c experiment.Config, set *dataset.Set) string {
	data, network, o := set.Name, network(c), c.Optimizer
	if c.Limit > 0 {
		data += fmt.Sprintf(" (limit %d)", c.Limit)
	}
	return fmt.Sprintf("%s, %s, %s %v%s", data, network, o.Name, o.LearningRate, Schedule(o.Schedule))
}

// network names a network by its sizes and, if it is not the usual one, its
// activation.
func network(c experiment.Config) string {
	name := strings.Trim(strings.ReplaceAll(fmt.Sprint(c.Model.Sizes), " ", "-"), "[]")
	if c.Model.Activation != graph.ReLU {
		name += " " + string(c.Model.Activation)
	}
	return name
}

// Limit is what the name of a folder says of a limit; of none nothing.
func Limit(limit int) string {
	if limit == 0 {
		return ""
	}
	return fmt.Sprintf("-limit%d", limit)
}
