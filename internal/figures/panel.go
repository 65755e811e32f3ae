package figures

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	suptitle = titleSize + 2 // size of the title above several panels
	panelGap = 10            // between them
)

// panel is one of several charts on a sheet.
type panel struct {
	chart
	unit string // stands above the y axis: a power of ten, or nothing
}

// heading writes the title above all panels and returns the room that it
// leaves.
func heading(c draw.Canvas, title string) draw.Canvas {
	style := textStyle(suptitle, ink)
	c.FillText(style, vg.Point{X: c.Center().X, Y: c.Max.Y - suptitle/2}, oneLine(title, style, c.Max.X-c.Min.X))
	return draw.Crop(c, 0, 0, 0, -suptitle)
}

// drawInLine draws panels in cells of equal size so that their data are equally
// large and in line.
func drawInLine(panels []panel, cell func(i int) draw.Canvas) {
	var insets [4]vg.Length
	for i, p := range panels {
		for side, own := range p.insets(cell(i)) {
			insets[side] = max(insets[side], own)
		}
	}
	for i, p := range panels {
		p.drawWithin(cell(i), insets)
	}
}

// insets returns how far the data stay from the edges of the cell: left, right,
// bottom, top.
func (p panel) insets(cell draw.Canvas) [4]vg.Length {
	data := p.data(cell)
	return [4]vg.Length{data.Min.X - cell.Min.X, cell.Max.X - data.Max.X, data.Min.Y - cell.Min.Y, cell.Max.Y - data.Max.Y}
}

// drawWithin draws the panel in its cell, with insets at least as large as
// given.
func (p panel) drawWithin(cell draw.Canvas, least [4]vg.Length) {
	own := p.insets(cell)
	inner := draw.Crop(cell, least[0]-own[0], own[1]-least[1], least[2]-own[2], own[3]-least[3])
	data := p.data(inner)
	center := data.Center().X

	// The chart would put the title where the inner part ends; here all titles
	// are equally high.
	title, style := p.title, textStyle(titleSize, ink)
	p.title = ""
	p.draw(inner)
	width := 2 * min(center-cell.Min.X, cell.Max.X-center)
	cell.FillText(style, vg.Point{X: center, Y: cell.Max.Y - titleSize/2}, oneLine(title, style, width))

	unit := textStyle(noteSize, ink)
	unit.XAlign = draw.XRight
	cell.FillText(unit, vg.Point{X: data.Min.X + 2*tickLength, Y: data.Max.Y + 0.7*noteSize}, p.unit)
}
