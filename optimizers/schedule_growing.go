package optimizers

import "math"

// Growing returns a schedule that multiplies the learning rate by growth, which
// must be above 0 and finite, from each update to the next: the factor of
// update t, counted from 0, is growth^t. It is for the test of a range of
// rates; no training has it, and so it has no name, and JSON does not know it.
func Growing(growth float64) Schedule { return Schedule{growth: growth} }

// growing returns the factor of an update.
func (s Schedule) growing(update int) float64 { return math.Pow(s.growth, float64(update)) }
