package figures

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"

	"optlab/internal/brief"
)

// powers writes a text with an exponent: what follows the rune raised stands
// higher and smaller. The font lacks some superscript digits, so these
// themselves cannot be used.
type powers struct{ text.Plain }

const (
	raised       = "\uE000" // a private-use character, which no title or class name contains
	exponentSize = 0.7      // of the base's size
	exponentRise = 0.38     // of the base's size
)

// Box returns the extent of a line, as text.Handler wants it.
func (h powers) Box(txt string, fnt font.Font) (width, height, depth vg.Length) {
	base, exponent, _ := strings.Cut(txt, raised)
	width, height, depth = h.Plain.Box(base, fnt)
	fnt.Size *= exponentSize
	extra, _, _ := h.Plain.Box(exponent, fnt)
	return width + extra, height, depth
}

// Draw writes a text, as text.Handler wants it.
func (h powers) Draw(c vg.Canvas, txt string, sty text.Style, pt vg.Point) {
	base, exponent, found := strings.Cut(txt, raised)
	if !found {
		h.Plain.Draw(c, txt, sty, pt)
		return
	}
	pt.X += vg.Length(sty.XAlign) * sty.Width(txt)
	sty.XAlign = text.XLeft
	h.Plain.Draw(c, base, sty, pt)
	pt.X += sty.Width(base)
	pt.Y += exponentRise * sty.Font.Size
	sty.Font.Size *= exponentSize
	h.Plain.Draw(c, exponent, sty, pt)
}

// oneLine returns s on one line, cut with an ellipsis if it is wider than
// width.
func oneLine(s string, sty text.Style, width vg.Length) string {
	s = strings.Join(strings.Fields(s), " ")
	if sty.Width(s) <= width {
		return s
	}
	const most = 500 // runes; no figure is wide enough for more
	runes := []rune(s)
	for n := min(len(runes)-1, most); n > 0; n-- {
		if cut := strings.TrimRight(string(runes[:n]), " ") + "…"; sty.Width(cut) <= width {
			return cut
		}
	}
	return ""
}

// mostRunes is how long a text is that is written in lines: about twelve of a
// title.
const mostRunes = 1000

// lines breaks s into lines that are no wider than width: at spaces, else
// behind a hyphen, comma or slash, else anywhere. A line break in s is one in
// the text as well.
func lines(s string, sty text.Style, width vg.Length) (all []string) {
	if runes := []rune(s); len(runes) > mostRunes {
		s = string(runes[:mostRunes]) + "…"
	}
	for _, line := range strings.Split(s, "\n") {
		rest := []rune(strings.Join(strings.Fields(line), " "))
		for len(rest) > 0 {
			n := fitting(rest, sty, width)
			all = append(all, strings.TrimRight(string(rest[:n]), " "))
			rest = []rune(strings.TrimLeft(string(rest[n:]), " "))
		}
	}
	return all
}

// fitting returns how many runes of a text, at least one, go on a line.
func fitting(line []rune, sty text.Style, width vg.Length) int {
	n := sort.Search(len(line), func(n int) bool { return sty.Width(string(line[:n+1])) > width })
	if n == len(line) {
		return n
	}
	if n < len(line) && line[n] == ' ' {
		return max(n, 1)
	}
	for _, ends := range []string{" ", "-,/"} {
		if i := strings.LastIndexAny(string(line[:n]), ends); i >= 0 {
			return utf8.RuneCountInString(string(line[:n])[:i]) + 1
		}
	}
	return max(n, 1)
}

// joinLines puts the texts that are not empty on lines of their own.
func joinLines(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return s == "" }), "\n")
}

// wrap divides a text between words into lines no wider than that.
func wrap(s string, sty text.Style, width vg.Length) (lines []string) {
	line := ""
	for _, word := range brief.Words(s) {
		if longer := strings.TrimSpace(line + " " + word); line == "" || sty.Width(longer) <= width {
			line = longer
			continue
		}
		lines, line = append(lines, oneLine(line, sty, width)), word
	}
	if line != "" {
		lines = append(lines, oneLine(line, sty, width))
	}
	return lines
}
