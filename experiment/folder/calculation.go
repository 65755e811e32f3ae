package folder

import (
	"encoding/json"

	"github.com/pkg/errors"
)

// commandKey is where the configuration of a calculation has the command.
const commandKey = "command"

// calculation returns the configuration of a command's calculation as
// ConfigFile has it: config, a struct or nil, and the command beside its
// fields.
func calculation(command string, config any) (map[string]json.RawMessage, error) {
	run := make(map[string]json.RawMessage)
	data, err := json.Marshal(config)
	if err == nil && config != nil {
		err = json.Unmarshal(data, &run)
	}
	if err == nil {
		run[commandKey], err = json.Marshal(command)
	}
	return run, errors.Wrapf(err, "the configuration of %s", command)
}

// adopted is the Same of a calculation. The version before recorded the command
// alone: of such a folder nobody knows the configuration, and it is taken over
// with the one of now.
func adopted(before, now map[string]any) (grown bool) {
	if _, ok := before[commandKey]; len(before) != 1 || !ok || len(now) == 1 {
		return false
	}
	for key, value := range now {
		if key != commandKey {
			before[key] = value
		}
	}
	return true
}

// Take claims the folder for a calculation that is made anew each time and has
// no configuration of its own: whatever an earlier one of the same command left
// there may be written over.
func (f Folder) Take(command string) (*Hold, error) { return f.TakeFor(command, nil) }

// TakeFor claims the folder for a command's calculation that is made anew each
// time, with a configuration that is written as JSON: what the same one left
// there may be written over. That of another configuration is a
// *DifferentError, unless the folder says Overwrite. Folders of the version
// before, which recorded the command alone, are adopted.
func (f Folder) TakeFor(command string, config any) (*Hold, error) {
	run, err := calculation(command, config)
	if err != nil {
		return nil, err
	}
	h, err := f.Claim(run, adopted)
	if err != nil {
		return nil, err
	}
	// Its files are no longer what the manifest says.
	if err := h.Dir().Remove(ManifestFile); err != nil {
		h.Release()
		return nil, f.unwritable(err)
	}
	return h, nil
}

// Takes returns the error that TakeFor would return for what the folder holds,
// without writing or waiting for anything: a long calculation that could not be
// kept need not begin.
func (f Folder) Takes(command string, config any) error {
	run, err := calculation(command, config)
	if err != nil {
		return err
	}
	_, _, err = f.Holds(run, adopted)
	var different *DifferentError
	if f.Overwrite && errors.As(err, &different) {
		return nil
	}
	return err
}
