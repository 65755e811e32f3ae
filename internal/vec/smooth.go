package vec

import (
	"math"

	"optlab/internal/parallel"
)

// The gradients here are computed from x: from y, which is rounded, f′(x) does
// not follow where y hardly changes with x. A vector kernel and the plain one
// may round f′(x) differently, and then both round its product with dy.

// ELU sets dst = x where x > 0 and eˣ − 1 elsewhere. Near 0 it loses no digits,
// which PyTorch does.
func ELU(t parallel.Threads, dst, x []float32) {
	sameLength("ELU", len(dst), len(x))
	active.elu.over(t, dst, x, elu)
}

func elu(dst, x []float32) {
	for i, v := range x {
		if v > 0 {
			dst[i] = v
		} else {
			dst[i] = float32(math.Expm1(float64(v)))
		}
	}
}

// ELUGrad sets dst = dy where x > 0 and dy·eˣ elsewhere. A NaN stays a NaN.
func ELUGrad(t parallel.Threads, dst, x, dy []float32) {
	sameLength("ELUGrad", len(dst), len(x), len(dy))
	active.eluGrad.over(t, dst, x, dy, eluGrad)
}

func eluGrad(dst, x, dy []float32) {
	for i, v := range x {
		dst[i] = dy[i] * float32(math.Exp(min(float64(v), 0)))
	}
}

// SiLU sets dst = x·σ(x), σ the [Sigmoid]; of −∞ it is the limit, −0, where
// PyTorch has a NaN. Hendrycks and Gimpel, Gaussian error linear units (2016),
// section 3.2.
func SiLU(t parallel.Threads, dst, x []float32) {
	sameLength("SiLU", len(dst), len(x))
	active.silu.over(t, dst, x, silu)
}

// farLeft is where e to an activation's x is 0 in float32, but not in float64:
// to stand for −∞, of which a product with 0 would be a NaN.
const farLeft = -200

func silu(dst, x []float32) {
	for i, v := range x {
		v := max(float64(v), farLeft)
		dst[i] = float32(v / (1 + math.Exp(-v)))
	}
}

// SiLUGrad sets dst = dy·σ(x)·(1 + x·σ(−x)). The limits of the factor of dy at
// ±∞ are those of SiLU's slope, 1 and −0, where PyTorch has NaNs.
func SiLUGrad(t parallel.Threads, dst, x, dy []float32) {
	sameLength("SiLUGrad", len(dst), len(x), len(dy))
	active.siluGrad.over(t, dst, x, dy, siluGrad)
}

func siluGrad(dst, x, dy []float32) {
	for i, v := range x {
		v := min(max(float64(v), farLeft), -farLeft)
		slope := (1 + v/(1+math.Exp(v))) / (1 + math.Exp(-v))
		dst[i] = dy[i] * float32(slope)
	}
}

// GELU sets dst = x·Φ(x), Φ the distribution function of the standard normal
// distribution: no approximation of it, but torch.nn.GELU as it is without one.
// Where Φ(x) is small, which PyTorch takes from 1 + erf(x/√2), GELU keeps its
// digits; of −∞ it is the limit, −0. Hendrycks and Gimpel, Gaussian error
// linear units (2016).
func GELU(t parallel.Threads, dst, x []float32) {
	sameLength("GELU", len(dst), len(x))
	active.gelu.over(t, dst, x, gelu)
}

func gelu(dst, x []float32) {
	for i, v := range x {
		v := max(float64(v), farLeft)
		dst[i] = float32(v * normalCDF(v))
	}
}

// GELUGrad sets dst = dy·(Φ(x) + x·φ(x)), φ the density of the standard normal
// distribution. The limits of the factor of dy at ±∞ are 1 and 0, where PyTorch
// has NaNs.
func GELUGrad(t parallel.Threads, dst, x, dy []float32) {
	sameLength("GELUGrad", len(dst), len(x), len(dy))
	active.geluGrad.over(t, dst, x, dy, geluGrad)
}

func geluGrad(dst, x, dy []float32) {
	for i, v := range x {
		v := min(max(float64(v), farLeft), -farLeft)
		density := math.Exp(-v*v/2) / math.Sqrt(2*math.Pi)
		dst[i] = dy[i] * float32(normalCDF(v)+v*density)
	}
}

func normalCDF(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
