package random

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"
)

// floats is what PyTorch drew, or, of many, the first and the last.
type floats struct {
	All  []float32 `json:"floats"`
	Head []float32 `json:"floats_head"`
	Tail []float32 `json:"floats_tail"`
}

// ints is the same for integers, with a digest of the whole.
type ints struct {
	All    []int  `json:"ints"`
	Head   []int  `json:"ints_head"`
	Tail   []int  `json:"ints_tail"`
	SHA256 string `json:"sha256"`
}

type draw struct {
	Op        string
	N         int
	A, B      float64
	Low, High int
	floats
	ints
}

// reference is testdata/reference.json, described in make_reference.py beside
// it.
type reference struct {
	Sequences []struct {
		Name  string
		Seed  uint64
		Draws []draw
	}
	Linear []struct {
		Seed       uint64
		Parameters []linearParameter
	}
	Loader []struct {
		Seed   uint64
		N      int
		Passes [][]int
	}
	NumPyPermutation []struct {
		Seed uint32
		N    int
		ints
	} `json:"numpy_permutation"`
}

// linearParameter is the initial weight or bias of an nn.Linear.
type linearParameter struct {
	Inputs, Count int
	Sum           float64
	floats
}

func readReference(t *testing.T) reference {
	t.Helper()
	var r reference
	readJSON(t, "testdata/reference.json", &r)
	if len(r.Sequences) != 20 || len(r.Linear) != 2 || len(r.Loader) != 2 || len(r.NumPyPermutation) != 24 {
		t.Fatalf("testdata/reference.json has %d sequences, %d networks, %d loaders and %d permutations, want 20, 2, 2 and 24",
			len(r.Sequences), len(r.Linear), len(r.Loader), len(r.NumPyPermutation))
	}
	return r
}

func readJSON(t *testing.T, file string, into any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func TestSequences(t *testing.T) {
	for _, sequence := range readReference(t).Sequences {
		t.Run(fmt.Sprint(sequence.Name, "/", sequence.Seed), func(t *testing.T) {
			s := New(sequence.Seed)
			for i, d := range sequence.Draws {
				what := fmt.Sprintf("draw %d, %s of %d", i, d.Op, d.N)
				got := make([]float32, d.N)
				switch d.Op {
				case "uniform":
					s.Uniform(got, d.A, d.B)
					compareFloats(t, what, got, d.floats, 0)
				case "normal":
					s.Normal(got, d.A, d.B)
					compareFloats(t, what, got, d.floats, normalTolerance)
				case "perm":
					compareInts(t, what, s.Perm(d.N), d.ints)
				case "ints":
					got := make([]int, d.N)
					s.Ints(got, d.Low, d.High)
					compareInts(t, what, got, d.ints)
				case "seed":
					compareInts(t, what, []int{int(s.Seed())}, d.ints)
				default:
					t.Fatalf("there is no draw %q", d.Op)
				}
			}
		})
	}
}

// Torch's vectorized logarithm, sine and cosine are good to a few ulps.
const normalTolerance = 1e-6

// compareFloats allows an error of the tolerance or, of large numbers, so many
// parts.
func compareFloats(t *testing.T, what string, got []float32, want floats, tolerance float64) {
	t.Helper()
	compare := func(offset int, want []float32) {
		for i, w := range want {
			g := got[offset+i]
			if !(math.Abs(float64(g)-float64(w)) <= tolerance*max(1, math.Abs(float64(w)))) {
				t.Errorf("%s: element %d is %v, want %v", what, offset+i, g, w)
			}
		}
	}
	if len(want.Head) == 0 {
		if len(got) != len(want.All) || len(got) == 0 {
			t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want.All))
		}
		compare(0, want.All)
		return
	}
	compare(0, want.Head)
	compare(len(got)-len(want.Tail), want.Tail)
}

func compareInts(t *testing.T, what string, got []int, want ints) {
	t.Helper()
	if want.SHA256 == "" {
		if !slices.Equal(got, want.All) {
			t.Errorf("%s: got %v, want %v", what, got, want.All)
		}
		return
	}
	if head := got[:len(want.Head)]; !slices.Equal(head, want.Head) {
		t.Errorf("%s: begins with %v, want %v", what, head, want.Head)
	}
	if tail := got[len(got)-len(want.Tail):]; !slices.Equal(tail, want.Tail) {
		t.Errorf("%s: ends with %v, want %v", what, tail, want.Tail)
	}
	var b []byte
	for _, v := range got {
		b = binary.LittleEndian.AppendUint64(b, uint64(v))
	}
	if digest := sha256.Sum256(b); hex.EncodeToString(digest[:]) != want.SHA256 {
		t.Errorf("%s: digest %x, want %s", what, digest, want.SHA256)
	}
}

// The layers of a network draw their weights and biases, in order, from
// ±1/√inputs.
func TestLinear(t *testing.T) {
	for _, network := range readReference(t).Linear {
		s := New(network.Seed)
		for i, p := range network.Parameters {
			compareLinear(t, fmt.Sprintf("seed %d, parameter %d", network.Seed, i), s, p)
		}
	}
}

func compareLinear(t *testing.T, what string, s *Stream, p linearParameter) {
	t.Helper()
	got, bound := make([]float32, p.Count), 1/math.Sqrt(float64(p.Inputs))
	s.Uniform(got, -bound, bound)
	compareFloats(t, what, got, p.floats, 0)
	sum := 0.0
	for _, x := range got {
		sum += float64(x)
	}
	// One unit in the last place of one weight is more than the rounding of the
	// sum.
	if math.Abs(sum-p.Sum) > 1e-9 {
		t.Errorf("%s: sum %v, want %v", what, sum, p.Sum)
	}
}

// A pass of a DataLoader(shuffle=True) draws a base seed, which only workers
// use, and then the seed of the generator that orders the samples.
func TestLoaderOrder(t *testing.T) {
	for _, loader := range readReference(t).Loader {
		s := New(loader.Seed)
		for pass, want := range loader.Passes {
			s.Seed()
			if got := New(s.Seed()).Perm(loader.N); !slices.Equal(got, want) {
				t.Errorf("seed %d, pass %d:\ngot  %v\nwant %v", loader.Seed, pass, got, want)
			}
		}
	}
}

func TestNumPyPermutation(t *testing.T) {
	for _, p := range readReference(t).NumPyPermutation {
		what := fmt.Sprintf("seed %d, permutation of %d", p.Seed, p.N)
		compareInts(t, what, NumPyPermutation(p.Seed, p.N), p.ints)
	}
}

// The values that the lab is compared by, in testdata/random.json.
func TestLab(t *testing.T) {
	type permutation struct {
		Head, Tail []int
		SHA256     string `json:"sha256_of_int64_le"`
	}
	var lab struct {
		NumPy  permutation  `json:"numpy_permutation"`
		Perm   permutation  `json:"torch_randperm"`
		Draws  [5][]float32 `json:"torch_draws"`
		Linear [4]struct {
			Shape      []int
			Head, Tail []float32
			Sum        float64
		} `json:"torch_linear"`
	}
	readJSON(t, "testdata/random.json", &lab)

	numpy := ints{Head: lab.NumPy.Head, Tail: lab.NumPy.Tail, SHA256: lab.NumPy.SHA256}
	compareInts(t, "NumPy's permutation", NumPyPermutation(42, 60000), numpy)
	perm := ints{Head: lab.Perm.Head, Tail: lab.Perm.Tail, SHA256: lab.Perm.SHA256}
	compareInts(t, "permutation", New(42).Perm(60000), perm)

	s := New(42)
	for i, p := range lab.Linear {
		inputs, count := []int{784, 784, 128, 128}[i], 1
		for _, n := range p.Shape {
			count *= n
		}
		want := linearParameter{inputs, count, p.Sum, floats{Head: p.Head, Tail: p.Tail}}
		compareLinear(t, fmt.Sprint("parameter ", i), s, want)
	}

	s = New(42)
	uniforms, few, many, integers := make([]float32, 5), make([]float32, 5), make([]float32, 20), make([]int, 5)
	s.Uniform(uniforms, 0, 1)
	s.Normal(few, 0, 1)
	s.Normal(many, 0, 1)
	order := s.Perm(10)
	s.Ints(integers, 0, 1000)
	compareFloats(t, "rand(5)", uniforms, floats{All: lab.Draws[0]}, 0)
	compareFloats(t, "randn(5)", few, floats{All: lab.Draws[1]}, normalTolerance)
	compareFloats(t, "randn(20)", many, floats{All: lab.Draws[2]}, normalTolerance)
	compareInts(t, "randperm(10)", order, ints{All: toInts(lab.Draws[3])})
	compareInts(t, "randint(0, 1000, (5,))", integers, ints{All: toInts(lab.Draws[4])})
}

func toInts(x []float32) []int {
	out := make([]int, len(x))
	for i, v := range x {
		out[i] = int(v)
	}
	return out
}
