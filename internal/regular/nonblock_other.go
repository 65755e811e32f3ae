//go:build !unix

package regular

// nonblocking is nothing where paths have no FIFOs.
const nonblocking = 0
