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

// ReLUGrad sets dst to 0 where y = ReLU(x) is 0 and to dy elsewhere, also where
// y is a NaN, as in PyTorch.
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

// leakySlope is that of torch.nn.LeakyReLU if it is given none.
const leakySlope = 0.01

// LeakyReLU sets dst = x where x > 0 and 0.01·x elsewhere.
func LeakyReLU(t parallel.Threads, dst, x []float32) {
	sameLength("LeakyReLU", len(dst), len(x))
	active.leakyReLU.over(t, dst, x, leakyReLU)
}

func leakyReLU(dst, x []float32) {
	for i, v := range x {
		if v > 0 {
			dst[i] = v
		} else {
			dst[i] = leakySlope * v
		}
	}
}

// LeakyReLUGrad sets dst = dy where x > 0 and 0.01·dy elsewhere, also where x
// is a NaN, as in PyTorch. LeakyReLU(x) may stand for x, since it is positive
// where x is.
func LeakyReLUGrad(t parallel.Threads, dst, x, dy []float32) {
	sameLength("LeakyReLUGrad", len(dst), len(x), len(dy))
	active.leakyReLUGrad.over(t, dst, x, dy, leakyReLUGrad)
}

func leakyReLUGrad(dst, x, dy []float32) {
	for i, v := range x {
		if v > 0 {
			dst[i] = dy[i]
		} else {
			dst[i] = leakySlope * dy[i]
		}
	}
}

// Tanh sets dst = tanh(x). The vector kernels are within 3 units in the last
// place of the exact value, the plain one within 1.
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

// Sigmoid sets dst = 1/(1 + e⁻ˣ).
func Sigmoid(t parallel.Threads, dst, x []float32) {
	sameLength("Sigmoid", len(dst), len(x))
	active.sigmoid.over(t, dst, x, sigmoid)
}

func sigmoid(dst, x []float32) {
	for i, v := range x {
		dst[i] = float32(1 / (1 + math.Exp(-float64(v))))
	}
}

// SigmoidGrad sets dst = dy·(1 − y)·y, where y = Sigmoid(x).
func SigmoidGrad(t parallel.Threads, dst, y, dy []float32) {
	sameLength("SigmoidGrad", len(dst), len(y), len(dy))
	active.sigmoidGrad.over(t, dst, y, dy, sigmoidGrad)
}

func sigmoidGrad(dst, y, dy []float32) {
	for i, v := range y {
		dst[i] = dy[i] * (1 - v) * v
	}
}
