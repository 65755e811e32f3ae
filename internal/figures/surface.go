package figures

import (
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	surfaceHeight = 6.2 * vg.Inch
	mostQuads     = 100 // in each direction; finer ones would be a few pixels
	meshLines     = 25  // about, in each direction
	meshInk       = 0.3 // strength of the lines on the surface
	meshLine      = 0.4
)

// Surface draws a grid as a surface in space, colored by height, as
// matplotlib's plot_surface does: seen from 30° above and turned by −60°, with
// a mesh of fine lines and a color bar. Of a grid with more than 101 points in
// a direction it draws 101, evenly chosen and at the lowest height around. See
// [Grid] for logarithmic heights and for gaps.
//
// It returns the bytes of a PNG file, 1200 × 930 pixels, and an error if the
// grid is not as [Grid] says.
func Surface(title string, g Grid) ([]byte, error) {
	if err := g.check(); err != nil {
		return nil, errors.Wrap(err, "draw the surface")
	}
	h := newHeights(g.Z)
	g.Z = h.all(g.Z)
	g = g.sparse(mostQuads + 1)
	img, c := newSheet(sheetWidth, surfaceHeight)
	room := surfaceRoom(c)
	style := textStyle(titleSize, ink)
	c.FillText(style, vg.Point{X: c.Center().X, Y: c.Max.Y - titleSize/2}, oneLine(title, style, c.Max.X-c.Min.X))
	bar := draw.Crop(room, 0, 45, 0.15*(room.Max.Y-room.Min.Y), -0.15*(room.Max.Y-room.Min.Y))
	colorBar(bar, viridis, h.marks(), "")

	s := scene{c, newCamera(room)}
	x, y, z := spaceTicks(g.X), spaceTicks(g.Y), h.marks()
	s.walls(x, y, z)
	s.surface(g, g.Z)
	s.axes(x, y, z, h.label())
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

// backToFront returns the cells of a grid, each by the index of the point at
// its smallest x and y, so that none is hidden by one before it. That is simply
// their order along both axes: the eye is beyond x = 1 and before y = 0, so no
// cell of the floor hides one with a larger x or a smaller y.
func backToFront(cols, rows int) []int {
	var cells []int
	for j := rows - 2; j >= 0; j-- {
		for i := range cols - 1 {
			cells = append(cells, j*cols+i)
		}
	}
	return cells
}

// surface paints the quadrilaterals of a grid, whose heights are given from 0
// to 1.
func (s scene) surface(g Grid, z []float64) {
	cols, rows := len(g.X), len(g.Y)
	unit := func(vs []float64, i int) float64 { return (vs[i] - vs[0]) / (vs[len(vs)-1] - vs[0]) }
	points := make([]vg.Point, len(z))
	for k, v := range z {
		points[k] = s.cam.at(unit(g.X, k%cols), unit(g.Y, k/cols), v)
	}
	everyX, everyY := (cols-2)/meshLines+1, (rows-2)/meshLines+1
	for _, k := range backToFront(cols, rows) {
		mean := (z[k] + z[k+1] + z[k+cols] + z[k+cols+1]) / 4
		if math.IsNaN(mean) {
			continue
		}
		fill := viridis.at(mean)
		s.c.FillPolygon(fill, patch(points, cols, k))
		i, j := k%cols, k/cols
		style := draw.LineStyle{Color: blend(fill, ink, meshInk), Width: meshLine}
		edge := func(onMesh bool, from, to int) {
			if onMesh {
				s.c.StrokeLines(style, []vg.Point{points[from], points[to]})
			}
		}
		edge(j%everyY == 0, k, k+1)
		edge((j+1)%everyY == 0 || j == rows-2, k+cols, k+cols+1)
		edge(i%everyX == 0, k, k+cols)
		edge((i+1)%everyX == 0 || i == cols-2, k+1, k+cols+1)
	}
}

// patch returns the outline of a quadrilateral, given by its corners in points,
// stretched a little over the two neighbors that are painted after it: no seam
// shows between them.
func patch(points []vg.Point, cols, k int) []vg.Point {
	stretched := func(corner, right, front int) vg.Point {
		at := points[corner]
		if i := corner%cols + right; i < cols && corner+right-front*cols >= 0 {
			if step := points[corner+right-front*cols].Sub(at).Scale(0.3); !math.IsNaN(float64(step.Y)) {
				return at.Add(step)
			}
		}
		return at
	}
	return []vg.Point{stretched(k, 0, 1), stretched(k+1, 1, 1), stretched(k+1+cols, 1, 0), points[k+cols]}
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
