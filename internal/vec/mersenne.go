package vec

// MersenneWords is the number of words of a Mersenne Twister's state.
const MersenneWords = 624

const (
	mersenneFar    = 397
	mersenneMatrix = 0x9908b0df
	mersenneUpper  = 0x80000000
)

// MersenneTwist renews the state of the 32-bit Mersenne Twister MT19937, from
// which [MersenneTemper] makes the next 624 outputs.
//
// Matsumoto and Nishimura, Mersenne Twister: a 623-dimensionally
// equidistributed uniform pseudo-random number generator, ACM TOMACS 8 (1998).
func MersenneTwist(state *[MersenneWords]uint32) {
	const near = MersenneWords - mersenneFar
	if active.twist == nil {
		twist(state[:near], state[1:], state[mersenneFar:])
		twist(state[near:MersenneWords-1], state[near+1:], state[:])
	} else {
		active.twist(&state[0], &state[1], &state[mersenneFar], near)
		active.twist(&state[near], &state[near+1], &state[0], MersenneWords-1-near)
	}
	last := MersenneWords - 1
	twist(state[last:], state[:1], state[mersenneFar-1:])
}

// twist renews the words of state from the word after each and one far away.
func twist(state, next, far []uint32) {
	for i := range state {
		word := state[i]&mersenneUpper | next[i]&^mersenneUpper
		state[i] = far[i] ^ word>>1 ^ -(word&1)&mersenneMatrix
	}
}

// MersenneTemper sets dst to the outputs of MT19937 for words of its state.
func MersenneTemper(dst, words []uint32) {
	sameLength("MersenneTemper", len(dst), len(words))
	switch {
	case active.temper == nil:
		temper(dst, words)
	case len(words) > 0:
		active.temper(&dst[0], &words[0], len(words))
	}
}

func temper(dst, words []uint32) {
	for i, y := range words {
		y ^= y >> 11
		y ^= y << 7 & 0x9d2c5680
		y ^= y << 15 & 0xefc60000
		dst[i] = y ^ y>>18
	}
}
