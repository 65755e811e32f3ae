package check

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// Unprivileged has the permissions of files bind the rest of the test, on its
// goroutine, as they bind everyone but root. Where they cannot be made to, the
// test is skipped.
func Unprivileged(t testing.TB) {
	t.Helper()
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var before [2]unix.CapUserData
	runtime.LockOSThread() // capabilities are a thread's
	if err := unix.Capget(&header, &before[0]); err != nil {
		t.Skip("capabilities: ", err)
	}
	now := before
	now[0].Effective &^= 1<<unix.CAP_DAC_OVERRIDE | 1<<unix.CAP_DAC_READ_SEARCH
	if err := unix.Capset(&header, &now[0]); err != nil {
		t.Skip("capabilities: ", err)
	}
	t.Cleanup(func() {
		NoError(t, unix.Capset(&header, &before[0]))
		runtime.UnlockOSThread()
	})
}
