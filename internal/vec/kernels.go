package vec

// kernels is the assembly for one instruction set. A function works on n elements
// from the given addresses on, n > 0, and checks nothing; dst may be an input. Each
// call is short, since Go cannot pre-empt it.
type kernels struct {
	name  string
	lanes int // float32 in a vector

	sgd      func(w, g *float32, n int, rate float32)
	momentum func(w, m, g *float32, n int, rate, beta, share float32)
	adam     func(w, m, v, g *float32, n int, beta1, share1, beta2, share2, rate, root, epsilon float32)

	relu, tanh              unaryFunc
	reluGrad, tanhGrad, mul binaryFunc
	scale                   func(dst, x *float32, n int, factor float32)
	dropout                 func(dst, mask, x, words *float32, n int, threshold uint32, factor float32)
	pixels                  func(dst *float32, src *byte, n int, factor, shift float32) // n is a multiple of lanes
	addRows                 func(dst, src *float32, rows, cols, stride int)
	softmaxRow              func(p, z *float32, n int) (sum float64, top float32)
	twist                   func(state, next, far *uint32, n int)
	temper                  func(dst, words *uint32, n int)
}

type (
	unaryFunc  func(dst, x *float32, n int)
	binaryFunc func(dst, a, b *float32, n int)
)

// active is what the kernels use: nil is the plain ones. Only tests change it.
var active = best(supported())

func best(all []*kernels) *kernels {
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

// chunk is the most elements of one call of assembly: of Adam's, 40 µs even where
// its operands come from main memory.
const chunk = 1 << 14

// over calls f for a slice of any length.
func (f unaryFunc) over(dst, x []float32) {
	for len(x) > 0 {
		n := min(len(x), chunk)
		f(&dst[0], &x[0], n)
		dst, x = dst[n:], x[n:]
	}
}

// over calls f for slices of any length.
func (f binaryFunc) over(dst, a, b []float32) {
	for len(a) > 0 {
		n := min(len(a), chunk)
		f(&dst[0], &a[0], &b[0], n)
		dst, a, b = dst[n:], a[n:], b[n:]
	}
}
