package cli

import (
	"testing"
	"time"
)

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"lr", "lr", 0}, {"", "lr", 2}, {"epoch", "epochs", 1}, {"bacth", "batch", 1},
		{"kitten", "sitting", 3}, {"größe", "grösse", 2}, {"ca", "abc", 3},
	} {
		if got, back := distance(c.a, c.b), distance(c.b, c.a); got != c.want || back != c.want {
			t.Errorf("from %q to %q it is %d, and %d back, want %d", c.a, c.b, got, back, c.want)
		}
	}
}

// A task's end is estimated when there is evidence.
func TestRemaining(t *testing.T) {
	for _, c := range []struct {
		elapsed     time.Duration
		done, total int64
		want        string
	}{
		{900 * time.Millisecond, 1, 1000, ""}, {time.Second, 0, 10, ""}, {2 * time.Second, 1, 10, "18s"},
		{2 * time.Minute, 2, 4, "2m0s"}, {time.Hour, 4, 4, ""},
	} {
		if got := remaining(c.elapsed, c.done, c.total); got != c.want {
			t.Errorf("%v for %d of %d: %q, want %q", c.elapsed, c.done, c.total, got, c.want)
		}
	}
}

// Names of programs that the go command built are those of its run.
func TestStarted(t *testing.T) {
	if got := started("train"); got != "go run ./cmd/train" {
		t.Errorf("in a test it is %q", got)
	}
	for path, own := range map[string]bool{
		"/tmp/go-build123/b001/exe/train":       true,
		"/cache/ab/" + hex64 + "-d/train":       true,
		`C:\cache\ab\` + hex64 + `-d\train.exe`: true,
		"./train":                               false,
		"/usr/local/bin/train":                  false,
		"/home/x/" + hex64 + "-data/train":      false,
	} {
		if built.MatchString(path) != own {
			t.Errorf("%s: built by the go command is %v", path, !own)
		}
	}
}

const hex64 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
