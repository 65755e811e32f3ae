package optimizers

import "math"

// stepwise lowers the learning rate at once at the end of every stretch: the
// factor of update t is
//
//	γ^⌊t/P⌋
//
// with γ the setting decay and P the setting every, in updates. It is
// torch.optim.lr_scheduler.StepLR with step_size P, stepped after every update.
var stepwise = &scheduleKind{
	name:     "step",
	settings: []*Setting{decay, every},
	factor: func(s Schedule, update int) float64 {
		return math.Pow(decay.in(s.Settings), math.Floor(float64(update)/s.updates(every)))
	},
}
