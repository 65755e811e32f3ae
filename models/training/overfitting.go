package training

import "math"

// OverfitsFrom returns the epoch from which on the network overfits: the
// validation loss rises while the training loss falls. It is 0 where the losses
// do not show that.
//
// It is the epoch after the lowest validation loss, if at least two epochs have
// come after that one, and since then
//
//   - the validation loss has risen by more than three times as much as it ever
//     went up before and came down again, or down since; or else its trend is
//     up by the test of Mann and Kendall at one percent, which a long rise
//     passes for all its ups and downs;
//   - the training loss has fallen by more than it went up on the way.
func (h *History) OverfitsFrom() int {
	const least = 2 // epochs after the lowest: a single one says little
	validation := h.Column(func(e Epoch) float64 { return e.ValidationLoss })
	train := h.Column(func(e Epoch) float64 { return e.TrainLoss })
	lowest, last := 0, len(validation)-1
	for i, l := range validation {
		if l < validation[lowest] {
			lowest = i
		}
	}
	if last-lowest < least {
		return 0
	}
	noise := max(highestRise(validation[:lowest+1], 1), highestRise(validation[lowest:], -1))
	// Without the lowest, which was chosen for being below all others.
	if !(validation[last]-validation[lowest] > 3*noise) && !trendIsUp(validation[lowest+1:]) {
		return 0
	}
	if !(train[lowest]-train[last] > highestRise(train[lowest:], 1)) {
		return 0
	}
	return lowest + 2 // counted from 1
}

// highestRise returns the highest rise from a value to a later one, with sign
// −1 the deepest fall.
func highestRise(values []float64, sign float64) float64 {
	most, low := 0.0, sign*values[0]
	for _, v := range values {
		low = min(low, sign*v)
		most = max(most, sign*v-low)
	}
	return most
}

// trendIsUp is the one-sided trend test of Mann, Nonparametric tests against
// trend (1945), doi:10.2307/1907187, at one percent: among values without a
// trend it is true for one series in a hundred. With fewer than six values it
// never is.
func trendIsUp(values []float64) bool {
	const quantile = 2.326 // of the normal distribution, at 99 %
	sum := 0.0             // of the pairs that rise, less those that fall
	for i, v := range values {
		for _, later := range values[i+1:] {
			switch {
			case later > v:
				sum++
			case later < v:
				sum--
			}
		}
	}
	n := float64(len(values))
	return sum-1 > quantile*math.Sqrt(n*(n-1)*(2*n+5)/18)
}
