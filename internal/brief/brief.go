// Package brief cuts what comes from outside, names and paths, to what fits a
// message: one line of a sensible length, whatever it is.
package brief

import (
	"io/fs"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// The most bytes that are shown.
const (
	longestName = 48 // of which a message may list a dozen
	longestText = 100
	longestPath = 400
	longestLine = 2000 // of a whole message: flags take texts of megabytes
)

// Quote returns s in quotes, its start alone if it is long.
func Quote(s string) string {
	if head := start(s, longestText); head != s {
		return strconv.Quote(head) + "…"
	}
	return strconv.Quote(s)
}

// Name returns s, its start alone if it is long, and in quotes only if it
// cannot be printed as it is.
func Name(s string) string {
	if head := start(s, longestName); head != s {
		return printable(head) + "…"
	}
	return printable(s)
}

// Path returns s, without its middle if it is long: the end of a path says
// most.
func Path(s string) string {
	if len(s) <= longestPath {
		return printable(s)
	}
	const half = longestPath / 2
	return printable(start(s, half)) + "…" + printable(end(s, half))
}

// Fit returns s in at most so many columns, at least 3, without its middle if it
// is longer, and in quotes if it does not show as it is. It counts characters.
func Fit(s string, columns int) string {
	s = printable(s)
	runes := []rune(s)
	if len(runes) <= columns {
		return s
	}
	half := (columns - 1) / 2
	return string(runes[:columns-1-half]) + "…" + string(runes[len(runes)-half:])
}

// Error returns err with the paths in it cut, if it is one of package os.
func Error(err error) error {
	var about *fs.PathError
	if errors.As(err, &about) && len(about.Path) > longestPath {
		return &fs.PathError{Op: about.Op, Path: Path(about.Path), Err: about.Err}
	}
	var link *os.LinkError
	if errors.As(err, &link) && len(link.Old)+len(link.New) > longestPath {
		return &os.LinkError{Op: link.Op, Old: Path(link.Old), New: Path(link.New), Err: link.Err}
	}
	return err
}

// Cut returns err, or if its message is long or no line, another without the
// middle of it: decoding JSON quotes what it found, of any length.
func Cut(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	if short := Path(text); short != text {
		return errors.New(short)
	}
	return err
}

// Line returns s as a line that can be printed, without its middle if it is
// long.
func Line(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > longestLine {
		const half = longestLine / 2
		s = start(s, half) + "…" + end(s, half)
	}
	if printable(s) == s {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if strconv.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}

// And joins names as a sentence does.
func And(names ...string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// words divides a text where a line may end: not between a number and its
// percent sign.
func words(s string) (words []string) {
	for _, word := range strings.Fields(s) {
		if n := len(words); n > 0 && strings.HasPrefix(word, "%") {
			words[n-1] += " " + word
			continue
		}
		words = append(words, word)
	}
	return words
}

// Wrap divides a text between words into lines of at most so many characters; a
// longer word has a line of its own.
func Wrap(s string, width int) (lines []string) {
	line, length := "", 0
	for _, word := range words(s) {
		n := utf8.RuneCountInString(word)
		if length > 0 && length+1+n > width {
			lines, line, length = append(lines, line), "", 0
		}
		if length > 0 {
			line, length = line+" ", length+1
		}
		line, length = line+word, length+n
	}
	if length > 0 {
		lines = append(lines, line)
	}
	return lines
}

// printable returns s, in quotes if it does not show as it is.
func printable(s string) string {
	for _, r := range s {
		if r == utf8.RuneError || !strconv.IsPrint(r) {
			return strconv.Quote(s)
		}
	}
	return s
}

// start returns at most the first n bytes of s, whole characters.
func start(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// end returns at most the last n bytes of s, which is longer, whole characters.
func end(s string, n int) string {
	i := len(s) - n
	for i < len(s) && !utf8.RuneStart(s[i]) {
		i++
	}
	return s[i:]
}
