package figures

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
)

// ticks places about count marks on a linear axis, at multiples of 1, 2, 2.5 or
// 5 times a power of ten, and writes them with as many digits as tell them
// apart.
type ticks struct {
	count int     // of intervals, at most
	whole bool    // only whole numbers: epochs, batches
	limit float64 // if not 0, no mark above it: 100 %
	unit  string  // written after each number
}

// Ticks returns the marks between min and max, as plot.Ticker wants it.
func (t ticks) Ticks(min, max float64) []plot.Tick {
	step := niceStep((max-min)/float64(t.count), t.whole)
	if t.limit != 0 {
		max = math.Min(max, t.limit)
	}
	const slack = 1e-9 // of a step, so that rounding does not lose the last mark
	first, last := math.Ceil(min/step-slack), math.Floor(max/step+slack)
	var marks []plot.Tick
	for i := first; i <= last; i++ {
		v := i * step
		marks = append(marks, plot.Tick{Value: v, Label: tickLabel(v, step, math.Max(math.Abs(min), math.Abs(max))) + t.unit})
	}
	return marks
}

// niceStep returns the smallest step of the series 1, 2, 2.5, 5, 10 … that is
// not below the one asked for.
func niceStep(least float64, whole bool) float64 {
	power := math.Pow(10, math.Floor(math.Log10(least)))
	if whole && power < 1 {
		return 1
	}
	for _, m := range []float64{1, 2, 2.5, 5} {
		if step := m * power; step >= least*(1-1e-9) && !(whole && step != math.Trunc(step)) {
			return step
		}
	}
	return 10 * power
}

// tickLabel writes v with the decimals its step needs; largest, the greatest
// magnitude on the axis, decides for all its labels alike whether they need an
// exponent, and which.
func tickLabel(v, step, largest float64) string {
	if largest < 1e6 && (largest >= 1e-3 || largest == 0) {
		decimals := int(math.Max(0, -math.Floor(math.Log10(step)+1e-9)))
		if math.Abs(step*math.Pow10(decimals)-math.Round(step*math.Pow10(decimals))) > 1e-6 {
			decimals++ // 0.25, 2.5
		}
		return minus(strconv.FormatFloat(v+0, 'f', decimals, 64)) // +0 turns −0 into 0
	}
	if v == 0 {
		return "0"
	}
	power := int(math.Floor(math.Log10(largest) + 1e-9))
	digits := int(math.Max(0, math.Ceil(float64(power)-math.Log10(step)-1e-9)))
	mantissa := strconv.FormatFloat(v/math.Pow(10, float64(power)), 'f', digits, 64)
	return minus(mantissa + "×10" + raised + strconv.Itoa(power))
}

// minus writes negative numbers with a minus sign, which is as wide as the plus
// sign, for the hyphen.
func minus(number string) string { return strings.ReplaceAll(number, "-", "−") }

// logTicks places marks at the powers of ten, at most count of them labeled,
// and between them small ones at 2, 3 … 9 times a power as long as there is
// room.
type logTicks struct{ count int }

// Ticks returns the marks between min and max, as plot.Ticker wants it.
func (t logTicks) Ticks(min, max float64) []plot.Tick {
	first, last := int(math.Floor(math.Log10(min))), int(math.Ceil(math.Log10(max)))
	every := (last-first)/t.count + 1
	var marks []plot.Tick
	for power := first; power <= last; power++ {
		v := math.Pow(10, float64(power))
		label := ""
		if power%every == 0 {
			label = minus("10" + raised + strconv.Itoa(power))
		}
		if v >= min && v <= max {
			marks = append(marks, plot.Tick{Value: v, Label: label})
		}
		for m := 2.0; m < 10 && every == 1; m++ {
			if m*v >= min && m*v <= max {
				marks = append(marks, plot.Tick{Value: m * v})
			}
		}
	}
	return marks
}

// Magnitudes between these can be drawn: the steps and the ends of their axes
// neither underflow nor overflow.
const (
	vanishing   = 1e-100
	overflowing = 1e100
)

// padded widens a range by the given share on both sides, and a range of
// (nearly) one value so that the value stands in the middle of an axis that can
// be read.
func padded(lo, hi, share float64) (float64, float64) {
	size := math.Max(math.Abs(lo), math.Abs(hi))
	if size < vanishing {
		return -0.5, 0.5
	}
	if hi-lo <= 1e-6*size {
		return lo - 0.05*size, hi + 0.05*size
	}
	pad := share * (hi - lo)
	return lo - pad, hi + pad
}
