package figures

import (
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
)

// relief paints a surface in space pixel by pixel, and knows of each how far it
// is from the eye: so every cell of a fine grid is painted, in any order, and
// what is behind can be told.
type relief struct {
	img    *image.RGBA
	cam    camera
	width  int // of the samples below
	depth  []float64
	colors []color.NRGBA
}

// samples is the number of samples of a pixel in each direction.
const samples = 2

// newRelief returns one without a surface, over the whole image.
func newRelief(img *image.RGBA, cam camera) *relief {
	size := img.Rect.Size().Mul(samples)
	r := &relief{img: img, cam: cam, width: size.X, depth: make([]float64, size.X*size.Y), colors: make([]color.NRGBA, size.X*size.Y)}
	for i := range r.depth {
		r.depth[i] = math.Inf(1)
	}
	return r
}

// corner is a corner of a triangle: its place among the samples, and what is
// interpolated between corners: the distance from the eye, the height, and the
// place on the grid in cells.
type corner struct{ x, y, depth, z, column, row float64 }

// surface paints the cells of a grid, whose heights are given from 0 to 1, but
// for those with a gap at a corner.
func (r *relief) surface(g Grid, z []float64) {
	cols, rows := len(g.X), len(g.Y)
	unit := func(vs []float64, i int) float64 { return (vs[i] - vs[0]) / (vs[len(vs)-1] - vs[0]) }
	corners := make([]corner, len(z))
	for k, v := range z {
		i, j := k%cols, k/cols
		corners[k] = r.corner(vec{unit(g.X, i), unit(g.Y, j), v})
		corners[k].z, corners[k].column, corners[k].row = v, float64(i), float64(j)
	}
	m := mesh{every: [2]float64{float64((cols-2)/meshLines + 1), float64((rows-2)/meshLines + 1)}, last: [2]float64{float64(cols - 1), float64(rows - 1)}}
	for j := range rows - 1 {
		for i := range cols - 1 {
			k := j*cols + i
			a, b, c, d := corners[k], corners[k+1], corners[k+cols], corners[k+cols+1]
			if math.IsNaN(a.z + b.z + c.z + d.z) {
				continue
			}
			r.triangle(m, a, b, d)
			r.triangle(m, a, d, c)
		}
	}
}

// corner returns where a point of the box is seen.
func (r *relief) corner(p vec) corner {
	at := r.cam.at(p.x, p.y, p.z)
	_, _, depth := project(p)
	return corner{x: samples * float64(at.X/pixel), y: samples * (float64(r.img.Rect.Dy()) - float64(at.Y/pixel)), depth: depth}
}

// triangle paints a triangle where nothing is before it.
func (r *relief) triangle(m mesh, a, b, c corner) {
	area := (b.x-a.x)*(c.y-a.y) - (c.x-a.x)*(b.y-a.y)
	if area == 0 {
		return
	}
	low := func(p, q, s float64) int { return max(0, int(math.Ceil(min(p, q, s)-0.5))) }
	high := func(p, q, s float64, most int) int { return min(most-1, int(math.Floor(max(p, q, s)-0.5))) }
	slopes := m.slopes(a, b, c, area)
	for y := low(a.y, b.y, c.y); y <= high(a.y, b.y, c.y, len(r.depth)/r.width); y++ {
		for x := low(a.x, b.x, c.x); x <= high(a.x, b.x, c.x, r.width); x++ {
			px, py := float64(x)+0.5, float64(y)+0.5
			u := ((px-a.x)*(c.y-a.y) - (c.x-a.x)*(py-a.y)) / area
			v := ((b.x-a.x)*(py-a.y) - (px-a.x)*(b.y-a.y)) / area
			const slack = 1e-9 // no gap between two neighbors
			if u < -slack || v < -slack || u+v > 1+slack {
				continue
			}
			at := func(p, q, s float64) float64 { return p + u*(q-p) + v*(s-p) }
			k, depth := y*r.width+x, at(a.depth, b.depth, c.depth)
			if depth >= r.depth[k] {
				continue
			}
			fill := viridis.at(at(a.z, b.z, c.z))
			cover := m.cover([2]float64{at(a.column, b.column, c.column), at(a.row, b.row, c.row)}, slopes)
			r.depth[k], r.colors[k] = depth, blend(fill, ink, meshInk*cover)
		}
	}
}

// mesh is the lines on the surface: at every so many columns and rows of the
// grid, and at the last.
type mesh struct{ every, last [2]float64 }

// slopes returns by how much column and row change from sample to sample.
func (m mesh) slopes(a, b, c corner, area float64) [2]float64 {
	slope := func(p, q, s float64) float64 {
		dx := ((q-p)*(c.y-a.y) - (s-p)*(b.y-a.y)) / area
		dy := ((s-p)*(b.x-a.x) - (q-p)*(c.x-a.x)) / area
		return math.Hypot(dx, dy)
	}
	return [2]float64{slope(a.column, b.column, c.column), slope(a.row, b.row, c.row)}
}

// cover returns how much of a sample a line covers, from 0 to 1.
func (m mesh) cover(at, slopes [2]float64) float64 {
	const halfWidth = samples * float64(meshLine/pixel) / 2
	cover := 0.0
	for i, v := range at {
		away := math.Min(math.Abs(v-m.every[i]*math.Round(v/m.every[i])), math.Abs(v-m.last[i]))
		cover = math.Max(cover, min(max(halfWidth+0.5-away/slopes[i], 0), 1))
	}
	return cover
}

// develop puts the surface on the image: each pixel is the mean of its samples.
func (r *relief) develop() {
	for y := range r.img.Rect.Dy() {
		for x := range r.img.Rect.Dx() {
			var sum [3]int
			hit := 0
			for k := range samples * samples {
				i := (samples*y+k/samples)*r.width + samples*x + k%samples
				if c := r.colors[i]; c.A > 0 {
					sum[0], sum[1], sum[2] = sum[0]+int(c.R), sum[1]+int(c.G), sum[2]+int(c.B)
					hit++
				}
			}
			if hit == 0 {
				continue
			}
			mean := func(i int) uint8 { return uint8((sum[i] + hit/2) / hit) }
			before := r.img.RGBAAt(x, y) // opaque, as the paper is
			over := color.NRGBA{R: mean(0), G: mean(1), B: mean(2), A: 0xff}
			r.img.SetRGBA(x, y, color.RGBA(blend(color.NRGBA(before), over, float64(hit)/(samples*samples))))
		}
	}
}

// sees tells whether a point of the box on the surface, or above it, is not
// hidden.
func (r *relief) sees(p vec) bool {
	const slack = 0.03 // of the distances of the surface around the point
	c := r.corner(p)
	x, y := int(c.x), int(c.y)
	return x < 0 || y < 0 || x >= r.width || y >= len(r.depth)/r.width || c.depth <= r.depth[y*r.width+x]+slack
}

// at returns where a point of the box is seen on the sheet.
func (r *relief) at(p vec) vg.Point { return r.cam.at(p.x, p.y, p.z) }
