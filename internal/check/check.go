// Package check holds the assertions that tests of several packages share.
package check

import (
	"runtime"
	"strings"
	"testing"
)

// NoError stops the test if err is not nil.
func NoError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Error stops the test if err is nil, and fails it unless err is one line that
// says all of the parts.
func Error(t testing.TB, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	text := err.Error()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("error %q lacks %q", text, part)
		}
	}
	if strings.ContainsAny(text, "\n\r\x00") || len(text) > 1000 {
		t.Errorf("error %q is not one line of a sensible length", text)
	}
}

// Allocated returns how many bytes of memory f takes in all.
func Allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
