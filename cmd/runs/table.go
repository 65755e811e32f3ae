package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"optlab/internal/brief"
)

// The columns of a line, and of its parts.
const (
	lineWidth = 80
	leastPath = 12
	usualPath = 28 // a longer one gives way to other columns
	mostText  = 24
	apart     = "  "
)

// cell returns what the table shows of a run in a column, at its full length.
func (c column) cell(e *entry) string {
	text, _ := c.value(e)
	if text == "" {
		return "-"
	}
	return brief.Fit(text, max(len(text)+2, leastPath)) // quotes are two more
}

// width returns how wide a column has to be.
func (c column) width(entries []entry) int {
	widest := len(c.name)
	for i := range entries {
		widest = max(widest, len([]rune(c.cell(&entries[i]))))
	}
	return widest
}

// shown returns the columns of the table and their widths, and the names of
// those for which there is no room.
func (o *options) shown(entries []entry) (list []column, widths []int, left []string) {
	width := make(map[string]int)
	for i, c := range columns {
		width[c.name] = c.width(entries)
		if i > 0 {
			width[c.name] = min(width[c.name], mostText)
		}
	}
	path := columns[0].name
	room := lineWidth - min(width[path], usualPath)
	asked := o.columns
	if asked == nil {
		asked = []string{path}
		for _, c := range slices.SortedFunc(slices.Values(columns[1:]), func(a, b column) int { return a.wanted - b.wanted }) {
			if need := len(apart) + width[c.name]; need <= room {
				asked = append(asked, c.name)
				room -= need
			} else {
				left = append(left, c.name)
			}
		}
		slices.SortFunc(asked, func(a, b string) int { return slices.Index(columnNames(), a) - slices.Index(columnNames(), b) })
	}
	others := -len(apart)
	for _, name := range asked {
		list = append(list, columns[slices.Index(columnNames(), name)])
		if others += len(apart); name != path {
			others += width[name]
		}
	}
	width[path] = min(width[path], max(leastPath, lineWidth-others))
	for _, c := range list {
		widths = append(widths, width[c.name])
	}
	return list, widths, left
}

// printTable prints a row for every run.
func (o *options) printTable(w io.Writer, entries []entry) {
	list, widths, left := o.shown(entries)
	line := func(text func(c column) string) {
		var b strings.Builder
		for i, c := range list {
			cell := brief.Fit(text(c), widths[i])
			pad := strings.Repeat(" ", max(0, widths[i]-len([]rune(cell))))
			if i > 0 {
				b.WriteString(apart)
			}
			if c.right {
				b.WriteString(pad + cell)
			} else {
				b.WriteString(cell + pad)
			}
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
	line(func(c column) string { return c.name })
	for i := range entries {
		line(func(c column) string { return c.cell(&entries[i]) })
	}
	if len(left) > 0 {
		fmt.Fprintf(w, "\nNot shown: %s (-columns, -json)\n", strings.Join(left, ", "))
	}
}

// printOthers counts the folders of other commands.
func printOthers(w io.Writer, others map[string]int) {
	var list []string
	for _, command := range slices.Sorted(maps.Keys(others)) {
		list = append(list, fmt.Sprintf("%s %d", brief.Name(command), others[command]))
	}
	if len(list) > 0 {
		fmt.Fprintln(w, brief.Fit("Folders of other commands: "+strings.Join(list, ", "), lineWidth))
	}
}
