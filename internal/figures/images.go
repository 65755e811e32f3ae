package figures

import (
	"image"
	"image/color"
	stddraw "image/draw"
	"math"
	"strings"

	"github.com/pkg/errors"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// Image is a gray picture: Rows × Cols bytes, row by row, 0 black and 255
// white, the title written above it and the caption, of a line or more, below;
// each may be empty.
type Image struct {
	Pixels         []byte
	Rows, Cols     int
	Title, Caption string
}

// Measures of a grid of images, in pixels of the sheet.
const (
	widestCell    = 360  // few columns make a narrower sheet, not giant images
	narrowestCell = 32   // many columns make a wider one
	widestGap     = 24   // between images in the widest cells; it shrinks with the cell
	mostPixels    = 40e6 // of a whole sheet: 160 MB in memory
)

// Images draws a grid of gray images, cols in each row, with their titles above
// them, their captions, in red, below and no axes. Title and note stand above
// all. An image is enlarged by a whole factor, without smoothing,
// as far as it fits in its cell, and shrunk if it is larger; its proportions
// are kept.
//
// It returns the bytes of a PNG file, about 1200 pixels wide for 4 to 36
// columns, and an error if there is no image, cols is below 1, an image's size
// does not fit its pixels or the grid is too large.
func Images(title, note string, images []Image, cols int) ([]byte, error) {
	if len(images) == 0 {
		return nil, errors.New("draw images: there are none, give at least one")
	}
	if cols < 1 {
		return nil, errors.Errorf("draw images: %d images per row, give at least 1", cols)
	}
	for i, im := range images {
		if im.Rows < 1 || im.Cols < 1 || im.Rows > len(im.Pixels)/im.Cols || im.Rows*im.Cols != len(im.Pixels) {
			return nil, errors.Errorf("draw images: image %d is %d×%d but has %d pixels, give Rows·Cols of them", i, im.Rows, im.Cols, len(im.Pixels))
		}
	}

	cols = min(cols, len(images))
	g := newImageGrid(images, cols)
	head := chart{title: title, note: note}
	width := cols*g.cell + 2*dots(margin)
	top := 0
	if title != "" || note != "" {
		top = dots(head.height(vg.Length(cols*g.cell) * pixel))
	}
	height := top + (len(images)+cols-1)/cols*g.row + 2*dots(margin)
	if float64(width)*float64(height) > mostPixels {
		return nil, errors.Errorf("draw images: %d images in %d columns need %d×%d pixels, give fewer images", len(images), cols, width, height)
	}
	img, c := newSheet(vg.Length(width)*pixel, vg.Length(height)*pixel)
	head.texts(c, c.Center().X)
	for i, im := range images {
		x, y := dots(margin)+i%cols*g.cell, dots(margin)+top+i/cols*g.row
		w, h := fit(im, g.cell-g.gap)
		corner := image.Pt(x+(g.cell-w)/2, y+g.above+(g.tallest-h)/2)
		stddraw.Draw(img.Image(), image.Rectangle{Min: corner, Max: corner.Add(image.Pt(w, h))}, resize(im, w, h), image.Point{}, stddraw.Src)
		at := vg.Point{X: (vg.Length(x) + vg.Length(g.cell)/2) * pixel, Y: vg.Length(height-corner.Y)*pixel + 0.75*g.style.Font.Size}
		room := vg.Length(g.cell) * pixel
		c.FillText(g.style, at, oneLine(im.Title, g.style, room))
		red := g.style
		red.Color = palette[3]
		at.Y -= vg.Length(h)*pixel + 1.5*g.style.Font.Size
		for i, line := range strings.Split(im.Caption, "\n") {
			c.FillText(red, at.Sub(vg.Point{Y: captionLine * vg.Length(i) * red.Font.Size}), oneLine(line, red, room))
		}
	}
	return encode(img)
}

// imageGrid is how large the cells of a grid of images are, in pixels.
type imageGrid struct {
	cell, gap int // its width, and what of it is between two images
	row       int // its height
	above     int // what of it is above the image
	tallest   int // image
	style     text.Style
}

// newImageGrid returns the measures of a grid of so many columns.
func newImageGrid(images []Image, cols int) imageGrid {
	cell := max(narrowestCell, min(widestCell, (dots(sheetWidth)-2*dots(margin))/cols))
	g := imageGrid{cell: cell, gap: widestGap * cell / widestCell, tallest: 1}
	g.style = textStyle(vg.Length(min(titleSize, max(5, 0.045*float64(cell)))), ink)
	below := 0
	for _, im := range images {
		_, h := fit(im, cell-g.gap)
		g.tallest = max(g.tallest, h)
		if im.Title != "" {
			g.above = dots(g.style.Font.Size * 1.6)
		}
		if im.Caption != "" {
			below = max(below, dots(g.style.Font.Size*(1.6+captionLine*vg.Length(strings.Count(im.Caption, "\n")))))
		}
	}
	g.row = g.above + g.tallest + below + g.gap
	return g
}

// captionLine is the distance of two lines of a caption, in sizes of the text.
const captionLine = 1.25

// dots converts a length to whole pixels.
func dots(l vg.Length) int { return int(math.Round(float64(l / pixel))) }

// fit returns the size in which an image is drawn in a cell of the given width;
// it may be twice as high.
func fit(im Image, cell int) (w, h int) {
	factor := min(float64(cell)/float64(im.Cols), 2*float64(cell)/float64(im.Rows))
	if factor > 1 {
		factor = math.Floor(factor)
	}
	return max(1, int(float64(im.Cols)*factor)), max(1, int(float64(im.Rows)*factor))
}

// resize returns the image with w × h pixels, each the mean of the original
// pixels below it: a copy of one when the image is enlarged.
func resize(im Image, w, h int) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		y0 := y * im.Rows / h
		y1 := max(y0+1, (y+1)*im.Rows/h)
		for x := range w {
			x0 := x * im.Cols / w
			x1 := max(x0+1, (x+1)*im.Cols/w)
			sum := 0
			for r := y0; r < y1; r++ {
				for _, v := range im.Pixels[r*im.Cols+x0 : r*im.Cols+x1] {
					sum += int(v)
				}
			}
			count := (y1 - y0) * (x1 - x0)
			out.SetGray(x, y, color.Gray{Y: uint8((sum + count/2) / count)})
		}
	}
	return out
}
