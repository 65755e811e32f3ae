package folder

import (
	"fmt"
	"strings"

	"optlab/internal/brief"
)

// DifferentError says that a folder holds a run of another configuration.
type DifferentError struct {
	Path string
	// Differences say for each field that differs what it is there and now,
	// sorted.
	Differences []string
}

// Error names the folder and the differences, the first of many.
func (e *DifferentError) Error() string {
	const most = 20
	list := e.Differences
	if len(list) > most {
		list = append(list[:most:most], "…")
	}
	return fmt.Sprintf("%s holds a run with another configuration: %s", brief.Path(e.Path), strings.Join(list, ", "))
}

// UnusableError says that a folder cannot take a run: it holds something else,
// or cannot be written.
type UnusableError struct {
	Path string
	Err  error
}

// Error says what is in the way.
func (e *UnusableError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *UnusableError) Unwrap() error { return e.Err }

// DamagedError says that files of the run in a folder cannot be used.
type DamagedError struct{ Err error }

// Error says which file, and what is wrong with it.
func (e *DamagedError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *DamagedError) Unwrap() error { return e.Err }
