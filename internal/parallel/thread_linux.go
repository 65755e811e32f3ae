package parallel

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// currentCPU returns the CPU that the calling thread is on, or -1 if unknown.
func currentCPU() int {
	var cpu uint32
	if _, _, err := unix.RawSyscall(unix.SYS_GETCPU, uintptr(unsafe.Pointer(&cpu)), 0, 0); err != 0 {
		return -1
	}
	return int(cpu)
}

// leaveCPU moves the calling thread away from a CPU, if it may run on another.
// Where it runs later is up to the system again.
func leaveCPU(cpu int) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var allowed unix.CPUSet
	if unix.SchedGetaffinity(0, &allowed) != nil {
		return
	}
	others := allowed
	others.Clear(cpu)
	// If there is no other, this fails; and else the thread is gone.
	if unix.SchedSetaffinity(0, &others) == nil {
		_ = unix.SchedSetaffinity(0, &allowed)
	}
}

// nap sleeps for some 100 µs. The shortest time.Sleep of a program that has
// nothing else to do takes a millisecond.
func nap() {
	_ = unix.Nanosleep(&unix.Timespec{Nsec: 50_000}, nil) // a signal may end it early
}
