package main

import (
	"context"
	"io"

	"github.com/pkg/errors"

	"optlab/internal/cli"
	"optlab/mnist"
	"optlab/models"
	"optlab/models/training"
	"optlab/random"
)

// run is the command: it returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseOptions(args, stdout)
	if err == nil {
		err = train(ctx, o, &report{stdout: stdout, stderr: stderr, quiet: o.quiet, verbose: o.verbose})
	}
	return cli.Report(stderr, "train", err)
}

// train carries out a run, or several and compares them.
func train(ctx context.Context, o *options, out *report) error {
	set, err := mnist.Open(o.data)
	if err != nil {
		return err
	}
	config, err := o.model(set)
	if err != nil {
		return err
	}
	folder := o.folder(set, config)
	runs := o.runs(folder)
	if len(runs) == 1 {
		_, err := runs[0].train(ctx, set, config, out)
		return err
	}
	var results []*training.Results
	for _, run := range runs {
		r, err := run.train(ctx, set, config, out)
		if err != nil {
			return errors.WithMessage(err, run.optimizer)
		}
		results = append(results, r)
	}
	return compare(cli.NewFolder(folder), runs, results, out)
}

// train carries out a run, goes on with it where it was broken off, or shows it
// if its folder says that it is done.
func (o *options) train(ctx context.Context, set *mnist.Dataset, config models.Config, out *report) (*training.Results, error) {
	folder := cli.NewFolder(o.out, runFiles...)
	record, err := o.record(config)
	if err != nil {
		return nil, err
	}
	// Before the folder is claimed: what fails leaves no files behind, and -load
	// may name a file that -overwrite removes.
	trainer, err := o.newTrainer(set, config, folder)
	if err != nil {
		return nil, err
	}
	held, err := folder.Claim(record, o.overwrite)
	if err != nil {
		return nil, err
	}
	done := 0
	if held {
		results, err := readResults(folder)
		if err != nil {
			return nil, err
		}
		if results.Status == training.Finished {
			out.shown(folder)
			out.result(results, folder)
			return results, nil
		}
		if done, err = trainer.Resume(); err != nil {
			return nil, errors.WithMessage(err, "-overwrite starts the run afresh")
		}
	}
	if err := drawBatch(folder, set, o.seed); err != nil {
		return nil, err
	}
	out.start(o, set, trainer, folder)
	if held {
		out.resumed(done, folder)
	}
	trainer.OnStep, trainer.OnEpoch = out.hooks(trainer)
	return finish(ctx, trainer, set, folder, out)
}

// newTrainer draws the data's order, the model's first parameters and all that
// training takes from the seed, in the notebook's order.
func (o *options) newTrainer(set *mnist.Dataset, config models.Config, folder cli.Folder) (*training.Trainer, error) {
	stream := random.New(o.seed)
	data, err := training.NewData(set, config.Architecture, o.batch, stream)
	if err != nil {
		return nil, err
	}
	model, err := models.New(config)
	if err != nil {
		return nil, err
	}
	if err := model.Initialize(models.NewInitializer(o.scheme), stream); err != nil {
		return nil, err
	}
	if o.load != "" {
		if err := model.Load(o.load); err != nil {
			return nil, err
		}
	}
	optimizer, err := o.newOptimizer()
	if err != nil {
		return nil, err
	}
	return &training.Trainer{
		Model:     model,
		Optimizer: optimizer,
		Data:      data,
		Epochs:    o.epochs,
		Patience:  o.patience,
		Stream:    stream,
		Masks:     random.Derive(o.seed, "dropout"),
		Files:     training.Files{Folder: folder.Path},
	}, nil
}

// finish trains, tests the best parameters and writes the results. Of a run that
// is broken off it writes what there is.
func finish(ctx context.Context, trainer *training.Trainer, set *mnist.Dataset, folder cli.Folder, out *report) (*training.Results, error) {
	history, runErr := trainer.Run(ctx)
	out.closeBar()
	results := &training.Results{History: *history, Status: training.Finished}
	if runErr == nil {
		var test training.Evaluation
		if test, runErr = training.NewEvaluator(trainer.Model).Evaluate(ctx, trainer.Data.Test, nil); runErr == nil {
			results.Test(test)
		}
	}
	var diverged *training.DivergedError
	switch {
	case runErr == nil:
	case errors.Is(runErr, context.Canceled):
		results.Status = training.Interrupted
	case errors.As(runErr, &diverged):
		results.Status = training.Diverged
	default:
		return nil, runErr
	}
	if err := writeResults(folder, results, set.Classes); err != nil {
		return nil, err
	}
	switch results.Status {
	case training.Interrupted:
		return nil, errors.WithMessagef(runErr, "the same command goes on with %s", folder.Path)
	case training.Diverged:
		return nil, errors.WithMessagef(runErr, "what there is of the run is in %s", folder.Path)
	}
	out.result(results, folder)
	return results, nil
}
