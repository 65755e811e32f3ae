package optimizers

import "math"

// cosine lowers the learning rate to a floor along half a wave, slowly at first
// and at last, where it stays: the factor of update t is
//
//	φ + (1−φ)·(1 + cos(π·min(t,T)/T))/2
//
// with φ the setting floor and T the setting length, in updates; a length of
// zero is what the warm-up leaves of the training. After Loshchilov and Hutter,
// SGDR: Stochastic Gradient Descent with Warm Restarts (2017),
// arXiv:1608.03983, without the restarts. It is
// torch.optim.lr_scheduler.CosineAnnealingLR with T_max T and eta_min φ·η,
// stepped after every update, as far as T: beyond, torch's rises again.
var cosine = &scheduleKind{
	name:     "cosine",
	settings: []*Setting{cosineLength, cosineFloor},
	spansTraining: func(s Schedule) bool {
		return cosineLength.in(s.Settings) == 0
	},
	factor: func(s Schedule, update int) float64 {
		length := max(1, float64(s.training-s.Warmup))
		if cosineLength.in(s.Settings) != 0 {
			length = s.updates(cosineLength)
		}
		floor := cosineFloor.in(s.Settings)
		return floor + (1-floor)*(1+math.Cos(math.Pi*min(float64(update)/length, 1)))/2
	},
}

var (
	cosineLength = &Setting{
		Name: "length", Flag: "decay-length", Symbol: "T", Default: 0, epochs: true,
		Usage: "`N` epochs until the floor, 0 for all of the training", Want: wantNonnegative, allows: isNonnegative,
	}
	cosineFloor = &Setting{
		Name: "floor", Flag: "decay-floor", Symbol: "φ", Default: 0,
		Usage: "`SHARE` of the learning rate that it ends at", Want: "a number from 0 to 1",
		allows: func(x float64) bool { return x >= 0 && x <= 1 },
	}
)
