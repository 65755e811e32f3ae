// Package folder is where a run keeps its files. A [Folder] belongs to one run:
// it is claimed with the run's configuration, which its file config.json
// records beside what the run was made on, and a run of another configuration
// is refused. One process at a time writes to it. When the run has finished,
// [Folder.Seal] writes the digests of its files, and [Folder.Check] holds them
// against these.
//
// Start reading at [Folder.Claim].
package folder
