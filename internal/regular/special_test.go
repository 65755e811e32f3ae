//go:build unix

package regular_test

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"optlab/internal/check"
	"optlab/internal/regular"
)

// Nothing writes to the FIFO: opening it as usual would not return.
func TestSpecialFiles(t *testing.T) {
	// A socket's path must be short.
	dir, err := os.MkdirTemp("", "r")
	check.NoError(t, err)
	defer os.RemoveAll(dir)
	fifo, socket := filepath.Join(dir, "fifo"), filepath.Join(dir, "socket")
	check.NoError(t, syscall.Mkfifo(fifo, 0o644))
	listener, err := net.Listen("unix", socket)
	check.NoError(t, err)
	defer listener.Close()
	for path, kind := range map[string]string{fifo: "a named pipe", socket: "a socket", os.DevNull: "a device", "/dev/zero": "a device"} {
		_, _, err := regular.Open(path)
		check.Error(t, err, path, kind, "not a regular file")
		_, err = regular.Read(path, 1<<20)
		check.Error(t, err, path, kind)
	}
}

func TestUnreadable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	check.NoError(t, os.WriteFile(path, nil, 0o000))
	check.Unprivileged(t)
	_, _, err := regular.Open(path)
	check.Error(t, err, path, "permission denied")
}
