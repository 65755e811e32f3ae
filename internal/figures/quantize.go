package figures

import (
	"cmp"
	"image"
	"image/color"
	"math"
	"slices"
)

// quantize returns at most n opaque colors that stand for those of a picture:
// median cut, always dividing the group of colors that differ most. A picture
// of no more colors keeps them.
func quantize(picture *image.RGBA, n int) color.Palette {
	groups := []group{newGroup(tints(picture))}
	for len(groups) < n {
		worst := 0
		for i, g := range groups {
			if g.spread > groups[worst].spread {
				worst = i
			}
		}
		if groups[worst].spread == 0 {
			break
		}
		low, high := groups[worst].split()
		groups[worst] = low
		groups = append(groups, high)
	}
	palette := make(color.Palette, len(groups))
	for i, g := range groups {
		palette[i] = color.RGBA{uint8(g.mean[0] + 0.5), uint8(g.mean[1] + 0.5), uint8(g.mean[2] + 0.5), 0xff}
	}
	return palette
}

// tint is a color and its weight, which grows less than the number of its
// pixels, so that the edges of thin lines count beside the areas.
type tint struct {
	channels [3]float64
	weight   float64
}

// tints returns the colors of a picture, in a fixed order.
func tints(picture *image.RGBA) []tint {
	counts := map[color.RGBA]int{}
	for i := 0; i < len(picture.Pix); i += 4 {
		p := picture.Pix[i : i+4 : i+4]
		counts[color.RGBA{p[0], p[1], p[2], 0xff}]++
	}
	found := make([]tint, 0, len(counts))
	for c, count := range counts {
		found = append(found, tint{[3]float64{float64(c.R), float64(c.G), float64(c.B)}, math.Pow(float64(count), 0.8)})
	}
	slices.SortFunc(found, func(a, b tint) int { return slices.Compare(a.channels[:], b.channels[:]) })
	return found
}

// group is a set of colors that one of the palette may stand for.
type group struct {
	tints   []tint
	mean    [3]float64
	channel int     // in which they differ most
	spread  float64 // the weighted sum of their squared distances from the mean, in that channel
}

// newGroup measures a set of at least one color.
func newGroup(tints []tint) group {
	g := group{tints: tints}
	total := 0.0
	for _, t := range tints {
		total += t.weight
		for ch, v := range t.channels {
			g.mean[ch] += t.weight * v
		}
	}
	for ch := range g.mean {
		g.mean[ch] /= total
		spread := 0.0
		for _, t := range tints {
			spread += t.weight * (t.channels[ch] - g.mean[ch]) * (t.channels[ch] - g.mean[ch])
		}
		if spread > g.spread {
			g.channel, g.spread = ch, spread
		}
	}
	if len(tints) == 1 {
		g.spread = 0 // whatever rounding says
	}
	return g
}

// split divides the group at its mean.
func (g group) split() (low, high group) {
	slices.SortStableFunc(g.tints, func(a, b tint) int { return cmp.Compare(a.channels[g.channel], b.channels[g.channel]) })
	at, _ := slices.BinarySearchFunc(g.tints, g.mean[g.channel], func(t tint, mean float64) int {
		return cmp.Compare(t.channels[g.channel], mean)
	})
	at = min(max(at, 1), len(g.tints)-1)
	return newGroup(g.tints[:at]), newGroup(g.tints[at:])
}
