// Package experiment is what an experiment of optlab is: its configuration as
// data, its setup from a seed in the notebook's order of draws, and its run.
//
//	Config, dataset.Set → New → Experiment → Run(ctx, folder, hooks) → Results
//	several Results → Compare
//
// A [Config] has all that the numbers depend on and marshals to the config.json
// of a run. [New] draws the split, then the first parameters, as the notebook
// does; the [Experiment] embeds the [training.Trainer] that it makes, so a
// front can pause it, look at its parameters and step through it.
// [Experiment.Run] claims a folder, resumes an interrupted run in it, shows a
// finished one, or trains from the start; hooks tell a front what happens.
// [Check] says whether the files of a run are whole.
//
// Any number of experiments may be made and run side by side in one process,
// each with the bits that it has alone; Config.Threads bounds the threads that
// each takes.
//
// Start reading at [New], then [Experiment.Run].
package experiment
