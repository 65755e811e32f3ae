//go:build !purego

package parallel

// pause tells the CPU that the caller spins.
func pause()
