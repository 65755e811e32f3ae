package cli

import (
	"github.com/pkg/errors"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/models/training"
)

// advice returns what a user can do about err by flags, which the libraries
// that it comes from do not know.
func advice(err error) string {
	var different *folder.DifferentError
	var unusable *folder.UnusableError
	var damaged *folder.DamagedError
	var locked *folder.LockedError
	var bound *training.BindingError
	switch {
	case errors.As(err, &different):
		return "; -overwrite replaces it, -out chooses another folder"
	case errors.As(err, &locked):
		return "; wait for it, or choose another folder with -out"
	case errors.As(err, &bound) && bound.Name == "kernels":
		return " (-allow-other-cpu goes on all the same, -overwrite starts the run afresh)"
	case errors.As(err, &bound):
		return " (-overwrite starts the run afresh)"
	case errors.As(err, &unusable):
		return ": choose another folder with -out"
	case errors.As(err, &damaged):
		return " (-overwrite starts the run afresh)"
	}
	return ""
}

// Misconfigured makes a wrong configuration of an experiment a UsageError: all
// of it came by flags, which are named after its fields. Other errors stay what
// they are.
func Misconfigured(err error) error {
	var wrong *experiment.ConfigError
	switch {
	case !errors.As(err, &wrong):
		return err
	case wrong.Field != "":
		return Usagef("-%v", err)
	}
	return UsageError{err}
}

// Plain returns an error with the message of err alone, for commands without
// the flags that [Report] would advise.
func Plain(err error) error {
	if err == nil {
		return nil
	}
	return errors.New(err.Error())
}
