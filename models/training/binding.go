package training

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pkg/errors"

	"optlab/models"
)

// bindingPrefix starts the keys of a checkpoint under which it has what it is
// bound to.
const bindingPrefix = "binding."

// BindingError says that a checkpoint is bound to something else than the run
// that is to go on with it.
type BindingError struct {
	Name       string // of what: a key of Trainer.Binding
	There, Now string
}

// Error says what differs.
func (e *BindingError) Error() string {
	return fmt.Sprintf("the checkpoint is of other %s: %s there, %s now", e.Name, e.There, e.Now)
}

// bind writes what the run is bound to into its checkpoint.
func (t *Trainer) bind(f models.TensorFile) {
	for name, value := range t.Binding {
		f.Metadata[bindingPrefix+name] = value
	}
}

// checkBinding returns a *BindingError if the checkpoint is bound to something
// else. One that was written before there was a binding has none.
func (t *Trainer) checkBinding(f models.TensorFile) error {
	for _, name := range slices.Sorted(maps.Keys(t.Binding)) {
		if there, ok := f.Metadata[bindingPrefix+name]; ok && there != t.Binding[name] {
			return errors.WithStack(&BindingError{Name: name, There: there, Now: t.Binding[name]})
		}
	}
	return nil
}

// Note adds a note to the history of a run that was resumed.
func (t *Trainer) Note(text string) {
	t.resumed.history.Notes = append(t.resumed.history.Notes, text)
}
