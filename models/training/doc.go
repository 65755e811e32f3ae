// Package training trains a model: the loop over epochs and batches,
// validation, the record of what happened, and the files that keep the best and
// the last parameters. It prints and draws nothing; hooks report progress.
//
//	dataset.Loaders ────────┐
//	models.Model, Optimizer ┴→ Trainer.Run → History → Results → files
//
// Start reading at [Trainer.Run].
package training
