// Package figures draws optlab's figures. It takes plain numbers (losses,
// accuracies, counts, gray images, surfaces, paths) and returns the bytes of a
// PNG file, or of a GIF for [Descent]; it reads and writes no file, and it is
// the only package that imports gonum/plot.
//
// # Style
//
// The figures look like the notebook's: matplotlib's colors in matplotlib's
// order, sans-serif text, a box around the data, a light grid, a legend where
// it hides no data. Most are 1200 pixels wide, at 150 dots per inch. The same
// numbers give the same bytes.
//
// A figure never fails over numbers that a training can produce: a single
// batch, a constant or a diverged loss. It returns an error if there is nothing
// to draw or the arguments contradict each other. Nothing panics.
//
// # Where to start reading
//
// [Loss] is the typical figure. It prepares its numbers, makes curves and hands
// them to a chart:
//
//   - style.go has the colors, sizes and texts all figures share, and newPlot;
//     looks.go has the colors and markers of optimizers and initializations;
//   - sheet.go has the sheet of paper, and chart, a plot with the texts around
//     it;
//   - curve.go draws a line thinned to the pixels it covers, legend.go names
//     the lines;
//   - ticks.go divides axes and frame.go draws box, grid and ticks on whole
//     pixels;
//   - text.go writes powers of ten and cuts long names, colormap.go turns
//     numbers into colors.
//
// [Histograms] and [Variances] show several charts on one sheet: panel.go puts
// their data in line, scaled.go writes tiny and huge numbers shortly, keys.go
// has a legend beside the data.
//
// [Surface], [Paths] and [Descent] share grid.go, a sampled function, and
// heights.go, the scale of its values. projection.go looks at a box in space,
// relief.go paints a surface in it and surfacepath.go lays paths on that;
// terrain.go paints a heat map with contour lines pixel by pixel and pathmap.go
// lets paths grow on it; film.go keeps what changes from frame to frame, and
// quantize.go chooses its colors.
//
// # How to add a figure
//
// Write a file with one exported function that takes numbers, checks them and
// returns ([]byte, error). For lines, build a chart on newPlot, set the axes'
// ranges with padded and call chart.lines. For anything else, write a
// plot.Plotter, add it and a frame to the plot, and let chart.draw put it on
// newSheet, as [Confusion] does; or draw on the sheet itself, as [Images] does.
// Keep what is computed (bins, means, sizes) in pure functions with tests of
// their own, take colors and sizes from style.go only, and look at the picture.
// Then add it to the golden images in golden_test.go and run
//
//	go test ./internal/figures -run Golden -update
package figures
