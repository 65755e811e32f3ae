package figures

import (
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// vec is a point of the box that a surface is drawn in, whose corners are (0,
// 0, 0) and (1, 1, 1).
type vec struct{ x, y, z float64 }

func (a vec) sub(b vec) vec       { return vec{a.x - b.x, a.y - b.y, a.z - b.z} }
func (a vec) times(b vec) vec     { return vec{a.x * b.x, a.y * b.y, a.z * b.z} }
func (a vec) dot(b vec) float64   { return a.x*b.x + a.y*b.y + a.z*b.z }
func (a vec) scale(f float64) vec { return vec{f * a.x, f * a.y, f * a.z} }

// The view is matplotlib's usual one: from 30° above, turned by −60°, at a
// distance of ten from a box whose sides are as 4 : 4 : 3. Seen so, the walls x
// = 0 and y = 1 and the floor are behind.
const (
	elevation   = 30 * math.Pi / 180
	azimuth     = -60 * math.Pi / 180
	eyeDistance = 10
)

var (
	boxSides  = vec{4, 4, 3}.scale(1.8294640721620434 * 25 / 24 / math.Sqrt(4*4+4*4+3*3))
	toEye     = vec{math.Cos(elevation) * math.Cos(azimuth), math.Cos(elevation) * math.Sin(azimuth), math.Sin(elevation)}
	rightward = vec{-math.Sin(azimuth), math.Cos(azimuth), 0}
	upward    = vec{-math.Sin(elevation) * math.Cos(azimuth), -math.Sin(elevation) * math.Sin(azimuth), math.Cos(elevation)}
)

// project returns where a point of the box is seen, right and up of its middle,
// and how far it is from the eye along the line of sight.
func project(p vec) (right, up, depth float64) {
	p = p.sub(vec{0.5, 0.5, 0.5}).times(boxSides)
	depth = eyeDistance - p.dot(toEye)
	return eyeDistance * p.dot(rightward) / depth, eyeDistance * p.dot(upward) / depth, depth
}

// camera puts the projected box on a canvas.
type camera struct {
	scale  float64
	origin vg.Point // where the point (0, 0) of the projection is
}

// newCamera fits the box in the canvas, in its middle.
func newCamera(c draw.Canvas) camera {
	left, low, right, high := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for corner := range 8 {
		x, y, _ := project(vec{float64(corner & 1), float64(corner >> 1 & 1), float64(corner >> 2)})
		left, right = math.Min(left, x), math.Max(right, x)
		low, high = math.Min(low, y), math.Max(high, y)
	}
	size := c.Size()
	scale := math.Min(float64(size.X)/(right-left), float64(size.Y)/(high-low))
	center := c.Center()
	return camera{scale, vg.Point{X: center.X - vg.Length(scale*(left+right)/2), Y: center.Y - vg.Length(scale*(low+high)/2)}}
}

// at returns where a point of the box is seen on the canvas.
func (cam camera) at(x, y, z float64) vg.Point {
	right, up, _ := project(vec{x, y, z})
	return cam.origin.Add(vg.Point{X: vg.Length(cam.scale * right), Y: vg.Length(cam.scale * up)})
}
