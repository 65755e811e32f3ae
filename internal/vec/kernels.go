package vec

import (
	"time"

	"optlab/internal/parallel"
)

// kernels is the assembly for one instruction set. A function works on n
// elements from the given addresses on, n > 0, and checks nothing; dst may be
// an input. Each call is short, since Go cannot pre-empt it.
type kernels struct {
	name  string
	lanes int // float32 in a vector

	sgd, momentum, nesterov, rmsprop, adam, adamW updateFunc

	relu, leakyReLU, tanh, sigmoid, elu, silu, gelu                             unaryFunc
	reluGrad, leakyReLUGrad, tanhGrad, sigmoidGrad, eluGrad, siluGrad, geluGrad binaryFunc

	mul        binaryFunc
	scale      func(dst, x *float32, n int, factor float32)
	dropout    func(dst, mask, x, words *float32, n int, threshold uint32, factor float32)
	pixels     func(dst *float32, src *byte, n int, factor, shift float32) // n is a multiple of lanes
	prefetch   func(src *byte, n int)
	addRows    func(dst, src *float32, rows, cols, stride int)
	softmaxRow func(p, z *float32, n int) (sum float64, top float32)
	twist      func(state, next, far *uint32, n int)
	temper     func(dst, words *uint32, n int)
}

type (
	unaryFunc  func(dst, x *float32, n int)
	binaryFunc func(dst, a, b *float32, n int)
	updateFunc func(w, g, m, v *float32, n int, s scalars) // without moments it is handed w for them
	scalars    = [8]float32                                // of an update, as many as it needs
)

// plain stands for the plain kernels, where a nil function is found.
var plain = kernels{name: "plain", lanes: 1}

// active is what the kernels use. Only tests change it.
var active = best()

// Family names the kernels in use by the bits of their results, which all sets
// of assembly have in common: "vector", or "plain" where there is none.
func Family() string {
	if active == &plain {
		return "plain"
	}
	return "vector"
}

func best() *kernels { return append(supported(), &plain)[0] }

// chunk is the most elements of one call of assembly: of Adam's, 40 µs even
// where its operands come from main memory.
const chunk = 1 << 14

// over calls f for slices of any length, by several threads if they are long,
// or the plain kernel if f is nil.
func (f unaryFunc) over(t parallel.Threads, dst, x []float32, plain func(dst, x []float32)) {
	if long(t, len(x)) {
		split(t, len(x), func(i, j int) { f.serial(dst[i:j], x[i:j], plain) })
	} else {
		f.serial(dst, x, plain)
	}
}

func (f unaryFunc) serial(dst, x []float32, plain func(dst, x []float32)) {
	if f == nil {
		plain(dst, x)
		return
	}
	for len(x) > 0 {
		n := min(len(x), chunk)
		f(&dst[0], &x[0], n)
		dst, x = dst[n:], x[n:]
	}
}

// over is the same as that of unaryFunc.
func (f binaryFunc) over(t parallel.Threads, dst, a, b []float32, plain func(dst, a, b []float32)) {
	if long(t, len(a)) {
		split(t, len(a), func(i, j int) { f.serial(dst[i:j], a[i:j], b[i:j], plain) })
	} else {
		f.serial(dst, a, b, plain)
	}
}

func (f binaryFunc) serial(dst, a, b []float32, plain func(dst, a, b []float32)) {
	if f == nil {
		plain(dst, a, b)
		return
	}
	for len(a) > 0 {
		n := min(len(a), chunk)
		f(&dst[0], &a[0], &b[0], n)
		dst, a, b = dst[n:], a[n:], b[n:]
	}
}

// over is the same as that of unaryFunc.
func (f updateFunc) over(t parallel.Threads, w, g, m, v []float32, s scalars, plain func(w, g, m, v []float32, s scalars)) {
	if long(t, len(w)) {
		split(t, len(w), func(i, j int) { f.serial(w[i:j], g[i:j], m[i:j], v[i:j], s, plain) })
	} else {
		f.serial(w, g, m, v, s, plain)
	}
}

func (f updateFunc) serial(w, g, m, v []float32, s scalars, plain func(w, g, m, v []float32, s scalars)) {
	if f == nil {
		plain(w, g, m, v, s)
		return
	}
	for len(w) > 0 {
		n := min(len(w), chunk)
		f(&w[0], &g[0], &m[0], &v[0], n, s)
		w, g, m, v = w[n:], g[n:], m[n:], v[n:]
	}
}

// Cost is about how long a kernel takes for n elements. It decides only how
// many threads do it.
func Cost(n int) time.Duration {
	const perNanosecond = 4
	return time.Duration(n / perNanosecond)
}

// long reports whether it may pay to split so many elements.
func long(t parallel.Threads, n int) bool { return t.Worth(Cost(n)) }

// split calls f for ranges that make up 0 … n, by several threads if that pays.
func split(t parallel.Threads, n int, f func(from, to int)) {
	const unit = 64 // keeps the threads off each other's cache lines
	t.For((n+unit-1)/unit, Cost(n), func(from, to int) { f(from*unit, min(n, to*unit)) })
}
