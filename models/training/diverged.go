package training

import "fmt"

// DivergedError says that a loss was NaN or infinite, and where.
type DivergedError struct {
	Epoch      int // from 1
	Batch      int // from 1; 0 if Validation
	Loss       float64
	Validation bool // the loss is that of the validation after the epoch
}

// Error says where the loss left the finite numbers and what to try.
func (e *DivergedError) Error() string {
	where := fmt.Sprintf("of batch %d", e.Batch)
	if e.Validation {
		where = "of the validation"
	}
	return fmt.Sprintf("the loss %s is %v: training has diverged; try a smaller learning rate", where, e.Loss)
}
