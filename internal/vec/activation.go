package vec

import (
	"math"

	"optlab/internal/parallel"
)

// ReLU sets dst = max(x, 0). A NaN stays a NaN, as in PyTorch.
func ReLU(t parallel.Threads, dst, x []float32) {
	sameLength("ReLU", len(dst), len(x))
	active.relu.over(t, dst, x, relu)
}

func relu(dst, x []float32) {
	for i, v := range x {
		dst[i] = max(v, 0)
	}
}

// ReLUGrad sets dst to 0 where y = ReLU(x) is 0 and to dy elsewhere, also where y
// is a NaN, as in PyTorch.
func ReLUGrad(t parallel.Threads, dst, y, dy []float32) {
	sameLength("ReLUGrad", len(dst), len(y), len(dy))
	active.reluGrad.over(t, dst, y, dy, reluGrad)
}

func reluGrad(dst, y, dy []float32) {
	for i, v := range y {
		if v <= 0 {
			dst[i] = 0
		} else {
			dst[i] = dy[i]
		}
	}
}

// Tanh sets dst = tanh(x). The vector kernels are within 3 units in the last place
// of the exact value, the plain one within 1.
func Tanh(t parallel.Threads, dst, x []float32) {
	sameLength("Tanh", len(dst), len(x))
	active.tanh.over(t, dst, x, tanh)
}

func tanh(dst, x []float32) {
	for i, v := range x {
		dst[i] = float32(math.Tanh(float64(v)))
	}
}

// TanhGrad sets dst = dy·(1 − y²), where y = tanh(x).
func TanhGrad(t parallel.Threads, dst, y, dy []float32) {
	sameLength("TanhGrad", len(dst), len(y), len(dy))
	active.tanhGrad.over(t, dst, y, dy, tanhGrad)
}

func tanhGrad(dst, y, dy []float32) {
	for i, v := range y {
		dst[i] = dy[i] * (1 - float32(v*v))
	}
}
