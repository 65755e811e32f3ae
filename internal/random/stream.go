package random

import (
	"encoding/binary"
	"hash/fnv"
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/mathext/prng"
)

// Stream is one seeded sequence of random numbers, equal to that of PyTorch's
// CPU generator. It is not safe for concurrent use.
type Stream struct {
	mt prng.MT19937

	// The Box–Muller transform makes two normals at a time. PyTorch's scalar
	// path keeps the second for the next call, and so its state includes it.
	spare    float64
	hasSpare bool
}

// New returns the stream that torch.manual_seed(seed) starts. As there, only the
// lower 32 bits of seed count.
func New(seed uint64) *Stream {
	s := new(Stream)
	s.mt.Seed(seed)
	return s
}

// Derive returns a stream for the given purpose that depends on seed but not on
// what any other stream of that seed has drawn.
func Derive(seed uint64, purpose string) *Stream {
	h := fnv.New64a()
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], seed)
	h.Write(b[:])
	h.Write([]byte(purpose))
	sum := h.Sum64()
	return New(sum ^ sum>>32)
}

// Uint32 returns the generator's next word.
func (s *Stream) Uint32() uint32 { return s.mt.Uint32() }

// Uint64 returns the next two words, the first as the upper half.
func (s *Stream) Uint64() uint64 { return s.mt.Uint64() }

// Seed draws the non-negative 63-bit integer with which a PyTorch DataLoader or
// sampler seeds a generator of its own:
// torch.empty((), dtype=torch.int64).random_().
func (s *Stream) Seed() uint64 { return s.Uint64() & math.MaxInt64 }

// stateSize is the length of a marshalled stream: 624 words of Mersenne Twister
// state and its index, the spare normal, and whether there is one.
const stateSize = 625*4 + 8 + 1

// MarshalBinary returns the state of the stream: one that is restored from it
// draws what s would have drawn. The error is always nil.
func (s *Stream) MarshalBinary() ([]byte, error) {
	b, err := s.mt.MarshalBinary()
	if err != nil {
		return nil, errors.Wrap(err, "marshalling the state of a random stream")
	}
	b = binary.BigEndian.AppendUint64(b, math.Float64bits(s.spare))
	if s.hasSpare {
		return append(b, 1), nil
	}
	return append(b, 0), nil
}

// UnmarshalBinary restores a state that MarshalBinary returned. On an error (a
// wrong length, an index or flag out of range) s is unchanged.
func (s *Stream) UnmarshalBinary(data []byte) error {
	if len(data) != stateSize {
		return errors.Errorf("random stream: a state has %d bytes, got %d", stateSize, len(data))
	}
	words, rest := data[:625*4], data[625*4:]
	if index := binary.BigEndian.Uint32(words[624*4:]); index > 624 {
		return errors.Errorf("random stream: index %d of the state is beyond its 624 words", index)
	}
	if rest[8] > 1 {
		return errors.Errorf("random stream: flag %d of the state is neither 0 nor 1", rest[8])
	}
	if err := s.mt.UnmarshalBinary(words); err != nil {
		return errors.Wrap(err, "restoring the state of a random stream")
	}
	s.spare = math.Float64frombits(binary.BigEndian.Uint64(rest))
	s.hasSpare = rest[8] == 1
	return nil
}
