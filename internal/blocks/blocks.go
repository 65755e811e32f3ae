// Package blocks makes small data sets that can be learned, for tests.
package blocks

import (
	"math/rand/v2"
	"strconv"

	"optlab/dataset"
)

// Side is the width and height of the images, in pixels.
const Side = 8

// Images returns n images whose class shows: each class has its own stretch of
// pixels, which are bright, the others are dim noise. There are at most Side²
// classes.
func Images(rng *rand.Rand, n, classes int) *dataset.Images {
	const pixels = Side * Side
	images := &dataset.Images{Rows: Side, Cols: Side}
	for range n {
		class := rng.IntN(classes)
		for pixel := range pixels {
			value := rng.IntN(60)
			if pixel/(pixels/classes) == class {
				value = 150 + rng.IntN(100)
			}
			images.Pixels = append(images.Pixels, byte(value))
		}
		images.Labels = append(images.Labels, byte(class))
	}
	return images
}

// Set returns a set of 300 images to train and 80 to test, always the same.
func Set(classes int) *dataset.Set {
	rng := rand.New(rand.NewPCG(1, 2))
	s := &dataset.Set{Name: "blocks", Train: Images(rng, 300, classes), Test: Images(rng, 80, classes)}
	for c := range classes {
		s.Classes = append(s.Classes, strconv.Itoa(c))
	}
	return s
}
