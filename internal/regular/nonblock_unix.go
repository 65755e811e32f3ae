//go:build unix

package regular

import "syscall"

// nonblocking makes opening a FIFO not wait for its writer.
const nonblocking = syscall.O_NONBLOCK
