package figures

import (
	"image"
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	surfaceHeight = 6.2 * vg.Inch // without a legend
	meshLines     = 25            // about, in each direction
	meshInk       = 0.3           // strength of the lines on the surface
	meshLine      = 0.4
)

// Surface draws a grid as a surface in space, colored by height, as
// matplotlib's plot_surface does: seen from 30° above and turned by −60°, with
// a mesh of fine lines and a color bar. Paths run on the surface, and dotted
// where it hides them; there may be none. What of them is outside the grid's
// rectangle is cut off, which a note says. See [Grid] for logarithmic heights,
// which are those of the mean around each point, and for gaps.
//
// It returns the bytes of a PNG file, 1200 × 930 pixels and with paths a legend
// below, and an error if the grid is not as [Grid] says, or a path has not as
// many X as Y.
func Surface(title string, g Grid, paths []Path) ([]byte, error) {
	updates := 0
	err := g.check()
	if len(paths) > 0 {
		updates, err = checkPaths(g, paths)
	}
	if err != nil {
		return nil, errors.Wrap(err, "draw the surface")
	}
	h := newHeights(g.Z)
	values := g.Z
	if h.log {
		values = g.smooth()
	}
	values = h.all(values)

	looks := pathLooks(paths)
	names := keys{}
	if len(paths) > 0 {
		names = pathKeys(paths, looks, nil)
	}
	keyRoom, note := snap(names.height(sheetWidth-2*margin)), vg.Length(0)
	if len(paths) > 0 {
		note = snap(noteRoom)
	}
	img, c := newSheet(sheetWidth, surfaceHeight+keyRoom+note)
	below := c
	below.Max.Y = c.Min.Y + keyRoom
	names.draw(below)
	c.Min.Y += keyRoom
	room := surfaceRoom(draw.Crop(c, 0, 0, 0, -note))
	style := textStyle(titleSize, ink)
	c.FillText(style, vg.Point{X: c.Center().X, Y: c.Max.Y - titleSize/2}, oneLine(title, style, c.Max.X-c.Min.X))
	bar := draw.Crop(room, 0, 45, 0.15*(room.Max.Y-room.Min.Y), -0.15*(room.Max.Y-room.Min.Y))
	colorBar(bar, viridis, h.marks(), "")

	s := scene{c, newCamera(room)}
	x, y, z := spaceTicks(g.X), spaceTicks(g.Y), h.marks()
	s.walls(x, y, z)
	land := newRelief(img.Image().(*image.RGBA), s.cam)
	land.surface(g, values)
	land.develop()
	s.axes(x, y, z, h.label())
	outside := false
	for i, path := range paths {
		outside = s.path(land, g, values, path, looks[i]) || outside
	}
	if len(paths) > 0 {
		text := counted(updates)
		if outside {
			text += "; paths go beyond the picture"
		}
		c.FillText(textStyle(noteSize, faint), vg.Point{X: c.Center().X, Y: c.Max.Y - titleRoom - noteSize/2}, text)
	}
	return encode(img)
}

// surfaceRoom returns the part of the sheet that the box fills, without its
// numbers.
func surfaceRoom(c draw.Canvas) draw.Canvas { return draw.Crop(c, 40, -barRoom-45, 40, -titleRoom-6) }

// spaceTicks returns marks for an axis, at places from 0 to 1.
func spaceTicks(coordinates []float64) []plot.Tick {
	low, high := coordinates[0], coordinates[len(coordinates)-1]
	marks := ticks{count: 6}.Ticks(low, high)
	for i := range marks {
		marks[i].Value = (marks[i].Value - low) / (high - low)
	}
	return marks
}

// scene is a canvas with a box in space on it.
type scene struct {
	c   draw.Canvas
	cam camera
}

// line draws a line between two points of the box.
func (s scene) line(style draw.LineStyle, a, b vec) {
	s.c.StrokeLines(style, []vg.Point{s.cam.at(a.x, a.y, a.z), s.cam.at(b.x, b.y, b.z)})
}

// walls paints the two walls and the floor behind the surface, with a line at
// every labeled mark.
func (s scene) walls(xs, ys, zs []plot.Tick) {
	at := s.cam.at
	s.c.FillPolygon(rgb(0xf2f2f2), []vg.Point{at(0, 0, 0), at(0, 1, 0), at(0, 1, 1), at(0, 0, 1)})
	s.c.FillPolygon(rgb(0xeaeaea), []vg.Point{at(0, 1, 0), at(1, 1, 0), at(1, 1, 1), at(0, 1, 1)})
	s.c.FillPolygon(rgb(0xeeeeee), []vg.Point{at(0, 0, 0), at(1, 0, 0), at(1, 1, 0), at(0, 1, 0)})
	style := draw.LineStyle{Color: rgb(0xcfcfcf), Width: gridLine}
	across := func(marks []plot.Tick, line func(v float64)) {
		for _, mark := range marks {
			if !mark.IsMinor() {
				line(mark.Value)
			}
		}
	}
	bent := func(a, b, c vec) { s.line(style, a, b); s.line(style, b, c) }
	across(xs, func(x float64) { bent(vec{x, 0, 0}, vec{x, 1, 0}, vec{x, 1, 1}) })
	across(ys, func(y float64) { bent(vec{1, y, 0}, vec{0, y, 0}, vec{0, y, 1}) })
	across(zs, func(z float64) { bent(vec{0, 0, z}, vec{0, 1, z}, vec{1, 1, z}) })
}

// axes draws the three axes in front of the surface, with their marks, numbers
// and labels.
func (s scene) axes(xs, ys, zs []plot.Tick, height string) {
	style := draw.LineStyle{Color: ink, Width: frameLine}
	s.line(style, vec{0, 0, 0}, vec{1, 0, 0})
	s.line(style, vec{1, 0, 0}, vec{1, 1, 0})
	s.line(style, vec{1, 1, 0}, vec{1, 1, 1})
	number, label := textStyle(tickSize, ink), textStyle(labelSize, ink)
	const mark, far, farthest = 0.025, 0.08, 0.2 // distances from the axis
	for _, t := range xs {
		s.line(style, vec{t.Value, 0, 0}, vec{t.Value, -mark, 0})
		s.c.FillText(number, s.cam.at(t.Value, -far, 0), t.Label)
	}
	s.c.FillText(label, s.cam.at(0.5, -farthest, 0), "w₁")
	for _, t := range ys {
		s.line(style, vec{1, t.Value, 0}, vec{1 + mark, t.Value, 0})
		s.c.FillText(number, s.cam.at(1+far, t.Value, 0), t.Label)
	}
	s.c.FillText(label, s.cam.at(1+farthest, 0.5, 0), "w₂")
	number.XAlign = draw.XLeft
	var widest vg.Length
	for _, t := range zs {
		at := s.cam.at(1, 1, t.Value)
		length := vg.Length(tickLength)
		if t.IsMinor() {
			length /= 2
		}
		s.c.StrokeLine2(style, at.X, at.Y, at.X+length, at.Y)
		s.c.FillText(number, at.Add(vg.Point{X: 2 * tickLength}), t.Label)
		widest = max(widest, number.Width(t.Label))
	}
	label.Rotation = math.Pi / 2
	s.c.FillText(label, s.cam.at(1, 1, 0.5).Add(vg.Point{X: 5*tickLength + widest + labelSize/2}), height)
}
