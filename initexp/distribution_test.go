package initexp

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"optlab/random"
)

// normals returns n values drawn from N(mean, std²).
func normals(seed uint64, n int, mean, std float64) []float32 {
	x := make([]float32, n)
	random.New(seed).Normal(x, mean, std)
	return x
}

func mustDescribe(t rapid.TB, values []float32, bins int) Distribution {
	t.Helper()
	d, err := describe(values, []int{len(values)}, bins)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestNumPy compares with numpy.var, min, max and histogram(x, 5) of
// x = [-1.5, 0.25, 0.25, 1, 2, 3.5].
func TestNumPy(t *testing.T) {
	d := mustDescribe(t, []float32{0.25, -1.5, 3.5, 1, 2, 0.25}, 5)
	if d.Count != 6 || d.Min != -1.5 || d.Max != 3.5 || math.Abs(d.Mean-0.9166666666666666) > 1e-15 || math.Abs(d.Variance-2.4305555555555554) > 1e-15 {
		t.Errorf("moments are %+v", d)
	}
	if want := []float64{-1.5, -0.5, 0.5, 1.5, 2.5, 3.5}; !slices.Equal(d.Edges, want) {
		t.Errorf("edges are %v, want %v", d.Edges, want)
	}
	if want := []int{1, 2, 1, 1, 1}; !slices.Equal(d.Counts, want) {
		t.Errorf("counts are %v, want %v", d.Counts, want)
	}
}

func TestHistogramProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float32Range(-1e30, 1e30), 1, 200).Draw(t, "values")
		bins := rapid.IntRange(1, 60).Draw(t, "bins")
		d := mustDescribe(t, values, bins)
		if len(d.Counts) != bins || len(d.Edges) != bins+1 || !slices.IsSorted(d.Edges) {
			t.Fatalf("%d counts, edges %v: want %d bins between sorted edges", len(d.Counts), d.Edges, bins)
		}
		for i, got := range d.Counts {
			want := 0
			for _, v := range values {
				x := float64(v)
				last := i == bins-1
				inside := x >= d.Edges[i] && (x < d.Edges[i+1] || last)
				if d.Single() {
					inside = i == bins/2 // numpy's: one unit around the value
				}
				if inside {
					want++
				}
			}
			if got != want {
				t.Fatalf("bin %d of %v holds %d values, want %d", i, d.Edges, got, want)
			}
		}
	})
}

func TestSingleValue(t *testing.T) {
	values := make([]float32, 1000)
	for i := range values {
		values[i] = 3.2e-4
	}
	values[7] = math.Nextafter32(3.2e-4, 1) // rounding in a sum
	d := mustDescribe(t, values, 50)
	if !d.Single() || d.Density != nil {
		t.Errorf("single %v, density %v: want one value without a density", d.Single(), d.Density)
	}
	if d.Counts[25] != 1000 {
		t.Errorf("counts are %v, want all 1000 in the middle", d.Counts)
	}
	if d := mustDescribe(t, []float32{1e-9, 2e-9, 4e-9}, 4); d.Single() || d.Density != nil {
		t.Errorf("tiny but different values: single %v, density %v: want neither", d.Single(), d.Density)
	}
}

func TestDescribeErrors(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for name, f := range map[string]func() (Distribution, error){
		"no values": func() (Distribution, error) { return describe(nil, nil, 5) },
		"no bins":   func() (Distribution, error) { return describe([]float32{1}, nil, 0) },
		"NaN":       func() (Distribution, error) { return describe([]float32{1, nan, 2}, nil, 5) },
		"NaN first": func() (Distribution, error) { return describe([]float32{nan, 1, 2}, nil, 5) },
		"+Inf":      func() (Distribution, error) { return describe([]float32{1, inf}, nil, 5) },
		"-Inf":      func() (Distribution, error) { return describe([]float32{-inf, 1}, nil, 5) },
	} {
		if _, err := f(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// directDensity sums a Gaussian for every value: the definition.
func directDensity(values []float32, x float64) float64 {
	n := float64(len(values))
	mean, squares := 0.0, 0.0
	for _, v := range values {
		mean += float64(v) / n
	}
	for _, v := range values {
		squares += (float64(v) - mean) * (float64(v) - mean)
	}
	h := math.Sqrt(squares/(n-1)) * math.Pow(n, -0.2)
	sum := 0.0
	for _, v := range values {
		z := (x - float64(v)) / h
		sum += math.Exp(-z * z / 2)
	}
	return sum / (n * h * math.Sqrt(2*math.Pi))
}

func TestDensity(t *testing.T) {
	uniform := make([]float32, 5000)
	random.New(3).Uniform(uniform, -1, 2)
	mixture := append(normals(4, 2000, -3, 0.1), normals(5, 500, 4, 1)...)
	spike := append(normals(6, 3000, 0, 1e-3), 5)
	for name, values := range map[string][]float32{
		"normal": normals(1, 4000, 1, 2), "tiny": normals(2, 500, 0, 1e-6), "two": {0, 1},
		"uniform": uniform, "mixture": mixture, "far outlier": spike,
	} {
		d := mustDescribe(t, values, 50)
		if d.Density == nil {
			t.Fatalf("%s: no density", name)
		}
		x, y := d.Density.X, d.Density.Y
		integral, peak := 0.0, slices.Max(y)
		for i := 1; i < len(x); i++ {
			integral += (x[i] - x[i-1]) * (y[i] + y[i-1]) / 2
		}
		if math.Abs(integral-1) > 0.01 {
			t.Errorf("%s: the density integrates to %v", name, integral)
		}
		for i := 0; i < len(x); i += len(x)/97 + 1 {
			if want := directDensity(values, x[i]); math.Abs(y[i]-want) > 0.01*peak {
				t.Errorf("%s: density at %v is %v, by the definition %v (peak %v)", name, x[i], y[i], want, peak)
			}
		}
	}
}

func BenchmarkDescribe(b *testing.B) {
	values := normals(1, 784*512, 0, 1)
	for b.Loop() {
		if _, err := describe(values, []int{512, 784}, 50); err != nil {
			b.Fatal(err)
		}
	}
}
