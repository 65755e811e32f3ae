package main

import (
	"fmt"
	"io"
	"strings"

	"optlab/experiment"
	"optlab/internal/cli"
	"optlab/models/training"
)

// options are the arguments of the command.
type options struct {
	dir   string // that is searched
	given bool   // it was named
	diff  []string

	columns       cli.List // empty: what fits
	sort          string
	reverse, json bool
}

var synopsis = fmt.Sprintf(`List all runs of cmd/train in the folder DIR and below it (default runs), those
of comparisons too, or say how the runs in two folders A and B differ: their
configurations, what they were made on, their results, and their models' bits.

A run is %s, %s, %s (its own command goes on with it),
%s (a command is at work on it) or %s: then a warning says what is.
Folders of initexp and pathological are counted, not listed. Nothing is written,
and no lock is taken.`, training.Finished, training.Diverged, training.Interrupted, experiment.Running, experiment.Damaged)

// parseOptions parses the command line. Every error is a cli.UsageError, or
// cli.ErrHelp.
func parseOptions(args []string, stdout io.Writer) (*options, error) {
	f := cli.NewFlags("runs", synopsis,
		"go run ./cmd/runs",
		"go run ./cmd/runs -sort test -reverse",
		"go run ./cmd/runs -columns path,batch,rate,seconds runs/sweep",
		"go run ./cmd/runs diff runs/slow runs/fast")
	f.Operands("[DIR], or diff A B", 0, 3)
	o := &options{dir: "runs", sort: columns[0].name}
	f.Group("Table")
	names := columnNames()
	cli.Bind(f, &o.columns, "columns", cli.ListOf(names...), "`NAMES` with commas: "+strings.Join(names, ", ")+" (default as many as fit into 80 columns)")
	cli.Bind(f, &o.sort, "sort", cli.OneOf(names...), "`COLUMN` to sort by, shown or not")
	f.BindBool(&o.reverse, "reverse", "the largest first")
	f.BindBool(&o.json, "json", "everything about every run, as JSON")
	if err := f.Parse(args, stdout); err != nil {
		return nil, err
	}
	operands := f.Args()
	for _, name := range operands {
		if _, err := cli.Path(name); err != nil {
			return nil, cli.Usagef("%q: %v", name, err)
		}
	}
	switch n := len(operands); {
	case n > 0 && operands[0] == "diff":
		if n != 3 {
			return nil, cli.Usagef("want diff A B, the folders of two runs (./diff is a folder of that name)")
		}
		for _, flag := range []string{"columns", "sort", "reverse", "json"} {
			if f.Given(flag) {
				return nil, cli.Usagef("-%s has no effect on diff", flag)
			}
		}
		o.diff = operands[1:]
	case n > 1:
		return nil, cli.Usagef("unexpected argument %q: want [DIR], or diff A B", operands[1])
	case n == 1:
		o.dir, o.given = operands[0], true
	}
	if o.json && f.Given("columns") {
		return nil, cli.Usagef("-columns has no effect with -json, which has everything")
	}
	return o, nil
}
