package dataset

import "testing"

// The digest is of the content alone, and of all of it.
func TestDigest(t *testing.T) {
	want := numberedDataset().Digest()
	if same := numberedDataset(); same.Digest() != want || len(want) != 64 {
		t.Error("equal sets have other digests")
	}
	named := numberedDataset()
	named.Name, named.Classes = "other", []string{"a"}
	if named.Digest() != want {
		t.Error("the digest depends on names")
	}
	for name, change := range map[string]func(s *Set){
		"a pixel":        func(s *Set) { s.Train.Pixels[7]++ },
		"a label":        func(s *Set) { s.Train.Labels[7]++ },
		"a test label":   func(s *Set) { s.Test.Labels[0]++ },
		"the size":       func(s *Set) { s.Test.Rows, s.Test.Cols = 2, 1 },
		"sets exchanged": func(s *Set) { s.Train, s.Test = s.Test, s.Train },
		"an image moved": func(s *Set) { s.Train.Pixels[0], s.Train.Pixels[2] = s.Train.Pixels[2], s.Train.Pixels[0]+1 },
		"an image missing": func(s *Set) {
			s.Train.Labels = s.Train.Labels[:199]
			s.Train.Pixels = s.Train.Pixels[:398]
		},
	} {
		s := numberedDataset()
		change(s)
		if s.Digest() == want {
			t.Errorf("%s: the digest stays", name)
		}
	}
}

func BenchmarkDigest(b *testing.B) {
	s := &Set{Train: &Images{Pixels: make([]byte, 47<<20), Labels: make([]byte, 60000), Rows: 28, Cols: 28}, Test: numberedSet(5)}
	for b.Loop() {
		s.Digest()
	}
}
