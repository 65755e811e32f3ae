package folder

import (
	"os"
	"slices"
	"syscall"

	"github.com/pkg/errors"

	"optlab/internal/brief"
)

// replacingFile is there while an earlier run is being replaced: it has the
// document of the run that takes its place.
const replacingFile = "replacing.json"

// Same says which differences of two configurations, decoded from JSON with
// numbers as json.Number, make another run: it takes what makes none out of
// both. It reports whether the run is to go further than before.
type Same func(before, now map[string]any) (grown bool)

// Hold is a folder that belongs to a run until it is released.
type Hold struct {
	Folder
	// Held says that the folder had this run already, in part or whole.
	Held bool
	// Warning is what the user should know, if it is not empty.
	Warning string

	unlock func()
}

// Release lets others have the folder.
func (h *Hold) Release() {
	if h.unlock != nil {
		h.unlock()
		h.unlock = nil
	}
}

// Claim makes the folder that of a run with the given configuration, which is
// written as JSON, and the calling process the one that writes to it, until the
// Hold is released or the process ends: a *LockedError says who else does. On a
// file system without locks nobody is kept from writing, which is the warning.
//
// If the folder holds a run already, of a configuration that is the same by the
// given rule, the Hold says so. One of another configuration is a
// *DifferentError. With Overwrite, its files are removed, as a transaction:
// killed at any moment, the folder is the old run, or a started new one. A
// folder that holds other files and no run is an *UnusableError either way:
// what is not a run's is never touched.
func (f Folder) Claim(run any, same Same) (*Hold, error) {
	now, err := f.document(run)
	if err != nil {
		return nil, err
	}
	if err := f.Dir().Make(); err != nil {
		return nil, &UnusableError{Path: f.Path, Err: err}
	}
	h, err := f.Lock()
	if err != nil {
		return nil, err
	}
	if err := h.claim(now, same); err != nil {
		h.Release()
		return nil, err
	}
	return h, nil
}

// Lock makes the calling process the one writer of a folder that is there, as
// Claim does, and leaves what it holds as it is.
func (f Folder) Lock() (*Hold, error) {
	unlock, err := f.lock()
	h := &Hold{Folder: f, unlock: unlock}
	switch {
	case errors.Is(err, errNoLocks):
		h.Warning = brief.Path(f.Path) + ": " + errNoLocks.Error() + ": see that no other command writes there"
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS):
		return nil, f.unwritable(err)
	case err != nil:
		return nil, err
	}
	return h, nil
}

// claim is Claim for who holds the lock.
func (h *Hold) claim(now document, same Same) error {
	found, err := h.find(now, same)
	switch {
	case err != nil && !(found.run && h.Overwrite):
		return err
	case !found.run || h.Overwrite:
		return h.replace(found, now)
	}
	h.Held = true
	if err := h.Dir().Clean(found.all()...); err != nil {
		return err
	}
	if found.begun {
		// The configuration is there: nothing else was removed, and inputs of
		// the run that was to come are not this one's.
		if err := h.Dir().Remove(append(found.foreign, replacingFile)...); err != nil {
			return err
		}
	}
	// What the run needs was just read: its copy may be damaged or missing.
	for name, content := range h.Inputs {
		if err := h.Dir().WriteFrom(name, content); err != nil {
			return err
		}
	}
	if !found.grown && !found.older {
		return nil
	}
	now.Files = union(now.Files, found.files)
	if err := h.Dir().Remove(ManifestFile); err != nil {
		return err
	}
	data, err := now.bytes()
	if err != nil {
		return err
	}
	return h.start(data)
}

// Holds reports whether the folder holds the run, whole or not, without writing
// or waiting for anything; the error is as Claim's, and nil for a folder that
// is not there. A run that is to go further than before is not held. It is tidy
// if there is nothing that Claim would clean away.
func (f Folder) Holds(run any, same Same) (held, tidy bool, err error) {
	now, err := f.document(run)
	if err != nil {
		return false, false, err
	}
	found, err := f.find(now, same)
	locked, lockErr := f.has(lockFile) // also by who was killed
	tidy = !found.begun && !locked && lockErr == nil && !f.Dir().Littered(found.all()...)
	return found.run && !found.grown, tidy, err
}

// replace removes the files of an earlier run and writes what a new one starts
// with.
func (h *Hold) replace(found found, now document) error {
	data, err := now.bytes()
	if err != nil {
		return err
	}
	old := union(found.files, found.foreign)
	if len(old) == 0 && len(h.Inputs) == 0 && !found.begun {
		return h.start(data)
	}
	// From here to the removal of the configuration this is the old run with
	// something more; after it, until the marker goes, any command goes on
	// here.
	next := now
	next.Files = union(old, now.Files)
	marker, err := next.bytes()
	if err != nil {
		return err
	}
	if err := h.Write(replacingFile, marker); err != nil {
		return h.unwritable(err)
	}
	for name, content := range h.Inputs {
		if err := h.Dir().WriteFrom(name, content); err != nil {
			return err
		}
	}
	if err := h.Dir().Remove(ConfigFile); err != nil {
		return err
	}
	rest := slices.DeleteFunc(slices.Clone(next.Files), func(name string) bool {
		_, needed := h.Inputs[name]
		return needed
	})
	if err := h.Dir().Clean(append(rest, ConfigFile)...); err != nil {
		return err
	}
	if err := h.Dir().Remove(rest...); err != nil {
		return err
	}
	if err := h.start(data); err != nil {
		return err
	}
	return h.Dir().Remove(replacingFile)
}

// start writes the configuration, from where on the folder is the run's.
func (h *Hold) start(config []byte) error {
	if err := h.Write(ConfigFile, config); err != nil {
		return h.unwritable(err)
	}
	return nil
}

func (f Folder) unwritable(err error) error {
	return &UnusableError{Path: f.Path, Err: errors.WithMessage(err, "the folder of the run must be writable")}
}

// union returns all names of both lists, each once.
func union(a, b []string) []string {
	all := slices.Clone(a)
	for _, name := range b {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}
