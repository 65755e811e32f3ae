package optimizers

import "math"

// exponential lowers the learning rate with every update, by the same factor
// each: that of update t is
//
//	γ^(t/P)
//
// with γ the setting decay and P the setting every, in updates. It is
// torch.optim.lr_scheduler.ExponentialLR with gamma γ^(1/P), stepped after
// every update.
var exponential = &scheduleKind{
	name:     "exponential",
	settings: []*Setting{decay, every},
	factor: func(s Schedule, update int) float64 {
		return math.Pow(decay.in(s.Settings), float64(update)/s.updates(every))
	},
}
