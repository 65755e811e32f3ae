// Command epoch times epochs of training: one line for each, its seconds. The
// comparison with PyTorch (compare.py in the folder above) runs it.
//
//	go run ./internal/bench/epoch -network 784-128-10 -optimizer sgd -batch 16 -epochs 3
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	"optlab/internal/bench"
)

func main() {
	network := flag.String("network", "784-128-10", "network")
	optimizer := flag.String("optimizer", "sgd", "optimizer")
	batch := flag.Int("batch", 16, "samples per step")
	epochs := flag.Int("epochs", 1, "epochs to time")
	flag.Parse()
	if err := run(*network, *optimizer, *batch, *epochs); err != nil {
		fmt.Fprintln(os.Stderr, "epoch:", err)
		os.Exit(1)
	}
}

func run(network, optimizer string, batch, epochs int) error {
	workload, err := bench.Find(network, optimizer, batch)
	if err != nil {
		return err
	}
	s, err := bench.NewStepper(workload)
	if err != nil {
		return err
	}
	for range 20 { // to warm up
		if err := s.Step(); err != nil {
			return err
		}
	}
	for range epochs {
		start := time.Now()
		for range s.Steps() {
			if err := s.Step(); err != nil {
				return err
			}
		}
		fmt.Printf("%.6f\n", time.Since(start).Seconds())
	}
	return nil
}
