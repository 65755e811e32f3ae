package show

import (
	"fmt"

	"optlab/dataset"
	"optlab/experiment"
	"optlab/graph"
	"optlab/internal/cli"
)

// runName names a run, whose configuration is complete, by its data, network,
// optimizer and learning rate: "mnist, 784-128-10, sgd 0.1".
func runName(c experiment.Config, set *dataset.Set) string {
	o := c.Optimizer
	return fmt.Sprintf("%s, %s, %s %v%s", dataName(c, set), network(c), o.Name, o.LearningRate, schedule(o.Schedule))
}

// dataName names the data, and the limit if there is one.
func dataName(c experiment.Config, set *dataset.Set) string {
	if c.Limit > 0 {
		return fmt.Sprintf("%s (limit %d)", set.Name, c.Limit)
	}
	return set.Name
}

// network names a network by its sizes and, if it is not the usual one, its
// activation.
func network(c experiment.Config) string {
	if c.Model.Activation != graph.ReLU {
		return sizes(c) + " " + string(c.Model.Activation)
	}
	return sizes(c)
}

// Folder names the folder of a run, or of several that are compared, by the
// name that their lists have: "mnist-784-128-10-sgd". That of a range test has
// a name of its own.
func Folder(c experiment.Config, set *dataset.Set, lists string, findRate bool) string {
	name := fmt.Sprintf("%s-%s-%s", set.Name, sizes(c), lists)
	if c.Limit > 0 {
		name += fmt.Sprintf("-limit%d", c.Limit)
	}
	if findRate {
		name += "-find-lr"
	}
	return name
}

// sizes writes the sizes of a network, as 784-128-10.
func sizes(c experiment.Config) string { return cli.JoinInts(c.Model.Sizes, "-") }
