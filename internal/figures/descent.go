package figures

import (
	"bytes"
	"fmt"
	"image"
	"image/gif"
	"slices"

	"github.com/pkg/errors"
	"gonum.org/v1/plot/vg"
)

const (
	descentWidth = 5.6 * vg.Inch
	mostFrames   = 120

	// Times are in hundredths of a second.
	frameTime = 8
	lastTime  = 300
)

// Descent draws what [Paths] draws as an animation in which the paths grow: a
// frame for the start and one for every update or, if there are more than 119,
// for some of them, evenly chosen and the last among them. It plays twelve
// frames in a second, rests on the last for three, and repeats.
//
// It returns the bytes of a GIF file 840 pixels wide, and the errors of
// [Paths].
func Descent(title string, g Grid, paths []Path, minima [][2]float64) ([]byte, error) {
	updates, err := checkPaths(g, paths)
	if err != nil {
		return nil, errors.Wrap(err, "draw the descent")
	}
	m := newPathMap(title, g, paths, minima, descentWidth)
	trail := m.sheet.Image().(*image.RGBA)
	background := slices.Clone(trail.Pix)
	sheet, c := newSheet(m.sheet.Size())
	c.Rectangle = m.data.Rectangle
	picture := sheet.Image().(*image.RGBA)
	show := func(k int) { // what is true only for one frame, on top of the trail
		copy(picture.Pix, trail.Pix)
		m.heads(&c, k)
		c.FillText(textStyle(noteSize, faint), m.note, fmt.Sprintf("update %d of %d", k, updates))
	}

	m.growTo(updates)
	show(updates)
	f := newFilm(picture) // the last picture has all colors
	copy(trail.Pix, background)
	m.restart()
	for _, k := range chosen(updates+1, mostFrames) {
		m.growTo(k)
		show(k)
		f.add(picture, frameTime)
	}
	f.Delay[len(f.Delay)-1] = lastTime
	var buf bytes.Buffer
	if err := gif.EncodeAll(&buf, &f.GIF); err != nil {
		return nil, errors.Wrap(err, "encode the descent as GIF")
	}
	return buf.Bytes(), nil
}
