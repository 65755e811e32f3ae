package figures

import (
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// pathMap is a heat map on which paths grow.
type pathMap struct {
	sheet *vgimg.Canvas
	data  draw.Canvas
	note  vg.Point // where a line of text may stand
	plot  *plot.Plot
	paths []Path
	looks []look   // of the paths
	shown [][]spot // of every path, the points that were drawn
	next  int      // the update to be drawn next
}

// spot is a point on the scale of the axes: the map's corners are (0, 0) and
// (1, 1).
type spot struct{ x, y float64 }

// nowhere is where a path is before its first point, and where its coordinates
// are not finite.
var nowhere = spot{math.NaN(), math.NaN()}

const (
	starRadius = 6
	headRadius = 4
	halo       = 0.8 // width of the white edge of lines and dots, by which they show on every color
	tallest    = 1.1 // the most a map is higher than wide
	flattest   = 0.6
	mostHidden = 30 // points that are drawn again after a new one
)

// newPathMap draws everything but the paths on a sheet of the given width. The
// units of both axes are equally long, unless the map would be too high or too
// flat.
func newPathMap(title string, g Grid, paths []Path, minima [][2]float64, width vg.Length) *pathMap {
	p := newPlot()
	p.X.Min, p.X.Max = g.X[0], g.X[len(g.X)-1]
	p.Y.Min, p.Y.Max = g.Y[0], g.Y[len(g.Y)-1]
	ch := chart{Plot: p, title: title, xLabel: "w₁", yLabel: "w₂"}

	looks := pathLooks(paths)
	names := pathKeys(paths, looks, minima)
	keyRoom := names.height(width-2*margin) + legendPad
	_, c := newSheet(width, width)
	c.Max.X -= barRoom
	data := ch.data(c)
	ratio := vg.Length(min(max((p.Y.Max-p.Y.Min)/(p.X.Max-p.X.Min), flattest), tallest))
	height := width - (data.Max.Y - data.Min.Y) + ratio*(data.Max.X-data.Min.X) + keyRoom + noteRoom
	sheet, c := newSheet(width, vg.Length(math.Ceil(float64(height/pixel)))*pixel)

	below := c
	below.Max.Y = c.Min.Y + keyRoom - legendPad
	names.draw(below)
	c.Min.Y += keyRoom
	c.Max.X -= barRoom
	ch.note = " "
	h := newHeights(g.Z)
	p.Add(terrain{g.X, g.Y, h.all(g.Z), h.levels(), sheet.Image().(*image.RGBA)}, frame{})
	ch.draw(c)
	m := &pathMap{sheet: sheet, data: ch.data(c), plot: p, paths: paths, looks: looks}
	m.restart()
	m.note = vg.Point{X: m.data.Center().X, Y: c.Max.Y - titleRoom - ch.extra(c.Max.X-c.Min.X) - noteSize/2}
	colorBar(m.data, viridis, h.marks(), h.label())
	for _, minimum := range minima {
		if at := m.spot(minimum[0], minimum[1]); at.visible() {
			star(&m.data, starRadius, m.point(at))
		}
	}
	return m
}

// pathLooks returns the look of every path.
func pathLooks(paths []Path) []look {
	names := make([]string, len(paths))
	for i, path := range paths {
		names[i] = path.Name
	}
	return looksOf(names)
}

// pathKeys names the paths and the marks.
func pathKeys(paths []Path, looks []look, minima [][2]float64) keys {
	var names keys
	for i, path := range paths {
		name := path.Name
		if path.Note != "" {
			name += " (" + path.Note + ")"
		}
		names = append(names, looks[i].key(name, true))
	}
	names = append(names, key{"start", startMark})
	if len(minima) > 0 {
		names = append(names, key{"minimum", func(c *draw.Canvas, at vg.Point) { star(c, starRadius, at) }})
	}
	return names
}

// spot returns the place of a point, or nowhere.
func (m *pathMap) spot(x, y float64) spot {
	if !drawn(x) || !drawn(y) {
		return nowhere
	}
	return spot{m.plot.X.Norm(x), m.plot.Y.Norm(y)}
}

// visible tells whether a spot is on the map.
func (s spot) visible() bool { return s.x >= 0 && s.x <= 1 && s.y >= 0 && s.y <= 1 }

// point returns the point on the sheet.
func (m *pathMap) point(s spot) vg.Point { return vg.Point{X: m.data.X(s.x), Y: m.data.Y(s.y)} }

// at returns the spot of path i after k updates, the last one if it has fewer.
func (m *pathMap) at(i, k int) spot {
	path := m.paths[i]
	if len(path.X) == 0 {
		return nowhere
	}
	k = min(k, len(path.X)-1)
	return m.spot(path.X[k], path.Y[k])
}

// restart lets the paths grow from their starts again, on a sheet without them.
func (m *pathMap) restart() {
	m.shown, m.next = make([][]spot, len(m.paths)), 0
}

// growTo draws the paths up to the k-th update.
func (m *pathMap) growTo(k int) {
	for ; m.next <= k; m.next++ {
		m.grow(m.next)
	}
}

// grow draws the k-th update of all paths: a line to the new point, and the
// point. Nothing is drawn of an update that moves a path by less than half a
// pixel.
func (m *pathMap) grow(k int) {
	for i := range m.paths {
		to, from := m.at(i, k), nowhere
		if n := len(m.shown[i]); n > 0 {
			from = m.shown[i][n-1]
		}
		if m.distance(from, to) < pixel/2 {
			continue
		}
		m.shown[i] = append(m.shown[i], to)
		look, style := m.looks[i], m.looks[i].line()
		m.trace(from, to, draw.LineStyle{Color: paper, Width: style.Width + 2*halo}, look.mark, markerRadius+halo)
		// The light edge of the new line hides the end of the path: draw that
		// again.
		first := max(0, len(m.shown[i])-2)
		for first > 0 && len(m.shown[i])-first < mostHidden && m.distance(m.shown[i][first], to) < 4*markerRadius {
			first--
		}
		m.trace(nowhere, m.shown[i][first], style, look.mark, markerRadius)
		for j := first + 1; j < len(m.shown[i]); j++ {
			m.trace(m.shown[i][j-1], m.shown[i][j], style, look.mark, markerRadius)
		}
	}
}

// distance returns how far two spots are from each other on the sheet; NaN if
// one is nowhere.
func (m *pathMap) distance(a, b spot) vg.Length {
	size := m.data.Size()
	return vg.Length(math.Hypot(float64(size.X)*(a.x-b.x), float64(size.Y)*(a.y-b.y)))
}

// trace draws a line and a mark on its end, as far as they are on the map.
func (m *pathMap) trace(from, to spot, style draw.LineStyle, shape mark, radius vg.Length) {
	if a, b, ok := clip(from, to); ok {
		m.data.StrokeLines(style, []vg.Point{m.point(a), m.point(b)})
	}
	if to.visible() {
		shape.draw(&m.data, style.Color, radius, m.point(to))
	}
}

// heads marks where the paths start and where they are after k updates.
func (m *pathMap) heads(c *draw.Canvas, k int) {
	for i := range m.paths {
		if at := m.at(i, 0); at.visible() {
			startMark(c, m.point(at))
		}
	}
	for i := range m.paths {
		if at := m.at(i, k); k > 0 && at.visible() {
			m.looks[i].mark.draw(c, paper, headRadius+halo, m.point(at))
			m.looks[i].mark.draw(c, m.looks[i].color, headRadius, m.point(at))
		}
	}
}

// startMark draws a white dot with a dark edge.
func startMark(c *draw.Canvas, at vg.Point) {
	dot(c, ink, headRadius+thinLine, at)
	dot(c, paper, headRadius, at)
}

// dot draws a filled circle.
func dot(c *draw.Canvas, fill color.Color, radius vg.Length, at vg.Point) {
	c.DrawGlyphNoClip(draw.GlyphStyle{Color: fill, Radius: radius, Shape: draw.CircleGlyph{}}, at)
}

// clip returns the part of the line from a to b that is on the map, by Liang
// and Barsky's method, which takes lines of any length. It reports false if
// there is none, or an end is nowhere.
func clip(a, b spot) (from, to spot, ok bool) {
	dx, dy := b.x-a.x, b.y-a.y
	enter, leave := 0.0, 1.0
	for _, side := range [4]struct{ out, room float64 }{{-dx, a.x}, {dx, 1 - a.x}, {-dy, a.y}, {dy, 1 - a.y}} {
		switch t := side.room / side.out; {
		case side.out < 0:
			enter = math.Max(enter, t)
		case side.out > 0:
			leave = math.Min(leave, t)
		case !(side.out == 0 && side.room >= 0): // not a number, or parallel to this side and outside
			return a, b, false
		}
	}
	if !(enter <= leave) {
		return a, b, false
	}
	return spot{a.x + enter*dx, a.y + enter*dy}, spot{a.x + leave*dx, a.y + leave*dy}, true
}
