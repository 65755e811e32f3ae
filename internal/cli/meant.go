package cli

import (
	"flag"
	"strings"
)

// meant returns what to say of the flag that is most like one that there is
// not, which err is about; nothing if none is like it.
func (f *Flags) meant(err error) string {
	name, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !unknown {
		return ""
	}
	best, least := "", 1+len([]rune(name))/3
	f.set.VisitAll(func(fl *flag.Flag) {
		d := distance(name, fl.Name)
		if len(name) > 2 && strings.HasPrefix(fl.Name, name) {
			d = min(d, 1)
		}
		if d <= least && (best == "" || d < least) {
			best, least = fl.Name, d
		}
	})
	if best == "" {
		return ""
	}
	return ": did you mean -" + best + "?"
}

// distance is the number of characters to insert, remove, replace or swap with
// the next to make b of a: Damerau's and Levenshtein's, each character edited
// once.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last, now := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		now[0] = i + 1
		for j := range y {
			replaced := last[j]
			if x[i] != y[j] {
				replaced++
			}
			now[j+1] = min(replaced, last[j+1]+1, now[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				now[j+1] = min(now[j+1], before[j-1]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(y)]
}
