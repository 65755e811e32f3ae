package cli

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"one two three", "one two\nthree"},
		{"σ² w₁ w₂ →", "σ² w₁\nw₂ →"},
		{"one extraordinary word", "one\nextraordinary\nword"},
	} {
		if got := Wrap(c.text, 7); got != c.want {
			t.Errorf("Wrap(%q) is %q, want %q", c.text, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOf(rapid.StringMatching(`[a-zµ]{1,9}`)).Draw(t, "words")
		got := Wrap(strings.Join(words, " "), 10)
		if strings.Join(strings.Fields(got), " ") != strings.Join(words, " ") {
			t.Fatalf("the words are %q", got)
		}
		for _, line := range strings.Split(got, "\n") {
			if utf8.RuneCountInString(line) > 10 {
				t.Fatalf("the line %q is too long", line)
			}
		}
	})
}
