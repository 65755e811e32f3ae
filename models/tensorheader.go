package models

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"optlab/internal/brief"
)

// header is the header of a safetensors file, checked: its tensors in the order
// in which they lie in the data, which they fill without gaps.
type header struct {
	tensors  []stored
	metadata map[string]string
}

// stored is what a header says of a tensor: its sizes, and its bytes from begin
// to end of the data.
type stored struct {
	name, kind string
	sizes      []int64
	begin, end int64
}

// readHeader reads the header of a file of the given size, which may have as
// many bytes as limit.
func readHeader(r io.Reader, size, limit int64) (*header, error) {
	if size < 8 {
		return nil, errors.Errorf("there is no header in %d bytes", size)
	}
	var prefix [8]byte
	if _, err := io.ReadFull(r, prefix[:]); err != nil {
		return nil, errors.Wrap(err, "the header's length")
	}
	n := binary.LittleEndian.Uint64(prefix[:])
	if n > uint64(size-8) {
		return nil, errors.Errorf("a header of %d bytes is not inside a file of %d", n, size)
	}
	if n > uint64(limit) {
		return nil, errors.Errorf("a header of %d bytes is larger than the %d that what is wanted can have", n, limit)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, errors.Wrap(err, "the header")
	}
	h, err := parseHeader(text)
	if err != nil {
		return nil, err
	}
	return h, h.check(size - 8 - int64(n))
}

// check returns an error unless the tensors fill the data, of the given number
// of bytes, and nothing else does. It sorts them.
func (h *header) check(size int64) error {
	slices.SortFunc(h.tensors, func(a, b stored) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end), cmp.Compare(a.name, b.name))
	})
	at := int64(0)
	for _, s := range h.tensors {
		if s.begin != at || s.end < s.begin {
			return errors.Errorf("tensor %s has offsets %d to %d, want them from %d on", brief.Quote(s.name), s.begin, s.end, at)
		}
		if err := s.fits(); err != nil {
			return errors.WithMessagef(err, "tensor %s", brief.Quote(s.name))
		}
		at = s.end
	}
	if at != size {
		return errors.Errorf("the tensors take %d bytes, there are %d", at, size)
	}
	return nil
}

// fits returns an error unless the shape takes as many bytes as there are. Of
// other types than float32, which nobody reads, it does not know.
func (s stored) fits() error {
	if s.kind != float32Type {
		return nil
	}
	size := int64(4)
	for _, n := range s.sizes {
		if n > 0 && size > math.MaxInt64/n {
			return errors.Errorf("the size of shape %v overflows", s.sizes)
		}
		size *= n
	}
	if s.end-s.begin != size {
		return errors.Errorf("mismatch: shape %v does not fit bytes %d to %d", s.sizes, s.begin, s.end)
	}
	return nil
}

// shapes returns the tensors' shapes by name, or an error that names one that
// cannot be read here.
func (h *header) shapes() (map[string]tensor.Shape, error) {
	shapes := make(map[string]tensor.Shape, len(h.tensors))
	for _, s := range h.tensors {
		name := brief.Quote(s.name)
		switch {
		case s.kind != float32Type:
			return nil, errors.Errorf("tensor %s has type %s, want %s", name, brief.Name(s.kind), float32Type)
		case len(s.sizes) == 0:
			return nil, errors.Errorf("tensor %s is a scalar, want at least one dimension", name)
		}
		shape := make(tensor.Shape, len(s.sizes))
		for i, n := range s.sizes {
			if n == 0 {
				return nil, errors.Errorf("tensor %s has shape %v, want sizes of at least 1", name, s.sizes)
			}
			shape[i] = int(n) // fits, as all elements are in the file
		}
		shapes[s.name] = shape
	}
	return shapes, nil
}

// parseHeader parses the JSON of a header. It is strict: each key once, no
// other keys, numbers as digits alone.
func parseHeader(text []byte) (*header, error) {
	h := new(header)
	// The format has it so; it also tells a header from other files.
	if len(text) == 0 || text[0] != '{' || !utf8.Valid(text) {
		return nil, errors.New("the header is not a JSON object in UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	err := object(decoder, func(key string) error {
		if key == metadataKey {
			h.metadata = make(map[string]string)
			err := object(decoder, func(key string) (err error) {
				h.metadata[key], err = parseText(decoder)
				return errors.WithMessage(err, brief.Quote(key))
			})
			return errors.WithMessage(err, metadataKey)
		}
		s, err := parseStored(key, decoder)
		h.tensors = append(h.tensors, s)
		return errors.WithMessagef(err, "tensor %s", brief.Quote(key))
	})
	if err != nil {
		return nil, errors.WithMessage(err, "the header")
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("the header: something follows its closing brace")
	}
	return h, nil
}

// parseStored parses what a header says of one tensor.
func parseStored(name string, decoder *json.Decoder) (stored, error) {
	s := stored{name: name}
	var offsets []int64
	fields := 0
	err := object(decoder, func(key string) (err error) {
		fields++
		switch key {
		case "dtype":
			s.kind, err = parseText(decoder)
		case "shape":
			s.sizes, err = naturals(decoder, maxDimensions)
		case "data_offsets":
			offsets, err = naturals(decoder, 2)
		default:
			return errors.Errorf("unknown key %s", brief.Quote(key))
		}
		return errors.WithMessage(err, key)
	})
	if err == nil && (fields != 3 || len(offsets) != 2) {
		err = errors.New("want a dtype, a shape and two data_offsets")
	}
	if err == nil {
		s.begin, s.end = offsets[0], offsets[1]
	}
	return s, err
}

// maxDimensions is more than any layer's weights have: five, of a 3-D
// convolution.
const maxDimensions = 8

// object reads an object, calling value for each key to read its value. A key
// that is there twice is an error.
func object(decoder *json.Decoder, value func(key string) error) error {
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return malformed(err, "want an object")
	}
	seen := make(map[string]bool)
	for decoder.More() {
		token, err := decoder.Token()
		key, ok := token.(string)
		if err != nil || !ok {
			return malformed(err, "want a key")
		}
		if seen[key] {
			return errors.Errorf("the key %s is there twice", brief.Quote(key))
		}
		seen[key] = true
		if err := value(key); err != nil {
			return err
		}
	}
	_, err := decoder.Token()
	return errors.Wrap(err, "not JSON")
}

// parseText reads a text.
func parseText(decoder *json.Decoder) (string, error) {
	token, err := decoder.Token()
	if s, ok := token.(string); ok && err == nil {
		return s, nil
	}
	return "", malformed(err, "want a text")
}

// naturals reads an array of at most so many natural numbers.
func naturals(decoder *json.Decoder, most int) ([]int64, error) {
	var list []json.RawMessage
	if err := decoder.Decode(&list); err != nil || list == nil || len(list) > most {
		return nil, malformed(err, "want an array of at most "+strconv.Itoa(most)+" numbers")
	}
	numbers := make([]int64, len(list))
	for i, digits := range list {
		n, err := strconv.ParseUint(string(digits), 10, 63)
		if err != nil {
			return nil, errors.Errorf("%s is not a natural number", brief.Name(string(digits)))
		}
		numbers[i] = int64(n)
	}
	return numbers, nil
}

// malformed is the error of the JSON, or else what was wanted in its place.
func malformed(err error, want string) error {
	if err != nil {
		return errors.Errorf("not JSON as a header has it: %s", brief.Name(err.Error()))
	}
	return errors.New(want)
}
