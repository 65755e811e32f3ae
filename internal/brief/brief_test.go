package brief_test

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pkg/errors"
	"pgregory.net/rapid"

	"optlab/internal/brief"
	"optlab/internal/check"
)

func TestShortOnesStay(t *testing.T) {
	for _, s := range []string{"net.0.weight", "größe", "/tmp/a b/c", ""} {
		if got := brief.Name(s); got != s {
			t.Errorf("the name %q is shown as %q", s, got)
		}
		if got := brief.Path(s); got != s {
			t.Errorf("the path %q is shown as %q", s, got)
		}
		if got := brief.Line(s); got != s {
			t.Errorf("the line %q is shown as %q", s, got)
		}
		if got := brief.Quote(s); got != `"`+s+`"` {
			t.Errorf("the text %q is quoted as %s", s, got)
		}
	}
	if got := brief.Path("a\nb"); got != `"a\nb"` {
		t.Errorf("a path of two lines is shown as %s", got)
	}
	if got := brief.Line("a\nb \x1b[31m\u202e\xff"); got != `a b \x1b[31m\u202e�` {
		t.Errorf("two lines with an escape sequence are shown as %s", got)
	}
}

func TestLongOnesAreCut(t *testing.T) {
	long := "first" + strings.Repeat("x", 5<<20) + "last"
	if got := brief.Quote(long); len(got) > 110 || !strings.HasPrefix(got, `"firstxx`) || !strings.HasSuffix(got, `x"…`) {
		t.Errorf("quoted: %.200s", got)
	}
	if got := brief.Name(long); len(got) > 60 || !strings.HasPrefix(got, "firstxx") || !strings.HasSuffix(got, "x…") {
		t.Errorf("name: %.200s", got)
	}
	if got := brief.Path(long); len(got) > 410 || !strings.HasPrefix(got, "firstxx") || !strings.HasSuffix(got, "xlast") {
		t.Errorf("path: %.500s", got)
	}
	if got := brief.Line(long); len(got) > 2010 || !strings.HasPrefix(got, "firstxx") || !strings.HasSuffix(got, "xlast") {
		t.Errorf("line: %.2500s", got)
	}
}

// Whatever the text, what is shown of it is one line of bounded length and
// valid UTF-8.
func TestAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOfN(rapid.Byte(), 0, 1200).Draw(t, "bytes"))
		if rapid.Bool().Draw(t, "text") {
			s = rapid.StringN(0, 500, 1200).Draw(t, "text")
		}
		for _, got := range []string{brief.Quote(s), brief.Name(s), brief.Path(s), brief.Line(s)} {
			if !utf8.ValidString(got) || strings.ContainsAny(got, "\n\r\x00") || len(got) > 4*400+10 {
				t.Fatalf("%q is shown as %q", s, got)
			}
		}
	})
}

// Lines have whole words and no more than they may, but for a single one.
func TestWrap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, width := rapid.String().Draw(t, "text"), rapid.IntRange(1, 20).Draw(t, "width")
		lines := brief.Wrap(s, width)
		if got, want := strings.Join(lines, " "), strings.Join(strings.Fields(s), " "); got != want {
			t.Fatalf("%q becomes %q", want, got)
		}
		for i, line := range lines {
			if utf8.RuneCountInString(line) > width && strings.Contains(strings.ReplaceAll(line, " %", "%"), " ") {
				t.Errorf("%q is longer than %d", line, width)
			}
			if i > 0 && utf8.RuneCountInString(lines[i-1]+" "+first.FindString(line)) <= width {
				t.Errorf("%q has room for the start of %q", lines[i-1], line)
			}
		}
	})
}

// first is the first word of a line, with a percent sign that it goes with.
var first = regexp.MustCompile(`^\S*( %\S*)*`)

func TestWords(t *testing.T) {
	if got := brief.Wrap("up to 96.39 %, or 7\n% of it", 8); !slices.Equal(got, []string{"up to", "96.39 %,", "or 7 %", "of it"}) {
		t.Errorf("lines %q", got)
	}
}

func TestError(t *testing.T) {
	_, err := os.Open(strings.Repeat("x", 1<<20))
	cut := brief.Error(errors.Wrap(err, "opening"))
	check.Error(t, cut, "open xxx")
	var about *fs.PathError
	if !errors.As(cut, &about) || !errors.As(err, &about) {
		t.Errorf("%T is no longer about a path", cut)
	}
	long := strings.Repeat("x", 1<<20)
	if cut := brief.Error(os.Rename(long, long)); len(cut.Error()) > 1000 {
		t.Errorf("an error of %d bytes", len(cut.Error()))
	}
	_, err = os.Open("no such file of mine")
	if brief.Error(err) != err || !errors.Is(brief.Error(err), fs.ErrNotExist) || brief.Error(nil) != nil {
		t.Errorf("a short error is changed to %v", brief.Error(err))
	}
}

func TestCut(t *testing.T) {
	long := errors.New("no field " + strings.Repeat("x", 5<<20) + " in it")
	check.Error(t, brief.Cut(long), "no field xxx", "x…x", "xx in it")
	check.Error(t, brief.Cut(errors.New("two\nlines")), `two\nlines`)
	if brief.Cut(nil) != nil || brief.Cut(fs.ErrExist) != fs.ErrExist {
		t.Error("a short error is changed")
	}
}

// Text of any length fits a column of a table.
func TestFit(t *testing.T) {
	for _, c := range []struct {
		text    string
		columns int
		want    string
	}{
		{"", 3, ""}, {"abcdef", 6, "abcdef"}, {"abcdefg", 6, "abc…fg"}, {"abcdefg", 3, "a…g"}, {"äöüßäöü", 5, "äö…öü"},
		{"a\nb", 80, `"a\nb"`}, {strings.Repeat("x", 1000), 5, "xx…xx"},
	} {
		if got := brief.Fit(c.text, c.columns); got != c.want {
			t.Errorf("%.20q in %d columns is %q, want %q", c.text, c.columns, got, c.want)
		}
	}
}
