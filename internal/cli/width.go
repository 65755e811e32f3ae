package cli

import (
	"fmt"
	"io"

	"golang.org/x/term"

	"optlab/internal/brief"
)

// The widths of texts, in columns.
const (
	narrowest = 60
	usual     = 80
)

// Width returns how many columns a text on w may have: those of a terminal, at
// least 60 and at most 80, and 80 on what is none.
func Width(w io.Writer) int {
	f, ok := w.(interface{ Fd() uintptr })
	if !ok {
		return usual
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 {
		return usual
	}
	return min(max(width, narrowest), usual)
}

// PrintWrapped prints a text in lines that fit.
func PrintWrapped(w io.Writer, text string) {
	for _, line := range brief.Wrap(text, Width(w)) {
		fmt.Fprintln(w, line)
	}
}
