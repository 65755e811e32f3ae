//go:build !linux

package parallel

import "time"

// currentCPU returns -1: unknown.
func currentCPU() int { return -1 }

func leaveCPU(int) {}

// nap sleeps for a short time.
func nap() { time.Sleep(50 * time.Microsecond) }
