package main

import (
	"context"
	"io"

	"github.com/pkg/errors"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/cli"
	"optlab/internal/show"
	"optlab/mnist"
	"optlab/models/training"
)

// run is the command: it returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseOptions(args, stdout)
	if err == nil {
		err = train(ctx, o, stdout, stderr)
	}
	return cli.Report(stderr, "train", err)
}

// train carries out a run, or several and compares them.
func train(ctx context.Context, o *options, stdout, stderr io.Writer) error {
	set, err := mnist.Open(o.Data)
	if err != nil {
		return err
	}
	runs := o.runs()
	results := make([]*training.Results, len(runs))
	base := ""
	for i, c := range runs {
		e, err := experiment.New(c, set)
		if err != nil {
			return cli.Misconfigured(err)
		}
		base = o.base(set, e.Config())
		out := &report{stdout: stdout, stderr: stderr, quiet: o.quiet, verbose: o.verbose, experiment: e, set: set, dir: o.folder(base, c)}
		if results[i], err = out.run(ctx); err != nil && len(runs) > 1 {
			return errors.WithMessage(err, c.Optimizer.Name)
		} else if err != nil {
			return err
		}
	}
	if len(runs) == 1 {
		return nil
	}
	return show.Comparison(stdout, o.quiet, folder.Folder{Path: base}, runs, results)
}

// run carries the experiment out and says what becomes of it.
func (r *report) run(ctx context.Context) (*training.Results, error) {
	results, err := r.experiment.Run(ctx, r.dir, r.hooks())
	r.closeBar()
	switch {
	case err == nil:
		r.result(results)
	case results != nil && results.Status == training.Interrupted:
		err = errors.WithMessagef(err, "the same command goes on with %s", r.dir.Path)
	case results != nil:
		err = errors.WithMessagef(err, "what there is of the run is in %s", r.dir.Path)
	}
	return results, err
}
