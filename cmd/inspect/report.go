package main

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"optlab/internal/brief"
	"optlab/models/inspect"
)

// The columns of a line, and of its parts.
const (
	lineWidth    = 80
	mostName     = 27 // a longer name has a line of its own
	mostShape    = 14
	meanWidth    = 10 // -1.234e-05
	stdWidth     = 9
	valueWidth   = 9 // -1.23e-05
	mostValues   = 4
	columnsApart = "  "
)

// head prints what was read, in a line or two.
func (f *opened) head(w io.Writer, label string) {
	path := filepath.ToSlash(f.path)
	fmt.Fprintf(w, "%s%s\n", label, brief.Fit(path, lineWidth-len(label)))
	total := 0
	for _, t := range f.Tensors {
		total += t.DataSize()
	}
	fmt.Fprintf(w, "%s of float32, %s\n", plural(len(f.Tensors), "tensor"), plural(total, "value"))
}

// plural writes a number of things.
func plural(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}

// shapeText writes a shape as 128×784.
func shapeText(shape []int) string {
	if len(shape) == 0 {
		return "scalar"
	}
	parts := make([]string, len(shape))
	for i, n := range shape {
		parts[i] = strconv.Itoa(n)
	}
	return strings.Join(parts, "×")
}

// number writes a number in so many significant digits.
func number(x float64, digits int) string { return strconv.FormatFloat(x, 'g', digits, 64) }

// rows prints the first two columns of a table, which have the widths that its
// names and shapes take.
type rows struct {
	w           io.Writer
	name, shape int
}

func newRows(w io.Writer, names, shapes []string) rows {
	r := rows{w, len("tensor"), len("shape")}
	for i, name := range names {
		if n := width(name); n <= mostName {
			r.name = max(r.name, n)
		}
		r.shape = max(r.shape, min(width(shapes[i]), mostShape))
	}
	return r
}

func width(s string) int { return len([]rune(brief.Fit(s, math.MaxInt))) }

// print prints a row. A name that is longer than its column is a line before
// it.
func (r rows) print(name, shape, rest string) {
	name = brief.Fit(name, lineWidth)
	if len([]rune(name)) > r.name {
		fmt.Fprintln(r.w, name)
		name = ""
	}
	line := fmt.Sprintf("%-*s%s%-*s%s%s", r.name, name, columnsApart, r.shape, brief.Fit(shape, r.shape), columnsApart, rest)
	fmt.Fprintln(r.w, strings.TrimRight(line, " "))
}

// printSummaries prints a row for every tensor.
func printSummaries(w io.Writer, list []inspect.Summary) {
	var names, shapes []string
	for _, s := range list {
		names, shapes = append(names, s.Name), append(shapes, shapeText(s.Shape))
	}
	r := newRows(w, names, shapes)
	left := lineWidth - r.name - r.shape - meanWidth - stdWidth - 3*len(columnsApart)
	n := max(1, min(mostValues, left/(valueWidth+len(columnsApart))))
	r.print("tensor", "shape", fmt.Sprintf("%*s%s%*s%s%s", meanWidth, "mean", columnsApart, stdWidth, "std", columnsApart, "first values"))
	for i, s := range list {
		rest := fmt.Sprintf("%*s%s%*s", meanWidth, number(s.Mean, 4), columnsApart, stdWidth, number(s.Std, 4))
		for _, x := range s.Values[:min(n, len(s.Values))] {
			rest += fmt.Sprintf("%s%-*s", columnsApart, valueWidth, number(float64(x), 3))
		}
		r.print(s.Name, shapes[i], rest)
		if s.NaN+s.Inf > 0 {
			fmt.Fprintf(w, "%s%d NaN, %d infinite of %s: mean and std are the others'\n", columnsApart, s.NaN, s.Inf, plural(len(s.Values), "value"))
		}
	}
}

// printComparison prints a row for every tensor of two files, A and B.
func printComparison(w io.Writer, list inspect.Comparison) {
	var names, shapes []string
	for _, p := range list {
		shape := p.A
		if shape == nil {
			shape = p.B
		}
		names, shapes = append(names, p.Name), append(shapes, shapeText(shape))
	}
	r := newRows(w, names, shapes)
	r.print("tensor", "shape", "A and B")
	for i, p := range list {
		r.print(p.Name, shapes[i], difference(p, lineWidth-r.name-r.shape-2*len(columnsApart)))
	}
}

// difference says how a tensor of two files differs, in so many columns.
func difference(p inspect.Pair, columns int) string {
	switch {
	case p.A == nil:
		return "in B only"
	case p.B == nil:
		return "in A only"
	case !p.Comparable():
		return brief.Fit(shapeText(p.B)+" in B", columns)
	case p.Identical:
		return "identical, bit for bit"
	}
	index := make([]string, len(p.Index))
	for i, k := range p.Index {
		index[i] = strconv.Itoa(k)
	}
	text := fmt.Sprintf("%s at [%s]", number(p.Difference, 2), strings.Join(index, ","))
	values := fmt.Sprintf(": %s, %s", number(float64(p.X), 3), number(float64(p.Y), 3))
	if width(text+values) <= columns {
		text += values
	}
	return brief.Fit(text, columns)
}
