package random

import (
	"bytes"
	"encoding"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var (
	_ encoding.BinaryMarshaler   = (*Stream)(nil)
	_ encoding.BinaryUnmarshaler = (*Stream)(nil)
)

// words returns the next n words of s.
func words(s *Stream, n int) []uint32 {
	w := make([]uint32, n)
	for i := range w {
		w[i] = s.Uint32()
	}
	return w
}

func marshal(t interface{ Fatal(...any) }, s *Stream) []byte {
	b, err := s.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// As for torch.manual_seed, only the lower 32 bits of a seed count.
func TestSeedBits(t *testing.T) {
	want := words(New(5), 700)
	if got := words(New(1<<32+5), 700); !slices.Equal(got, want) {
		t.Errorf("seed 2³²+5 begins with %v, seed 5 with %v", got[:3], want[:3])
	}
	if got := words(New(6), 700); slices.Equal(got, want) {
		t.Error("seeds 5 and 6 draw the same")
	}
}

func TestWordsOfUint64(t *testing.T) {
	w, s := words(New(3), 4), New(3)
	if got, want := s.Uint64(), uint64(w[0])<<32|uint64(w[1]); got != want {
		t.Errorf("Uint64 is %#x, want %#x", got, want)
	}
	if got, want := s.Seed(), (uint64(w[2])<<32|uint64(w[3]))&math.MaxInt64; got != want {
		t.Errorf("Seed is %#x, want %#x", got, want)
	}
}

// step makes one of the draws that change a stream's state in different ways.
func step(s *Stream, op int) string {
	switch op {
	case 0:
		return fmt.Sprint(s.Uint32())
	case 1:
		return fmt.Sprint(s.Perm(7))
	case 2:
		x := make([]float32, 20)
		s.Normal(x, 0, 1)
		return fmt.Sprint(x)
	case 3:
		x := make([]int, 3)
		s.Ints(x, 0, 1<<40)
		return fmt.Sprint(x)
	default: // an odd number leaves a spare, or takes the one that was left
		x := make([]float32, 3)
		s.Normal(x, 0, 1)
		return fmt.Sprint(x)
	}
}

// From wherever it is saved, also with a spare normal pending, a stream goes
// on.
func TestStateContinues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := New(rapid.Uint64().Draw(t, "seed"))
		for range rapid.IntRange(0, 700).Draw(t, "words") {
			s.Uint32()
		}
		ops := rapid.SliceOfN(rapid.IntRange(0, 4), 0, 10)
		for _, op := range ops.Draw(t, "before") {
			step(s, op)
		}
		restored := New(1)
		step(restored, 4) // a spare of its own, to be forgotten
		if err := restored.UnmarshalBinary(marshal(t, s)); err != nil {
			t.Fatal(err)
		}
		for _, op := range append(ops.Draw(t, "after"), 4, 4, 2) {
			if got, want := step(restored, op), step(s, op); got != want {
				t.Fatalf("draw %d:\ngot  %s\nwant %s", op, got, want)
			}
		}
	})
}

func TestPendingSpareIsSaved(t *testing.T) {
	s, x := New(42), make([]float32, 1)
	s.Normal(x, 0, 1)
	withSpare := marshal(t, s)
	s.Normal(x, 0, 1) // the spare: takes no words
	restored := New(0)
	if err := restored.UnmarshalBinary(withSpare); err != nil {
		t.Fatal(err)
	}
	y := make([]float32, 1)
	restored.Normal(y, 0, 1)
	if y[0] != x[0] || restored.Uint32() != s.Uint32() {
		t.Errorf("the spare is %v, want %v", y[0], x[0])
	}
}

// hostile are states that no stream has, with part of the error.
func hostile(t *testing.T) map[string][]byte {
	good := marshal(t, New(1))
	change := func(f func(b []byte)) []byte {
		b := slices.Clone(good)
		f(b)
		return b
	}
	return map[string][]byte{
		"a state has 2509 bytes, got 0":    nil,
		"a state has 2509 bytes, got 2508": good[:len(good)-1],
		"a state has 2509 bytes, got 2510": append(slices.Clone(good), 0),
		"index 625 of the state":           change(func(b []byte) { binary.BigEndian.PutUint32(b[624*4:], 625) }),
		"index 4294967295 of the state":    change(func(b []byte) { binary.BigEndian.PutUint32(b[624*4:], math.MaxUint32) }),
		"flag 2 of the state":              change(func(b []byte) { b[len(b)-1] = 2 }),
	}
}

func TestHostileStates(t *testing.T) {
	for message, data := range hostile(t) {
		s := New(9)
		step(s, 4)
		before := marshal(t, s)
		if err := s.UnmarshalBinary(data); err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("got the error %v, want one with %q", err, message)
		}
		if !bytes.Equal(marshal(t, s), before) {
			t.Errorf("%s: the stream has changed", message)
		}
	}
}

// A state is taken whole, so that it is given back byte for byte and the stream
// can draw, or refused without a trace.
func FuzzUnmarshalBinary(f *testing.F) {
	s := New(42)
	f.Add(marshal(f, s))
	step(s, 4)
	f.Add(marshal(f, s))
	f.Add([]byte{})
	f.Add(bytes.Repeat([]byte{0xff}, stateSize))
	f.Add(make([]byte, stateSize))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := New(7)
		want := marshal(t, s)
		if s.UnmarshalBinary(data) == nil {
			want = data
		}
		if got := marshal(t, s); !bytes.Equal(got, want) {
			t.Fatalf("the state is\n%x, want\n%x", got, want)
		}
		for op := range 5 {
			step(s, op)
		}
	})
}

func TestDerive(t *testing.T) {
	seen := map[string]string{}
	for _, seed := range []uint64{0, 1, 42, 1 << 32, 1<<32 + 1, 1 << 63} {
		for _, purpose := range []string{"", "dropout", "dropout/0", "noise"} {
			name := fmt.Sprintf("Derive(%d, %q)", seed, purpose)
			s := Derive(seed, purpose)
			draws := fmt.Sprint(words(s, 8))
			if other, ok := seen[draws]; ok {
				t.Errorf("%s draws what %s does", name, other)
			}
			seen[draws] = name
			if again := fmt.Sprint(words(Derive(seed, purpose), 8)); again != draws {
				t.Errorf("%s draws %s, then %s", name, draws, again)
			}
		}
		plain := fmt.Sprint(words(New(seed&math.MaxUint32), 8))
		if other, ok := seen[plain]; ok {
			t.Errorf("New(%d) draws what %s does", seed, other)
		}
	}
}

// A derived stream neither shifts the stream of the seed nor is shifted by it.
func TestDeriveIsIndependent(t *testing.T) {
	wantMain, wantDerived := words(New(42), 50), words(Derive(42, "dropout"), 50)
	s, d := New(42), Derive(42, "dropout")
	for i := range 50 {
		if s.Uint32() != wantMain[i] || d.Uint32() != wantDerived[i] {
			t.Fatalf("draw %d differs when the streams take turns", i)
		}
	}
}

func TestPermutationsArePermutations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 300).Draw(t, "n")
		seed := rapid.Uint32().Draw(t, "seed")
		for name, p := range map[string][]int{"Perm": New(uint64(seed)).Perm(n), "NumPyPermutation": NumPyPermutation(seed, n)} {
			slices.Sort(p)
			if !slices.Equal(p, identity(n)) {
				t.Fatalf("%s(%d) sorted is %v", name, n, p)
			}
		}
	})
}

func TestRanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := New(rapid.Uint64().Draw(t, "seed"))
		low := rapid.IntRange(math.MinInt, math.MaxInt-1).Draw(t, "low")
		high := rapid.IntRange(low+1, math.MaxInt).Draw(t, "high")
		integers := make([]int, 10)
		s.Ints(integers, low, high)
		for _, x := range integers {
			if x < low || x >= high {
				t.Fatalf("Ints from [%d, %d) gave %d", low, high, x)
			}
		}
		floats := make([]float32, 10)
		s.Uniform(floats, -3, 5)
		for _, x := range floats {
			if x < -3 || x > 5 {
				t.Fatalf("Uniform from [-3, 5) gave %v", x)
			}
		}
	})
}

func TestPanics(t *testing.T) {
	const negative, empty = "len out of range", "Ints needs low < high"
	for _, c := range []struct {
		name, message string
		draw          func()
	}{
		{"Perm(-1)", negative, func() { New(1).Perm(-1) }},
		{"NumPyPermutation(-1)", negative, func() { NumPyPermutation(1, -1) }},
		{"Ints of nothing", empty, func() { New(1).Ints(make([]int, 1), 3, 3) }},
		{"Ints backwards", empty, func() { New(1).Ints(nil, 3, 2) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, c.message) {
					t.Errorf("panic %q, want one with %q", got, c.message)
				}
			}()
			c.draw()
		})
	}
}

// Fill gives what Uint32 gives, however the draws are mixed.
func TestFill(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		a, b := New(seed), New(seed)
		for _, n := range rapid.SliceOfN(rapid.IntRange(0, 1500), 1, 8).Draw(t, "lengths") {
			words := make([]uint32, n)
			a.Fill(words)
			for i, word := range words {
				if want := b.Uint32(); word != want {
					t.Fatalf("word %d of %d is %d, want %d", i, n, word, want)
				}
			}
			if a.Uint64() != b.Uint64() {
				t.Fatalf("after %d words the streams differ", n)
			}
		}
	})
}
