package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/pkg/errors"

	"optlab/dataset"
	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/atomicfile"
	"optlab/internal/cli"
	"optlab/internal/show"
	"optlab/mnist"
	"optlab/models/training"
	"optlab/optimizers"
)

// disk is what the command writes files by, nil the operating system; tests
// kill it at a system call.
var disk atomicfile.FS

// run is the command: it returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseOptions(args, stdout)
	switch {
	case err != nil:
	case o.check != "":
		err = show.Check(stdout, folder.Folder{Path: o.check, FS: disk}, cli.Warner(stderr, "train"))
	default:
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
	for i := range runs {
		if runs[i], err = runs[i].Complete(set); err != nil {
			return cli.Misconfigured(err)
		}
	}
	base := o.base(set, runs[0])
	if o.findRate {
		dir := folder.Folder{Path: base, FS: disk, Overwrite: o.overwrite}
		return cli.Misconfigured(show.FindRate(ctx, stdout, stderr, o.quiet, dir, runs[0], set))
	}
	if len(runs) == 1 {
		_, err := o.run(ctx, set, runs[0], 0, base, stdout, stderr)
		return err
	}
	names := make([]string, len(runs))
	for i, c := range runs {
		names[i] = c.Named(o.lists.Listed(), "=", ",")
	}
	hold, err := folder.Folder{Path: base, FS: disk, Files: show.ComparisonFiles, Adopt: func(name string) bool {
		return slices.Contains(show.ComparisonFiles, name) || slices.Contains(names, name) || slices.Contains(optimizers.Names(), name)
	}}.Take("compare")
	if err != nil {
		return err
	}
	defer hold.Release()
	outcomes := make([]experiment.Outcome, len(runs))
	for i, c := range runs {
		results, err := o.run(ctx, set, c, i+1, filepath.Join(base, names[i]), stdout, stderr)
		var diverged *training.DivergedError
		switch {
		case errors.As(err, &diverged):
			cli.Warner(stderr, "train")(fmt.Sprintf("%s: %v", names[i], diverged))
		case err != nil:
			return errors.WithMessage(err, names[i])
		}
		outcomes[i] = experiment.Outcome{Config: c, Results: results, Folder: names[i]}
	}
	if err := show.Comparison(stdout, o.quiet, hold.Folder, set, outcomes); err != nil {
		return err
	}
	return hold.Seal()
}

// run carries out the run of a complete configuration, alone or as a part of a
// comparison.
func (o *options) run(ctx context.Context, set *dataset.Set, c experiment.Config, part int, path string, stdout, stderr io.Writer) (*training.Results, error) {
	dir := folder.Folder{Path: path, Files: show.Pictures, Overwrite: o.overwrite, FS: disk}
	e, err := experiment.New(experiment.Recall(c, dir), set)
	if err != nil {
		return nil, cli.Misconfigured(err)
	}
	out := &report{stdout: stdout, stderr: stderr, quiet: o.quiet, verbose: o.verbose, part: part, experiment: e, set: set, dir: dir}
	return out.run(ctx)
}

// run carries the experiment out and says what becomes of it.
func (r *report) run(ctx context.Context) (*training.Results, error) {
	results, err := r.experiment.Run(ctx, r.dir, r.hooks())
	r.closeBar()
	switch {
	case err == nil:
		show.Finished(r.stdout, r.quiet || r.part > 0, r.dir, results)
	case results != nil && results.Status == training.Interrupted:
		err = errors.WithMessagef(err, "the same command goes on with %s", r.dir.Path)
	case results != nil:
		err = errors.WithMessagef(err, "what there is of the run is in %s", r.dir.Path)
	}
	return results, err
}
