package main

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
)

// Every number of steps is answered with a line of seconds.
func TestRun(t *testing.T) {
	var out bytes.Buffer
	if err := run("784-128-10", "sgd", 16, strings.NewReader("3\n\n200 0\n"), &out); err != nil {
		t.Fatal(err)
	}
	var seconds []float64
	for _, line := range strings.Fields(out.String()) {
		s, err := strconv.ParseFloat(line, 64)
		if err != nil || s < 0 {
			t.Fatalf("a line is %q", line)
		}
		seconds = append(seconds, s)
	}
	if len(seconds) != 3 || seconds[1] == 0 {
		t.Errorf("3, 200 and 0 steps take %v seconds", seconds)
	}
}

func TestErrors(t *testing.T) {
	for name, f := range map[string]func() error{
		"unknown network":   func() error { return run("lenet", "sgd", 16, strings.NewReader(""), nil) },
		"unknown optimizer": func() error { return run("784-128-10", "nonesuch", 16, strings.NewReader(""), nil) },
		"numbers of steps":  func() error { return run("784-128-10", "sgd", 16, strings.NewReader("many"), nil) },
	} {
		if err := f(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("the error is %v, want one with %q", err, name)
		}
	}
}
