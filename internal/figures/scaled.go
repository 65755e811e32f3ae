package figures

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

// scaled places marks as ticks does, but writes them as multiples of a power of
// ten counted from an offset, which the axis names once. So the labels stay
// short, and differ from each other, where values are tiny, huge or close
// together.
type scaled struct {
	ticks
	offset float64
	power  int
}

// newScaled chooses offset and power for values between lo and hi. There is an
// offset if the values agree in their first three digits, and a power if two
// decimals or five digits would not do.
func newScaled(lo, hi float64) scaled {
	var s scaled
	size, span := math.Max(math.Abs(lo), math.Abs(hi)), hi-lo
	if span > 0 && span < 1e-3*size {
		unit := math.Pow(10, math.Ceil(math.Log10(span)))
		s.offset = math.Floor(lo/unit) * unit
		size = hi - s.offset
	}
	if power := int(math.Floor(math.Log10(size) + 1e-9)); size > 0 && (power < -2 || power > 4) {
		s.power = power
	}
	return s
}

// fit returns the scale with as many marks, at most six, as have room for their
// labels on an axis of the given length.
func (s scaled) fit(lo, hi float64, length vg.Length, width func(string) vg.Length) scaled {
	const gap = 5 // between two labels
	for s.count = 5; s.count > 1; s.count-- {
		marks := s.Ticks(lo, hi)
		var widest vg.Length
		for _, mark := range marks {
			widest = max(widest, width(mark.Label))
		}
		if len(marks) < 2 || (widest+gap) <= length*vg.Length((marks[1].Value-marks[0].Value)/(hi-lo)) {
			break
		}
	}
	return s
}

// Ticks returns the marks between min and max, as plot.Ticker wants it.
func (s scaled) Ticks(min, max float64) []plot.Tick {
	unit := math.Pow(10, float64(s.power))
	marks := s.ticks.Ticks((min-s.offset)/unit, (max-s.offset)/unit)
	for i := range marks {
		marks[i].Value = marks[i].Value*unit + s.offset
	}
	return marks
}

// unit writes the power of ten that the numbers must be multiplied with, or
// nothing if that is 1.
func (s scaled) unit() string {
	if s.power == 0 {
		return ""
	}
	return minus("10" + raised + strconv.Itoa(s.power))
}

// label adds to an axis's label what its numbers are counted from and
// multiplied with.
func (s scaled) label(name string) string {
	if s.offset != 0 {
		offset := minus(strconv.FormatFloat(math.Abs(s.offset), 'g', 12, 64))
		if s.offset > 0 {
			name += " − " + offset
		} else {
			name += " + " + offset
		}
	}
	if s.power != 0 {
		name += " in " + s.unit()
	}
	return name
}

// number writes one value, with up to four digits.
func (s scaled) number(v float64) string {
	return minus(strconv.FormatFloat(v/math.Pow(10, float64(s.power)), 'g', 4, 64))
}
