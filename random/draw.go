package random

import "math"

// The rules below are those of PyTorch's CPU kernels (aten/src/ATen/core/
// DistributionsHelper.h and TransformationHelper.h,
// aten/src/ATen/native/cpu/DistributionTemplates.h, version 1.13).

// uniform01 returns a float32 in [0, 1) made of the lower 24 bits of a word.
func (s *Stream) uniform01() float32 {
	return float32(s.Uint32()&(1<<24-1)) * (1.0 / (1 << 24))
}

// uniform01Float64 returns a float64 in [0, 1) made of the lower 53 bits of two
// words.
func (s *Stream) uniform01Float64() float64 {
	return float64(s.Uint64()&(1<<53-1)) * (1.0 / (1 << 53))
}

// Uniform fills dst with floats from [a, b), as dst.uniform_(a, b) does
// (rounding may make one b itself); with a = 0 and b = 1 it is torch.rand.
func (s *Stream) Uniform(dst []float32, a, b float64) {
	from, width := float32(a), float32(b)-float32(a)
	for i := range dst {
		dst[i] = scale(s.uniform01(), width, from)
	}
}

// scale returns x·width + from, rounded once, as the fused instruction does
// that PyTorch's kernel is compiled to: in float64 the product is exact.
// Rounding twice would put half of the initial weights of a layer one unit off
// PyTorch's.
func scale(x, width, from float32) float32 {
	return float32(float64(x)*float64(width) + float64(from))
}

// Normal fills dst with normally distributed floats, as dst.normal_(mean, std)
// does; with mean 0 and std 1 it is torch.randn. As there, fewer than 16 values
// are drawn one by one in float64, and 16 or more in blocks in float32: the
// same state gives different numbers on the two paths.
func (s *Stream) Normal(dst []float32, mean, std float64) {
	if len(dst) >= normalBlock {
		s.normalBlocks(dst, float32(mean), float32(std))
		return
	}
	for i := range dst {
		dst[i] = float32(s.normal()*std + mean)
	}
}

// normal returns one standard normal by the Box–Muller transform, keeping the
// second of the pair for the next call.
func (s *Stream) normal() float64 {
	if s.hasSpare {
		s.hasSpare = false
		return s.spare
	}
	u1 := s.uniform01Float64()
	u2 := s.uniform01Float64()
	radius := math.Sqrt(-2 * math.Log1p(-u2))
	sin, cos := math.Sincos(2 * math.Pi * u1)
	s.spare, s.hasSpare = radius*sin, true
	return radius * cos
}

const normalBlock = 16

// normalBlocks fills dst with uniforms and turns them into normals in blocks of
// 16. A remainder is covered by a last block of new uniforms that overlaps the
// one before.
func (s *Stream) normalBlocks(dst []float32, mean, std float32) {
	s.Uniform(dst, 0, 1)
	for i := 0; i+normalBlock <= len(dst); i += normalBlock {
		boxMuller(dst[i:i+normalBlock], mean, std)
	}
	if len(dst)%normalBlock != 0 {
		last := dst[len(dst)-normalBlock:]
		s.Uniform(last, 0, 1)
		boxMuller(last, mean, std)
	}
}

// boxMuller turns 16 uniforms into 16 normals, pairing entry i with i+8.
func boxMuller(block []float32, mean, std float32) {
	const half = normalBlock / 2
	for i := range half {
		u1 := 1 - float64(block[i]) // in (0, 1], for the logarithm
		u2 := float64(block[i+half])
		radius := math.Sqrt(-2 * math.Log(u1))
		sin, cos := math.Sincos(2 * math.Pi * u2)
		block[i] = scale(float32(radius*cos), std, mean)
		block[i+half] = scale(float32(radius*sin), std, mean)
	}
}

// Perm returns a permutation of 0 … n−1, as torch.randperm(n) does for n below
// 2³²/20. It panics if n is negative.
func (s *Stream) Perm(n int) []int {
	p := identity(n)
	for i := range n - 1 {
		j := i + int(s.Uint32()%uint32(n-i))
		p[i], p[j] = p[j], p[i]
	}
	return p
}

// Ints fills dst with integers from [low, high), as torch.randint(low, high, …)
// does. It panics if high ≤ low.
func (s *Stream) Ints(dst []int, low, high int) {
	if high <= low {
		panic("random: Ints needs low < high")
	}
	width := uint64(high - low)
	for i := range dst {
		if width < 1<<32 {
			dst[i] = low + int(uint64(s.Uint32())%width)
		} else {
			dst[i] = low + int(s.Uint64()%width)
		}
	}
}

// NumPyPermutation returns numpy.random.RandomState(seed).permutation(n).
// It panics if n is negative.
//
// NumPy shuffles from the end and draws each index by masking and rejecting
// (numpy/random/mtrand.pyx, legacy generator), so the same words give another
// permutation than [Stream.Perm].
func NumPyPermutation(seed uint32, n int) []int {
	s := New(uint64(seed))
	p := identity(n)
	for i := n - 1; i > 0; i-- {
		j := s.below(uint32(i))
		p[i], p[j] = p[j], p[i]
	}
	return p
}

// below returns an integer in [0, limit] by rejecting what exceeds it under the
// smallest mask of ones that covers it.
func (s *Stream) below(limit uint32) uint32 {
	mask := limit
	for shift := 1; shift < 32; shift *= 2 {
		mask |= mask >> shift
	}
	for {
		if v := s.Uint32() & mask; v <= limit {
			return v
		}
	}
}

// identity returns 0, 1, … n−1.
func identity(n int) []int {
	p := make([]int, n)
	for i := range p {
		p[i] = i
	}
	return p
}
