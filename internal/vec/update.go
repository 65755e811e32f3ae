package vec

import (
	"math"

	"optlab/internal/parallel"
)

// The updates round every product and every sum; nowhere is a product fused
// with a sum, which the conversions in the plain kernels forbid the compiler.
// So they have the same bits on every CPU. A plain kernel is handed what the
// vector kernels are: w for a moment that it has not, and its scalars in the
// order of their use.

// SGD sets w = w − rate·g.
func SGD(t parallel.Threads, w, g []float32, rate float32) {
	sameLength("SGD", len(w), len(g))
	active.sgd.over(t, w, g, w, w, scalars{rate}, sgd)
}

func sgd(w, g, _, _ []float32, s scalars) {
	rate := s[0]
	for i, gradient := range g {
		w[i] -= float32(rate * gradient)
	}
}

// Momentum sets m = beta·m + share·g and w = w − rate·m. In m, denormals become
// 0.
func Momentum(t parallel.Threads, w, g, m []float32, rate, beta, share float32) {
	sameLength("Momentum", len(w), len(g), len(m))
	active.momentum.over(t, w, g, m, w, scalars{beta, share, rate}, momentum)
}

func momentum(w, g, m, _ []float32, s scalars) {
	beta, share, rate := s[0], s[1], s[2]
	for i, gradient := range g {
		mean := flush(float32(beta*m[i]) + float32(share*gradient))
		m[i] = mean
		w[i] -= float32(rate * mean)
	}
}

// Nesterov sets m = beta·m + g and w = w − rate·(g + beta·m), with the new m:
// the step of torch.optim.SGD with nesterov. In m, denormals become 0.
func Nesterov(t parallel.Threads, w, g, m []float32, rate, beta float32) {
	sameLength("Nesterov", len(w), len(g), len(m))
	active.nesterov.over(t, w, g, m, w, scalars{beta, rate}, nesterov)
}

func nesterov(w, g, m, _ []float32, s scalars) {
	beta, rate := s[0], s[1]
	for i, gradient := range g {
		sum := flush(float32(beta*m[i]) + gradient)
		m[i] = sum
		w[i] -= float32(rate * (gradient + float32(beta*sum)))
	}
}

// RMSpropScalars is what an update of [RMSprop] has in common for all elements.
type RMSpropScalars struct {
	Alpha, Share float32 // of v that is kept, of g² that is added
	Rate         float32 // factor of g
	Epsilon      float32 // added to √v
}

// RMSprop sets, with the fields of s,
//
//	v = Alpha·v + Share·g·g
//	w = w − Rate·g/(√v + Epsilon)
//
// In v, denormals become 0.
func RMSprop(t parallel.Threads, w, g, v []float32, s RMSpropScalars) {
	sameLength("RMSprop", len(w), len(g), len(v))
	active.rmsprop.over(t, w, g, w, v, scalars{s.Alpha, s.Share, s.Rate, s.Epsilon}, rmsprop)
}

func rmsprop(w, g, _, v []float32, s scalars) {
	alpha, share, rate, epsilon := s[0], s[1], s[2], s[3]
	for i, gradient := range g {
		square := meanSquare(v[i], gradient, alpha, share)
		v[i] = square
		w[i] -= float32(rate*gradient) / (root(square) + epsilon)
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
	active.adam.over(t, w, g, m, v, s.scalars(1), adam)
}

// AdamW sets w = keep·w and then does what [Adam] does. With keep = 1 it is
// Adam, bit for bit.
func AdamW(t parallel.Threads, w, g, m, v []float32, keep float32, s AdamScalars) {
	sameLength("AdamW", len(w), len(g), len(m), len(v))
	active.adamW.over(t, w, g, m, v, s.scalars(keep), adam)
}

func (s AdamScalars) scalars(keep float32) scalars {
	return scalars{s.Beta1, s.Share1, s.Beta2, s.Share2, s.Rate, s.Root, s.Epsilon, keep}
}

func adam(w, g, m, v []float32, s scalars) {
	beta1, share1, beta2, share2 := s[0], s[1], s[2], s[3]
	rate, factor, epsilon, keep := s[4], s[5], s[6], s[7]
	for i, gradient := range g {
		mean := flush(float32(beta1*m[i]) + float32(share1*gradient))
		square := meanSquare(v[i], gradient, beta2, share2)
		m[i], v[i] = mean, square
		w[i] = float32(keep*w[i]) - float32(rate*mean)/(float32(root(square)*factor)+epsilon)
	}
}

// meanSquare returns beta·v + share·g·g, flushed.
func meanSquare(v, g, beta, share float32) float32 {
	return flush(float32(beta*v) + float32(float32(share*g)*g))
}

// root returns √x: the root of the float64 rounds to that of the float32.
func root(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// flush returns x, or 0 if x is denormal or −0. A denormal moment would stay
// one for long, and a CPU takes tens of times as long for each.
func flush(x float32) float32 {
	if math.Float32bits(x)<<1 < 1<<24 {
		return 0
	}
	return x
}
