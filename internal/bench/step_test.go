package bench_test

import (
	"fmt"
	"math"
	"sync"
	"testing"

	"optlab/internal/bench"
)

var workloads = []struct {
	network, optimizer string
	batch              int
}{
	{"784-128-10", "sgd", 16},
	{"784-128-10", "momentum", 16},
	{"784-128-10", "adam", 16},
	{"784-160-80-40-20-10", "sgd", 16},
	{"base-tanh", "sgd", 256},
	{"base-tanh", "momentum", 256},
	{"base-tanh", "adam", 256},
	{"base-relu", "sgd", 1024},
}

// BenchmarkStep measures one step of training: gathering a batch, the network
// forwards and backwards, the optimizer's update.
func BenchmarkStep(b *testing.B) {
	for _, w := range workloads {
		b.Run(fmt.Sprintf("%s/batch=%d/%s", w.network, w.batch, w.optimizer), func(b *testing.B) {
			workload, err := bench.Find(w.network, w.optimizer, w.batch)
			if err != nil {
				b.Fatal(err)
			}
			s, err := bench.NewStepper(workload)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := s.Step(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What is measured is training: the loss of every workload falls.
func TestStepsTrain(t *testing.T) {
	for _, w := range workloads {
		workload, err := bench.Find(w.network, w.optimizer, min(w.batch, 256))
		if err != nil {
			t.Fatal(err)
		}
		s, err := bench.NewStepper(workload)
		if err != nil {
			t.Fatal(err)
		}
		var losses []float64
		steps := 60
		if w.batch == 16 {
			steps = 1500 // the deep network needs as many to leave its plateau
		}
		for range steps {
			if err := s.Step(); err != nil {
				t.Fatal(err)
			}
			losses = append(losses, float64(s.Loss()))
		}
		first, last := losses[0], mean(losses[steps-20:])
		if !(last < 0.8*first) || math.Abs(first-math.Log(10)) > 0.2 {
			t.Errorf("%s, %s: the loss goes from %.3f to %.3f", w.network, w.optimizer, first, last)
		}
		if s.Steps() < 100 {
			t.Errorf("%s: %d steps in an epoch", w.network, s.Steps())
		}
	}
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v / float64(len(values))
	}
	return sum
}

func TestUnknown(t *testing.T) {
	if _, err := bench.Find("lenet", "sgd", 16); err == nil {
		t.Error("an unknown network was found")
	}
	if _, err := bench.Find("784-128-10", "nonesuch", 16); err == nil {
		t.Error("an unknown optimizer was found")
	}
}

// BenchmarkSideBySide measures two experiments on one thread each, one after
// the other and at the same time: steps per second of both together.
func BenchmarkSideBySide(b *testing.B) {
	config, err := bench.Find("784-128-10", "sgd", 16)
	if err != nil {
		b.Fatal(err)
	}
	config.Threads = 1
	var steppers [2]*bench.Stepper
	for i := range steppers {
		if steppers[i], err = bench.NewStepper(config); err != nil {
			b.Fatal(err)
		}
	}
	steps := func(b *testing.B, s *bench.Stepper) {
		for range b.N {
			if err := s.Step(); err != nil {
				b.Error(err)
				return
			}
		}
	}
	b.Run("one after the other", func(b *testing.B) {
		steps(b, steppers[0])
		steps(b, steppers[1])
		b.ReportMetric(2*float64(b.N)/b.Elapsed().Seconds(), "steps/s")
	})
	b.Run("side by side", func(b *testing.B) {
		var wg sync.WaitGroup
		for _, s := range steppers {
			wg.Go(func() { steps(b, s) })
		}
		wg.Wait()
		b.ReportMetric(2*float64(b.N)/b.Elapsed().Seconds(), "steps/s")
	})
}
