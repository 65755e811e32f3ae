package vec

import (
	"math"

	"optlab/internal/parallel"
)

// The updates round every product and every sum; nowhere is a product fused with a
// sum, which the conversions in the plain kernels forbid the compiler. So they have
// the same bits on every CPU.

// SGD sets w = w − rate·g.
func SGD(t parallel.Threads, w, g []float32, rate float32) {
	sameLength("SGD", len(w), len(g))
	if long(t, len(w)) {
		split(t, len(w), func(i, j int) { sgd(w[i:j], g[i:j], rate) })
	} else {
		sgd(w, g, rate)
	}
}

func sgd(w, g []float32, rate float32) {
	if active.sgd == nil {
		plainSGD(w, g, rate)
		return
	}
	for len(w) > 0 {
		n := min(len(w), chunk)
		active.sgd(&w[0], &g[0], n, rate)
		w, g = w[n:], g[n:]
	}
}

func plainSGD(w, g []float32, rate float32) {
	for i, gradient := range g {
		w[i] -= float32(rate * gradient)
	}
}

// Momentum sets m = beta·m + share·g and w = w − rate·m. In m, denormals become 0.
func Momentum(t parallel.Threads, w, g, m []float32, rate, beta, share float32) {
	sameLength("Momentum", len(w), len(g), len(m))
	if long(t, len(w)) {
		split(t, len(w), func(i, j int) { momentum(w[i:j], g[i:j], m[i:j], rate, beta, share) })
	} else {
		momentum(w, g, m, rate, beta, share)
	}
}

func momentum(w, g, m []float32, rate, beta, share float32) {
	if active.momentum == nil {
		plainMomentum(w, g, m, rate, beta, share)
		return
	}
	for len(w) > 0 {
		n := min(len(w), chunk)
		active.momentum(&w[0], &m[0], &g[0], n, rate, beta, share)
		w, g, m = w[n:], g[n:], m[n:]
	}
}

func plainMomentum(w, g, m []float32, rate, beta, share float32) {
	for i, gradient := range g {
		mean := flush(float32(beta*m[i]) + float32(share*gradient))
		m[i] = mean
		w[i] -= float32(rate * mean)
	}
}

// AdamScalars is what an update of [Adam] has in common for all elements.
type AdamScalars struct {
	Beta1, Share1 float32 // of m that is kept, of g that is added
	Beta2, Share2 float32 // of v that is kept, of g² that is added
	Rate          float32 // factor of m
	Root          float32 // factor of √v
	Epsilon       float32 // added to it
}

// Adam sets, with the fields of s,
//
//	m = Beta1·m + Share1·g
//	v = Beta2·v + Share2·g·g
//	w = w − Rate·m/(√v·Root + Epsilon)
//
// In m and v, denormals become 0.
func Adam(t parallel.Threads, w, g, m, v []float32, s AdamScalars) {
	sameLength("Adam", len(w), len(g), len(m), len(v))
	if long(t, len(w)) {
		split(t, len(w), func(i, j int) { adam(w[i:j], g[i:j], m[i:j], v[i:j], s) })
	} else {
		adam(w, g, m, v, s)
	}
}

func adam(w, g, m, v []float32, s AdamScalars) {
	if active.adam == nil {
		plainAdam(w, g, m, v, s)
		return
	}
	for len(w) > 0 {
		n := min(len(w), chunk)
		active.adam(&w[0], &m[0], &v[0], &g[0], n, s.Beta1, s.Share1, s.Beta2, s.Share2, s.Rate, s.Root, s.Epsilon)
		w, g, m, v = w[n:], g[n:], m[n:], v[n:]
	}
}

func plainAdam(w, g, m, v []float32, s AdamScalars) {
	for i, gradient := range g {
		mean := flush(float32(s.Beta1*m[i]) + float32(s.Share1*gradient))
		square := flush(float32(s.Beta2*v[i]) + float32(float32(s.Share2*gradient)*gradient))
		m[i], v[i] = mean, square
		// The root of the float64 rounds to the root of the float32.
		root := float32(math.Sqrt(float64(square)))
		w[i] -= s.Rate * mean / (float32(root*s.Root) + s.Epsilon)
	}
}

// flush returns x, or 0 if x is denormal or −0. A denormal moment would stay one
// for long, and a CPU takes tens of times as long for each.
func flush(x float32) float32 {
	if math.Float32bits(x)<<1 < 1<<24 {
		return 0
	}
	return x
}
