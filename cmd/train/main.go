package main

import (
	"os"
	"runtime/debug"

	"optlab/internal/cli"
)

func main() {
	// The images stay for good and a step allocates next to nothing, so the
	// garbage collector has little to do; by default it would let half of the
	// memory be garbage.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
	cli.Main(run)
}
