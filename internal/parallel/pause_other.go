//go:build !amd64 || purego

package parallel

// pause would tell the CPU that the caller spins.
func pause() {}
