package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/pkg/errors"

	"optlab/experiment/folder"
	"optlab/initexp"
	"optlab/internal/figures"
)

// The files of a scheme, and those that compare schemes or depths.
const (
	weightsFile       = "weights.png"
	gradientsFile     = "gradients.png"
	activationsFile   = "activations.png"
	distributionsFile = "distributions.json"
	overviewFile      = "overview.png"
	depthFile         = "depth.png"
	trainingFile      = "training.json"
	lossesFile        = "training.png"
	tracksFile        = "training-variances.png"
)

var files = []string{weightsFile, gradientsFile, activationsFile, distributionsFile, overviewFile, depthFile, trainingFile, lossesFile, tracksFile}

// width is the most that a line has, but for the names of folders.
const width = 80

// printOutcome prints the variances under the notebook's names.
func printOutcome(w io.Writer, data string, r outcome, folder string) {
	head := fmt.Sprintf("%s, %d images of %s, seed %d", r.title(), r.Samples, data, r.Seed)
	where := " → " + filepath.ToSlash(folder)
	if utf8.RuneCountInString(head+where) > width {
		where = "\n" + where[1:]
	}
	fmt.Fprintf(w, "%s%s\n", head, where)
	printTable(w, func(table io.Writer) {
		fmt.Fprintln(table, "activation\tvariance\t\tpredicted\t\t")
		for _, l := range r.Layers {
			fmt.Fprintf(table, "%s\t%s\t\t%s\t%s\t\n", l.Name, number(l.Activation.Variance), predicted(l.Predicted), l.WhyActivation)
		}
		fmt.Fprintln(table, "gradient\tvariance\tof output\tpredicted\t\t")
		for _, l := range r.Layers {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t\n", l.Parameter, number(l.Gradient.Variance), number(l.OutputGradient), predicted(l.PredictedGradient), l.WhyGradient)
		}
	})
}

// printTable prints what write writes, cells that end with tabs, in columns,
// and an empty line.
func printTable(w io.Writer, write func(table io.Writer)) {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	write(table)
	table.Flush()
	for line := range strings.Lines(text.String()) {
		fmt.Fprintln(w, strings.TrimRight(line, " \n"))
	}
	fmt.Fprintln(w)
}

func number(x float64) string { return fmt.Sprintf("%.4g", x) }

func predicted(x *float64) string {
	if x == nil {
		return "–"
	}
	return number(*x)
}

// writeOutcome writes the numbers and pictures of one scheme.
func writeOutcome(dir *folder.Hold, r outcome) error {
	for _, f := range []struct {
		file, title, xLabel string
		density             bool
		part                func(initexp.Layer) initexp.Distribution
	}{
		{weightsFile, "Weight distribution", "Weight vals", false, func(l initexp.Layer) initexp.Distribution { return l.Weight }},
		{gradientsFile, "Gradient distribution", "Grad magnitude", false, func(l initexp.Layer) initexp.Distribution { return l.Gradient }},
		{activationsFile, "Activation distribution", "Activation vals", true, func(l initexp.Layer) initexp.Distribution { return l.Activation }},
	} {
		panels := make([]figures.Histogram, len(r.Layers))
		for i, l := range r.Layers {
			panels[i] = panel(l, f.part(l))
		}
		title := fmt.Sprintf("%s: %s", f.title, r.title())
		png, err := figures.Histograms(title, f.xLabel, f.density, panels)
		if err != nil {
			return errors.WithMessagef(err, "drawing %s", f.file)
		}
		if err := dir.Write(f.file, png); err != nil {
			return err
		}
	}
	data, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return errors.Wrapf(err, "writing %s", distributionsFile)
	}
	return dir.Write(distributionsFile, append(data, '\n'))
}

// panel is the picture of one distribution of a layer.
func panel(l initexp.Layer, d initexp.Distribution) figures.Histogram {
	h := figures.Histogram{
		Title: fmt.Sprintf("%s (%d → %d)", l.Name, l.Weight.Shape[1], l.Weight.Shape[0]),
		Edges: d.Edges, Counts: d.Counts, Single: d.Single(), Mean: d.Mean, Variance: d.Variance,
	}
	if d.Density != nil {
		h.DensityX, h.DensityY = d.Density.X, d.Density.Y
	}
	return h
}

// conclude compares the schemes in a table and a picture, and draws the
// variances against depth, beside the theory's.
func (o *options) conclude(w io.Writer, dir *folder.Hold, outcomes []outcome) error {
	if o.several() {
		printComparisons(w, outcomes)
		if err := o.drawVariances(dir, overviewFile, outcomes); err != nil {
			return err
		}
	}
	if o.depth > 0 {
		return o.drawVariances(dir, depthFile, outcomes)
	}
	return nil
}

// drawVariances draws the variances of all schemes over the layers, called by
// their numbers everywhere.
func (o *options) drawVariances(dir *folder.Hold, file string, outcomes []outcome) error {
	draw, title := figures.Variances, "Variances, "+string(o.Model.Activation)
	if file == depthFile {
		draw, title = figures.Theory, "Variances against depth, "+string(o.Model.Activation)
	}
	var activations, gradients []figures.Series
	for _, r := range outcomes {
		a, g := r.series(file == depthFile)
		activations, gradients = append(activations, a), append(gradients, g)
	}
	png, err := draw(title, "Layer", outcomes[0].labels(), activations, gradients)
	if err != nil {
		return errors.WithMessagef(err, "drawing %s", file)
	}
	return dir.Write(file, png)
}

// labels returns the numbers of the layers, as tables and files have them.
func (r outcome) labels() []string {
	var labels []string
	for _, l := range r.Layers {
		labels = append(labels, strings.TrimPrefix(l.Name, "Layer "))
	}
	return labels
}

// series returns the variances of activations and of gradients: for the weights
// or, beside the theory's, for the outputs.
func (r outcome) series(theory bool) (activations, gradients figures.Series) {
	activations, gradients = figures.Series{Name: r.name()}, figures.Series{Name: r.name()}
	for _, l := range r.Layers {
		activations.Values = append(activations.Values, l.Activation.Variance)
		if !theory {
			gradients.Values = append(gradients.Values, l.Gradient.Variance)
			continue
		}
		gradients.Values = append(gradients.Values, l.OutputGradient)
		if l.Predicted != nil {
			activations.Predicted = append(activations.Predicted, *l.Predicted)
		}
		if l.PredictedGradient != nil {
			gradients.Predicted = append(gradients.Predicted, *l.PredictedGradient)
		}
	}
	return activations, gradients
}

// printComparisons prints the variances of all schemes side by side.
func printComparisons(w io.Writer, outcomes []outcome) {
	printComparison(w, "Variance of the activations", outcomes, func(l initexp.Layer) float64 { return l.Activation.Variance })
	printComparison(w, "Variance of the gradients", outcomes, func(l initexp.Layer) float64 { return l.Gradient.Variance })
}

// printComparison prints a table with a row per layer and a column per scheme.
func printComparison(w io.Writer, title string, outcomes []outcome, value func(initexp.Layer) float64) {
	fmt.Fprintf(w, "%s:\n", title)
	printTable(w, func(table io.Writer) {
		fmt.Fprint(table, "\t")
		for _, r := range outcomes {
			fmt.Fprintf(table, "%s\t", r.Scheme)
		}
		fmt.Fprintln(table)
		for i, l := range outcomes[0].Layers {
			fmt.Fprintf(table, "%s\t", l.Name)
			for _, r := range outcomes {
				fmt.Fprintf(table, "%s\t", number(value(r.Layers[i])))
			}
			fmt.Fprintln(table)
		}
	})
}
