// Package bench measures optlab as a whole: training steps of the lab's
// networks on real batches, by itself and beside PyTorch.
//
//	go test -run '^$' -bench Step -count 10 ./internal/bench
//	python3 internal/bench/compare.py
//
// The second needs a Python with torch; it has optlab (the program stopwatch)
// and PyTorch make epochs in turn and prints the table that the README shows.
// Benchmarks of single kernels lie beside the kernels.
package bench
