package figures

import (
	"fmt"

	"github.com/pkg/errors"
)

// Path is the way of an optimizer over a surface: its position (X[i], Y[i])
// after i updates, so one point more than updates. A point that is not finite
// interrupts the line.
type Path struct {
	Name string
	X, Y []float64
	// Note stands in parentheses after the name, as "left the finite numbers
	// after 12 updates"; it may be empty.
	Note string
}

// Paths draws paths on the heat map of a grid, with contour lines at even
// heights, or two to the decade on a logarithmic scale. Every point is marked;
// a white dot marks the starts, a larger dot the ends and white stars the
// minima, points (w₁, w₂), which may be none. The axes are the grid's
// rectangle: what lies outside is cut off. The first three paths are red, blue
// and gray, as SGD, momentum and Adam are in the notebook.
//
// It returns the bytes of a PNG file, 1200 pixels wide and about as high as the
// rectangle's proportions want, and an error if there is no point, a path has
// not as many X as Y, or the grid is not as [Grid] says.
func Paths(title string, g Grid, paths []Path, minima [][2]float64) ([]byte, error) {
	updates, err := checkPaths(g, paths)
	if err != nil {
		return nil, errors.Wrap(err, "draw the paths")
	}
	m := newPathMap(title, g, paths, minima, sheetWidth)
	m.growTo(updates)
	m.heads(&m.data, updates)
	m.data.FillText(textStyle(noteSize, faint), m.note, counted(updates))
	return encode(m.sheet)
}

// counted writes a number of updates.
func counted(updates int) string {
	if updates == 1 {
		return "1 update"
	}
	return fmt.Sprintf("%d updates", updates)
}

// checkPaths returns the number of updates of the longest path.
func checkPaths(g Grid, paths []Path) (updates int, err error) {
	updates = -1
	for i, path := range paths {
		if len(path.X) != len(path.Y) {
			return 0, errors.Errorf("path %d has %d X but %d Y, give one of each per point", i, len(path.X), len(path.Y))
		}
		updates = max(updates, len(path.X)-1)
	}
	if updates < 0 {
		return 0, errors.New("there is no point on any path, give at least one")
	}
	return updates, g.check()
}
