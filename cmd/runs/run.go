package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/pkg/errors"

	"optlab/experiment"
	"optlab/internal/brief"
	"optlab/internal/cli"
	"optlab/models/training"
)

// run is the command: it returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	warn := func(err error) { fmt.Fprintf(stderr, "runs: warning: %s\n", brief.Line(err.Error())) }
	o, err := parseOptions(args, stdout)
	switch {
	case err != nil:
	case o.diff != nil:
		err = diff(ctx, o.diff[0], o.diff[1], stdout, warn)
	default:
		err = o.list(ctx, stdout, warn)
	}
	return cli.Report(stderr, "runs", err)
}

// entry is what the command knows of a run.
type entry struct {
	path, below string // to its folder, and from the folder that is searched
	status      training.Status
	problem     error
	config      *experiment.Config // nil where it cannot be read

	epochs, best   int // that were finished, and the best of them
	validation     float64
	seconds        float64
	test           *training.Evaluation
	losses, passes int // of batches, and of an epoch
	notes          []string
}

// newEntry looks at the run in a folder. Of its results it keeps a few numbers:
// those of many runs may be large.
func newEntry(path string) entry {
	seen := experiment.Look(path)
	e := entry{path: path, below: path, status: seen.Status, problem: seen.Problem, config: seen.Config}
	h := seen.Results.History
	e.test, e.epochs, e.best = seen.Results.Test, len(h.Epochs), h.BestEpoch()
	e.losses, e.passes, e.notes = len(h.TrainLosses), h.BatchesPerEpoch, h.Notes
	if e.best > 0 {
		e.validation = h.Epochs[e.best-1].ValidationAccuracy
	}
	for _, epoch := range h.Epochs {
		e.seconds += epoch.Seconds
	}
	return e
}

// list prints the runs below a folder.
func (o *options) list(ctx context.Context, stdout io.Writer, warn func(error)) error {
	var found []experiment.Found
	var unread []error
	err := cli.Await(ctx, func() (err error) {
		found, err = experiment.Find(ctx, o.dir, func(err error) { unread = append(unread, err) })
		return err
	})
	switch {
	case errors.Is(err, os.ErrNotExist) && o.given:
		return errors.Errorf("there is no folder %s: name one with runs in it, such as that of -out in cmd/train", brief.Path(o.dir))
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return err // else nothing was trained yet
	}
	for _, err := range unread {
		warn(err)
	}
	entries, others := []entry{}, make(map[string]int)
	for _, f := range found {
		if f.Command != "" {
			others[f.Command]++
			continue
		}
		var e entry
		if err := cli.Await(ctx, func() error { e = newEntry(f.Path); return nil }); err != nil {
			return errors.WithMessagef(err, "looking at %s", brief.Path(f.Path))
		}
		if e.problem != nil {
			warn(e.problem)
		}
		if below, err := filepath.Rel(o.dir, f.Path); err == nil && below != "." {
			e.below = below
		}
		entries = append(entries, e)
	}
	o.order(entries)
	switch {
	case o.json:
		return printJSON(stdout, entries)
	case len(entries) == 0:
		fmt.Fprintf(stdout, "No run in %s: go run ./cmd/train makes one\n", brief.Fit(filepath.ToSlash(o.dir), lineWidth/2))
	default:
		o.printTable(stdout, entries)
	}
	printOthers(stdout, others)
	return nil
}
