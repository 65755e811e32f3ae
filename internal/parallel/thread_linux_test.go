package parallel

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// A thread leaves a CPU, stays if it may run on no other, and may afterwards
// run where it could before.
func TestLeaveCPU(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	affinity := func() (set unix.CPUSet) {
		if err := unix.SchedGetaffinity(0, &set); err != nil {
			t.Skip(err)
		}
		return set
	}
	allowed := affinity()
	left := allowed.Count() == 1
	for i := 0; i < 100 && !left; i++ { // the system may move it back at once
		cpu := currentCPU()
		leaveCPU(cpu)
		left = currentCPU() != cpu
	}
	if !left {
		t.Error("the thread stays on its CPU")
	}
	if affinity() != allowed {
		t.Error("the thread may not run where it could before")
	}

	var one unix.CPUSet
	cpu := currentCPU()
	one.Set(cpu)
	if err := unix.SchedSetaffinity(0, &one); err != nil {
		t.Skip(err)
	}
	defer unix.SchedSetaffinity(0, &allowed)
	leaveCPU(cpu)
	if currentCPU() != cpu || affinity() != one {
		t.Error("the thread left the only CPU it may run on")
	}
}
