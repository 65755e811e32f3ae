// Command stopwatch times steps of training: for each number of steps that it
// reads from the standard input it makes as many and prints the seconds they
// took. The comparison with PyTorch (compare.py in the folder above) runs it.
//
//	echo 195 | go run ./internal/bench/stopwatch -network base-tanh -optimizer adam -batch 256
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/pkg/errors"

	"optlab/internal/bench"
)

func main() {
	network := flag.String("network", "784-128-10", "network")
	optimizer := flag.String("optimizer", "sgd", "optimizer")
	batch := flag.Int("batch", 16, "samples per step")
	flag.Parse()
	if err := run(*network, *optimizer, *batch, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "stopwatch:", err)
		os.Exit(1)
	}
}

// run answers every number of in with a line on out.
func run(network, optimizer string, batch int, in io.Reader, out io.Writer) error {
	workload, err := bench.Find(network, optimizer, batch)
	if err != nil {
		return err
	}
	s, err := bench.NewStepper(workload)
	if err != nil {
		return err
	}
	for {
		var steps int
		if _, err := fmt.Fscan(in, &steps); err == io.EOF {
			return nil
		} else if err != nil {
			return errors.Wrap(err, "standard input: want numbers of steps")
		}
		start := time.Now()
		for range steps {
			if err := s.Step(); err != nil {
				return err
			}
		}
		fmt.Fprintf(out, "%.6f\n", time.Since(start).Seconds())
	}
}
