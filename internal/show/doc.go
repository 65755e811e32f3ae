// Package show is how commands show a run: the pictures in its folder and the
// tables on the screen, whatever the command.
//
// Start reading at [Results].
package show
