// Package bench measures optlab as a whole: the benchmarks of one training step
// of the lab's networks, on real batches.
//
//	go test -run '^$' -bench Step -count 10 ./internal/bench
//
// Benchmarks of single kernels lie beside the kernels.
package bench
