//go:build !linux

package check

import (
	"os"
	"runtime"
	"testing"
)

// Unprivileged has the permissions of files bind the rest of the test, on its
// goroutine, as they bind everyone but root. Where they cannot be made to, the
// test is skipped.
func Unprivileged(t testing.TB) {
	t.Helper()
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("permissions do not bind here")
	}
}
