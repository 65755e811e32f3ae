package figures

import (
	"image/color"
	"math"
)

// colormap is a sequence of colors at equal distances, from the value 0 to the
// value 1.
type colormap []color.NRGBA

// blues is ColorBrewer's nine-step sequential Blues, which matplotlib's "Blues"
// interpolates too.
var blues = colormap{
	rgb(0xf7fbff), rgb(0xdeebf7), rgb(0xc6dbef), rgb(0x9ecae1), rgb(0x6baed6),
	rgb(0x4292c6), rgb(0x2171b5), rgb(0x08519c), rgb(0x08306b),
}

// at returns the color of a value in [0, 1], mixed linearly from its two
// neighbors.
func (m colormap) at(v float64) color.NRGBA {
	place := math.Min(math.Max(v, 0), 1) * float64(len(m)-1)
	i := min(int(place), len(m)-2)
	part := place - float64(i)
	mix := func(a, b uint8) uint8 { return uint8(math.Round((1-part)*float64(a) + part*float64(b))) }
	return color.NRGBA{R: mix(m[i].R, m[i+1].R), G: mix(m[i].G, m[i+1].G), B: mix(m[i].B, m[i+1].B), A: 0xff}
}

// contrast returns the text color that can be read on a background: white on
// dark, ink on light.
func contrast(background color.NRGBA) color.NRGBA {
	// The weights are those of luma in ITU-R BT.601.
	luma := 0.299*float64(background.R) + 0.587*float64(background.G) + 0.114*float64(background.B)
	if luma < 140 {
		return paper
	}
	return ink
}
