package random

import (
	"encoding/binary"
	"hash/fnv"
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/mathext/prng"

	"optlab/internal/vec"
)

// Stream is one seeded sequence of random numbers, equal to that of PyTorch's
// CPU generator. It is not safe for concurrent use.
type Stream struct {
	state [vec.MersenneWords]uint32
	words [vec.MersenneWords]uint32 // what the state gives
	next  int                       // of words; all are spent at MersenneWords

	// The Box–Muller transform makes two normals at a time. PyTorch's scalar
	// path keeps the second for the next call, and so its state includes it.
	spare    float64
	hasSpare bool
}

// New returns the stream that torch.manual_seed(seed) starts. As there, only
// the lower 32 bits of seed count.
func New(seed uint64) *Stream {
	var mt prng.MT19937
	mt.Seed(seed)
	s := new(Stream)
	state, err := mt.MarshalBinary()
	if err == nil {
		err = s.setState(state)
	}
	if err != nil {
		panic("random: a new generator's state: " + err.Error()) // which it cannot be
	}
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
func (s *Stream) Uint32() uint32 {
	if s.next == len(s.words) {
		s.refill()
	}
	s.next++
	return s.words[s.next-1]
}

// refill makes the next words.
func (s *Stream) refill() {
	vec.MersenneTwist(&s.state)
	vec.MersenneTemper(s.words[:], s.state[:])
	s.next = 0
}

// Fill sets dst to the generator's next words: what as many calls of Uint32
// return, faster.
func (s *Stream) Fill(dst []uint32) {
	for len(dst) > 0 {
		if s.next == len(s.words) {
			s.refill()
		}
		n := copy(dst, s.words[s.next:])
		s.next += n
		dst = dst[n:]
	}
}

// Uint64 returns the next two words, the first as the upper half.
func (s *Stream) Uint64() uint64 {
	high := s.Uint32()
	return uint64(high)<<32 | uint64(s.Uint32())
}

// Seed draws the non-negative 63-bit integer with which a PyTorch DataLoader or
// sampler seeds a generator of its own:
// torch.empty((), dtype=torch.int64).random_().
func (s *Stream) Seed() uint64 { return s.Uint64() & math.MaxInt64 }

// A marshalled stream is the 624 words of Mersenne Twister state and the number
// of them that are spent, the spare normal, and whether there is one.
const (
	mersenneSize = (vec.MersenneWords + 1) * 4
	stateSize    = mersenneSize + 8 + 1
)

// MarshalBinary returns the state of the stream: one that is restored from it
// draws what s would have drawn. The error is always nil.
func (s *Stream) MarshalBinary() ([]byte, error) {
	b := make([]byte, 0, stateSize)
	for _, word := range s.state {
		b = binary.BigEndian.AppendUint32(b, word)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(s.next))
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
	rest := data[mersenneSize:]
	if rest[8] > 1 {
		return errors.Errorf("random stream: flag %d of the state is neither 0 nor 1", rest[8])
	}
	if err := s.setState(data[:mersenneSize]); err != nil {
		return err
	}
	s.spare = math.Float64frombits(binary.BigEndian.Uint64(rest))
	s.hasSpare = rest[8] == 1
	return nil
}

// setState sets the Mersenne Twister's state from its words and their index, in
// the form that gonum's has too. On an error s is unchanged.
func (s *Stream) setState(data []byte) error {
	index := binary.BigEndian.Uint32(data[len(s.state)*4:])
	if index > vec.MersenneWords {
		return errors.Errorf("random stream: index %d of the state is beyond its %d words", index, vec.MersenneWords)
	}
	for i := range s.state {
		s.state[i] = binary.BigEndian.Uint32(data[i*4:])
	}
	vec.MersenneTemper(s.words[:], s.state[:])
	s.next = int(index)
	return nil
}
