package figures

import (
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// look is how the curves and paths of an optimizer, or of an initialization,
// are told from those of others, in every figure alike.
type look struct {
	color  color.NRGBA
	mark   mark
	names  []string // of what has it
	dashed bool     // there are more curves than looks
}

// looks is the one table of them. The colors are a ladder of lightness, so that
// they stay apart in gray, with hues that do for the color-blind; a test
// measures how far. No figure shows optimizers beside initializations: they
// share the rows. What has no row here takes one that is free in its figure,
// from the end.
var looks = []look{
	{color: rgb(0xbc0241), mark: circle, names: []string{"sgd", "equalvar"}},
	{color: rgb(0x2608aa), mark: square, names: []string{"momentum", "torch"}},
	{color: rgb(0xe3910d), mark: triangle, names: []string{"adam", "constant"}},
	{color: rgb(0x005434), mark: diamond, names: []string{"nesterov", "normal"}},
	{color: rgb(0x7668bc), mark: wedge, names: []string{"rmsprop", "xavier"}},
	{color: rgb(0x1a202b), mark: plus, names: []string{"adamw", "kaiming"}},
	{color: rgb(0xef593d), mark: cross},
	{color: rgb(0x85cb98), mark: pentagon},
}

// looksOf returns a look for each of the names in a figure, equal ones for
// equal names. What a name begins with, up to a comma or a blank, in small
// letters, is what has the look: "Momentum, lr 10".
func looksOf(names []string) []look {
	given := make(map[string]look)
	taken := make(map[int]bool)
	for _, name := range names {
		i := rowOf(name)
		if _, known := given[name]; !known && i >= 0 && !taken[i] {
			given[name], taken[i] = looks[i], true
		}
	}
	list := make([]look, len(names))
	more := 0
	for k, name := range names {
		l, known := given[name]
		if !known {
			i := len(looks) - 1
			for i >= 0 && taken[i] {
				i--
			}
			if i >= 0 {
				l, taken[i] = looks[i], true
			} else {
				l = looks[more%len(looks)]
				l.dashed = true
				more++
			}
			given[name] = l
		}
		list[k] = l
	}
	return list
}

// rowOf returns the index of the look that a name has in the table, or −1.
func rowOf(name string) int {
	first := name
	if i := strings.IndexAny(first, ", "); i >= 0 {
		first = first[:i]
	}
	return slices.IndexFunc(looks, func(l look) bool { return slices.Contains(l.names, strings.ToLower(first)) })
}

// line is the style of a curve with the look.
func (l look) line() draw.LineStyle {
	style := draw.LineStyle{Color: l.color, Width: plainLine}
	if l.dashed {
		style.Dashes = []vg.Length{5, 3}
	}
	return style
}

// key is the entry of a legend: a piece of line with a mark, or, without line,
// the mark alone.
func (l look) key(name string, line bool) key {
	return key{name, func(c *draw.Canvas, at vg.Point) {
		if line {
			hline(c, l.line(), at.X-legendSample/2, at.X+legendSample/2, at.Y)
		}
		l.mark.draw(c, l.color, markerRadius, at)
	}}
}

// mark is the outline of a marker of radius 1, or nil for a circle. All cover
// about the same area.
type mark []vg.Point

var (
	circle   mark
	square   = polygon(4, 45, 1.25)
	triangle = polygon(3, 90, 1.5)
	diamond  = polygon(4, 90, 1.4)
	wedge    = polygon(3, -90, 1.5)
	plus     = bars4(0)
	cross    = bars4(45)
	pentagon = polygon(5, 90, 1.2)
)

// polygon returns a regular one with a corner in the direction of the angle, in
// degrees.
func polygon(corners int, angle, radius float64) mark {
	var m mark
	for i := range corners {
		sin, cos := math.Sincos((angle + 360*float64(i)/float64(corners)) * math.Pi / 180)
		m = append(m, vg.Point{X: vg.Length(radius * cos), Y: vg.Length(radius * sin)})
	}
	return m
}

// bars4 returns a cross of four bars, turned by the angle, in degrees.
func bars4(angle float64) mark {
	const long, thick = 1.45, 0.45
	var m mark
	for i := range 4 {
		sin, cos := math.Sincos((angle + 90*float64(i)) * math.Pi / 180)
		for _, p := range [][2]float64{{thick, -thick}, {long, -thick}, {long, thick}} {
			m = append(m, vg.Point{X: vg.Length(cos*p[0] - sin*p[1]), Y: vg.Length(sin*p[0] + cos*p[1])})
		}
	}
	return m
}

// draw draws the mark in a color, also beyond the edge of the canvas.
func (m mark) draw(c *draw.Canvas, fill color.Color, radius vg.Length, at vg.Point) {
	if m == nil {
		dot(c, fill, radius, at)
		return
	}
	outline := make([]vg.Point, len(m))
	for i, p := range m {
		outline[i] = at.Add(p.Scale(radius))
	}
	c.FillPolygon(fill, outline)
}
