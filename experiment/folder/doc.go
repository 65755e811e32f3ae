// Package folder is where a run keeps its files. A [Folder] belongs to one run:
// it is claimed with the run's configuration, which its file config.json
// records beside what the run was made on, and a run of another configuration
// is refused.
//
// Start reading at [Folder.Claim].
package folder
