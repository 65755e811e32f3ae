package figures

import (
	"math"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// keys name what a figure shows in rows outside the data, where they hide
// nothing.
type keys []key

// key is a sample, drawn with its middle at a point, and what it stands for.
type key struct {
	name   string
	sample func(c *draw.Canvas, at vg.Point)
}

const (
	keyRow = 15 // height of a row
	keyGap = 16 // between two keys
)

// width returns the width of a key with its gap, at most that of a whole row.
func (k key) width(row vg.Length) vg.Length {
	return min(row, legendSample+legendPad+textStyle(tickSize, ink).Width(k.name)+keyGap)
}

// rows divides the keys into rows of the given width.
func (ks keys) rows(width vg.Length) (rows []keys) {
	var used vg.Length
	for _, k := range ks {
		if used += k.width(width); len(rows) == 0 || used > width {
			rows, used = append(rows, nil), k.width(width)
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], k)
	}
	return rows
}

// height returns the height of all rows.
func (ks keys) height(width vg.Length) vg.Length { return keyRow * vg.Length(len(ks.rows(width))) }

// draw draws the rows from the top of c down, each in the middle.
func (ks keys) draw(c draw.Canvas) {
	width := c.Max.X - c.Min.X
	style := textStyle(tickSize, ink)
	style.XAlign = draw.XLeft
	for i, row := range ks.rows(width) {
		free := width + keyGap
		for _, k := range row {
			free -= k.width(width)
		}
		at := vg.Point{X: snap(c.Min.X + max(free, 0)/2), Y: c.Max.Y - (vg.Length(i)+0.5)*keyRow}
		for _, k := range row {
			k.sample(&c, vg.Point{X: at.X + legendSample/2, Y: at.Y})
			room := k.width(width) - legendSample - legendPad - keyGap
			c.FillText(style, vg.Point{X: at.X + legendSample + legendPad, Y: at.Y}, oneLine(k.name, style, room+0.01))
			at.X += k.width(width)
		}
	}
}

// list draws the keys below each other from the top of c down, in as many
// columns as they take, and below them texts. Of names without room it says how
// many there are.
func (ks keys) list(c draw.Canvas, notes []string) {
	style := textStyle(tickSize, ink)
	style.XAlign = draw.XLeft
	var lines []string
	for _, note := range notes {
		lines = append(lines, wrap(note, style, c.Max.X-c.Min.X)...)
	}
	rows := max(1, int((c.Max.Y-c.Min.Y)/keyRow)-len(lines)-1)
	columns := min(3, (len(ks)+rows-1)/rows)
	width := (c.Max.X - c.Min.X) / vg.Length(columns)
	y := c.Max.Y
	for i, k := range ks {
		at := vg.Point{X: snap(c.Min.X + vg.Length(i/rows)*width), Y: c.Max.Y - (vg.Length(i%rows)+0.5)*keyRow}
		if i == rows*columns-1 && i < len(ks)-1 {
			c.FillText(style, at, "and "+strconv.Itoa(len(ks)-i)+" more")
			break
		}
		k.sample(&c, vg.Point{X: at.X + legendSample/2, Y: at.Y})
		at.X += legendSample + legendPad
		c.FillText(style, at, oneLine(k.name, style, width-legendSample-2*legendPad))
		y = min(y, at.Y-keyRow/2)
	}
	style.Color = faint
	for i, line := range lines {
		c.FillText(style, vg.Point{X: c.Min.X, Y: y - (vg.Length(i)+1)*keyRow}, line)
	}
}

// lineKey is the key of a curve: a piece of line with a dot.
func lineKey(name string, style draw.LineStyle, radius vg.Length) key {
	return key{name, func(c *draw.Canvas, at vg.Point) {
		hline(c, style, at.X-legendSample/2, at.X+legendSample/2, at.Y)
		dot(c, style.Color, radius, at)
	}}
}

// star draws a five-pointed star.
func star(c *draw.Canvas, radius vg.Length, at vg.Point) {
	var outline vg.Path
	for i := range 10 {
		r := radius
		if i%2 == 1 {
			r *= 0.45
		}
		sin, cos := math.Sincos(math.Pi/2 + float64(i)*math.Pi/5)
		pt := at.Add(vg.Point{X: r * vg.Length(cos), Y: r * vg.Length(sin)})
		if i == 0 {
			outline.Move(pt)
		} else {
			outline.Line(pt)
		}
	}
	outline.Close()
	c.SetColor(paper)
	c.Fill(outline)
	c.SetLineStyle(draw.LineStyle{Color: ink, Width: thinLine})
	c.Stroke(outline)
}
