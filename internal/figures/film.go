package figures

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
)

// film is an animation in the making. All frames share one palette; a frame
// holds only the pixels that changed, in their bounding box, with transparent
// ones between them.
type film struct {
	gif.GIF
	palette color.Palette
	index   map[color.RGBA]uint8 // of the nearest color, as far as it was looked up
	last    *image.RGBA          // the picture shown so far; nil before the first
}

// newFilm returns an empty film in the colors of a picture.
func newFilm(picture *image.RGBA) *film {
	f := &film{palette: quantize(picture, 255), index: map[color.RGBA]uint8{}}
	f.GIF.Config = image.Config{
		// The last color is transparent.
		ColorModel: append(f.palette[:len(f.palette):len(f.palette)], color.RGBA{}),
		Width:      picture.Rect.Dx(), Height: picture.Rect.Dy(),
	}
	return f
}

// add appends a frame that is shown for the given time, in hundredths of a
// second.
func (f *film) add(picture *image.RGBA, delay int) {
	area := picture.Rect
	if f.last == nil {
		f.last = image.NewRGBA(area)
	} else {
		area = changed(f.last, picture)
	}
	frame := image.NewPaletted(area, f.GIF.Config.ColorModel.(color.Palette))
	transparent := uint8(len(f.palette))
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			index, now := transparent, picture.RGBAAt(x, y)
			if now != f.last.RGBAAt(x, y) {
				index = f.nearest(now)
			}
			frame.Pix[frame.PixOffset(x, y)] = index
		}
	}
	copy(f.last.Pix, picture.Pix)
	f.Image = append(f.Image, frame)
	f.Delay = append(f.Delay, delay)
	f.Disposal = append(f.Disposal, gif.DisposalNone)
}

// nearest returns the index of the color of the palette that is nearest.
func (f *film) nearest(c color.RGBA) uint8 {
	index, known := f.index[c]
	if !known {
		index = uint8(f.palette.Index(c))
		f.index[c] = index
	}
	return index
}

// changed returns the bounding box of the pixels that differ, or of one pixel
// if none does: a frame cannot be empty.
func changed(a, b *image.RGBA) image.Rectangle {
	box := image.Rectangle{}
	for y := a.Rect.Min.Y; y < a.Rect.Max.Y; y++ {
		row, other := a.Pix[a.PixOffset(a.Rect.Min.X, y):][:4*a.Rect.Dx()], b.Pix[b.PixOffset(b.Rect.Min.X, y):][:4*b.Rect.Dx()]
		if bytes.Equal(row, other) {
			continue
		}
		left, right := 0, len(row)
		for row[left] == other[left] {
			left++
		}
		for row[right-1] == other[right-1] {
			right--
		}
		box = box.Union(image.Rect(left/4, y, (right+3)/4, y+1).Add(image.Pt(a.Rect.Min.X, 0)))
	}
	if box.Empty() {
		return image.Rectangle{Min: a.Rect.Min, Max: a.Rect.Min.Add(image.Pt(1, 1))}
	}
	return box
}
