// Package parallel has a loop done by several threads, for kernels that take
// microseconds: the products of package blas and the loops of package vec.
//
// To hand work to a goroutine that waits on a channel takes the giver 15 to 20
// µs, and a step of training has dozens of loops. So the helpers here spin:
// handing over to one takes under 1 µs. They are started by work that is worth
// it, stay for a millisecond after the last of it, and end.
//
// Start reading at [Threads.For] in threads.go, then share and help in team.go.
package parallel
