package optimizers

// constant leaves the learning rate as it is: the factor is 1.
var constant = &scheduleKind{
	name:   "constant",
	factor: func(Schedule, int) float64 { return 1 },
}
