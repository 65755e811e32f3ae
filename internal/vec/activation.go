package vec

import "math"

// ReLU sets dst = max(x, 0). A NaN stays a NaN, as in PyTorch.
func ReLU(dst, x []float32) {
	sameLength("ReLU", len(dst), len(x))
	for i, v := range x {
		dst[i] = max(v, 0)
	}
}

// ReLUGrad sets dst to 0 where y = ReLU(x) is 0 and to dy elsewhere, also where y
// is a NaN, as in PyTorch.
func ReLUGrad(dst, y, dy []float32) {
	sameLength("ReLUGrad", len(dst), len(y), len(dy))
	for i, v := range y {
		if v <= 0 {
			dst[i] = 0
		} else {
			dst[i] = dy[i]
		}
	}
}

// Tanh sets dst = tanh(x).
func Tanh(dst, x []float32) {
	sameLength("Tanh", len(dst), len(x))
	for i, v := range x {
		dst[i] = float32(math.Tanh(float64(v)))
	}
}

// TanhGrad sets dst = dy·(1 − y²), where y = tanh(x).
func TanhGrad(dst, y, dy []float32) {
	sameLength("TanhGrad", len(dst), len(y), len(dy))
	for i, v := range y {
		dst[i] = dy[i] * (1 - v*v)
	}
}
