package models

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"math"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"optlab/internal/brief"
	"optlab/internal/memory"
	"optlab/internal/regular"
	"optlab/models/pytorch"
)

// Load reads the parameters from a safetensors file or from a state dict that
// torch.save wrote. On any error (no such file, a truncated one, a tensor that
// is missing, unknown or of another shape, a number that is not finite) the
// model stays as it was and the error says which file and tensor.
func (m *Model) Load(path string) error {
	_, err := m.LoadDigest(path, "")
	return err
}

// LoadDigest is Load of a file with the given SHA-256, in hexadecimal, or any
// if digest is empty. It returns the file's, which it reads once.
func (m *Model) LoadDigest(path, digest string) (string, error) {
	file, size, err := regular.Open(path)
	if err != nil {
		return "", errors.WithMessage(err, "reading tensors")
	}
	defer file.Close()
	hash := sha256.New()
	dict, err := m.readStateDict(io.TeeReader(file, hash), size)
	if err != nil {
		return "", errors.WithMessagef(err, "reading %s", brief.Path(path))
	}
	found := fmt.Sprintf("%x", hash.Sum(nil))
	if digest != "" && digest != found {
		return "", errors.Errorf("loading %s: its digest is %s, want %s: it is another file than it was", brief.Path(path), found, brief.Name(digest))
	}
	if err = m.fits(dict); err == nil {
		err = m.finite(dict)
	}
	if err != nil {
		return "", errors.WithMessagef(err, "loading %s", brief.Path(path))
	}
	m.take(dict)
	return found, nil
}

// readStateDict reads the tensors of a file that can have the model's
// parameters. It reads to the end.
func (m *Model) readStateDict(r io.Reader, size int64) (map[string]*tensor.Dense, error) {
	// A header of another model is read as far as it helps to name the
	// difference. torch.save has the parameters among other things, as an
	// optimizer's state, and they are read whole.
	want := Wanted{Header: 1<<20 + 512*int64(len(m.parameters)), Check: m.CheckShapes}
	most := int64(64 << 20)
	for _, p := range m.parameters {
		most += 16 * 4 * int64(len(p.Data()))
	}
	f, err := readEither(r, size, want, func() error {
		if size > most {
			return errors.Errorf("%d bytes are more than the %d that a checkpoint with this model's parameters can have", size, most)
		}
		return nil
	})
	return f.Tensors, err
}

// readEither reads tensors by name from a safetensors file or from one that
// torch.save wrote, whichever it is by its content: the first as far as it is
// wanted, the second whole, if fits returns no error. It reads to the end.
func readEither(r io.Reader, size int64, want Wanted, fits func() error) (TensorFile, error) {
	start := make([]byte, min(size, pytorch.DetectSize))
	if _, err := io.ReadFull(r, start); err != nil {
		return TensorFile{}, errors.WithStack(err)
	}
	r = io.MultiReader(bytes.NewReader(start), r)
	if !pytorch.Detect(start) {
		return readTensors(r, size, want)
	}
	if err := fits(); err != nil {
		return TensorFile{}, err
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(r, data); err != nil {
		return TensorFile{}, errors.WithStack(err)
	}
	dict, err := pytorch.ReadStateDict(data)
	return TensorFile{Tensors: dict}, err
}

// ReadAnyTensors reads all tensors of a safetensors file, or of a state dict
// that torch.save wrote, whatever the model; the latter has no metadata. What
// does not fit into memory, or is none of the two, is an error.
func ReadAnyTensors(path string) (TensorFile, error) {
	file, size, err := regular.Open(path)
	if err != nil {
		return TensorFile{}, errors.WithMessage(err, "reading tensors")
	}
	defer file.Close()
	fits := func() error { return fit(2 * size) } // the file, and its tensors
	// A checkpoint has its history in the header.
	want := Wanted{Header: largestHeader, Check: func(map[string]tensor.Shape) error { return fit(size) }}
	f, err := readEither(file, size, want, fits)
	return f, errors.WithMessagef(err, "reading %s", brief.Path(path))
}

// largestHeader is that of a checkpoint of half a million epochs.
const largestHeader = 64 << 20

// fit returns an error unless so many bytes fit into memory.
func fit(bytes int64) error {
	if available, known := memory.Available(); known && bytes > available {
		return errors.Errorf("reading it takes %s of memory, there are %s", memory.Format(bytes), memory.Format(available))
	}
	return nil
}

// finite returns an error that names the first number of dict, which fits, that
// is not finite: no training goes on from it, and no test of it says anything.
func (m *Model) finite(dict map[string]*tensor.Dense) error {
	for _, p := range m.parameters {
		for i, x := range dict[p.Name].Float32s() {
			if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
				return errors.Errorf("tensor %q has %v as its number %d of %d: want finite numbers", p.Name, x, i+1, len(p.Data()))
			}
		}
	}
	return nil
}
