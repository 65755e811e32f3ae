package main

import (
	"context"
	"io"

	"github.com/pkg/errors"

	"optlab/internal/cli"
	"optlab/internal/random"
	"optlab/mnist"
	"optlab/models"
	"optlab/models/training"
)

// run is the command: it returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseOptions(args, stdout)
	if err == nil {
		err = train(ctx, o, &report{stdout: stdout, stderr: stderr, quiet: o.quiet, verbose: o.verbose})
	}
	return cli.Report(stderr, "train", err)
}

// train carries out a run, or shows it if its folder says that it is done.
func train(ctx context.Context, o *options, out *report) error {
	set, err := mnist.Open(o.data)
	if err != nil {
		return err
	}
	config, err := o.model(set)
	if err != nil {
		return err
	}
	folder := cli.NewFolder(o.folder(set, config), runFiles...)
	// Before the folder is claimed: what fails leaves no files behind, and -load
	// may name a file that -overwrite removes.
	trainer, err := o.newTrainer(set, config, folder)
	if err != nil {
		return err
	}
	held, err := folder.Claim(o.record(config), o.overwrite)
	if err != nil {
		return err
	}
	if held {
		return show(folder, out)
	}
	if err := drawBatch(folder, set, o.seed); err != nil {
		return err
	}
	out.start(o, set, trainer, folder)
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
		Stream:    stream,
		Masks:     random.Derive(o.seed, "dropout"),
		Files:     training.Files{Folder: folder.Path},
	}, nil
}

// finish trains, tests the best parameters and writes the results. Of a run that
// is broken off it writes what there is.
func finish(ctx context.Context, trainer *training.Trainer, set *mnist.Dataset, folder cli.Folder, out *report) error {
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
		return runErr
	}
	if err := writeResults(folder, results, set.Classes); err != nil {
		return err
	}
	if runErr != nil {
		return errors.WithMessagef(runErr, "what there is of the run is in %s", folder.Path)
	}
	out.result(results, folder)
	return nil
}

// show prints the result of the finished run in the folder.
func show(folder cli.Folder, out *report) error {
	results, err := readResults(folder)
	if err != nil {
		return err
	}
	if results.Status != training.Finished || results.TestAcc == nil || results.TestLoss == nil {
		return errors.Errorf("%s holds a run of this configuration that did not finish: -overwrite starts it afresh", folder.Path)
	}
	out.shown(folder)
	out.result(results, folder)
	return nil
}
