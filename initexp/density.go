package initexp

import "math"

// Density is a kernel density estimate, sampled on an even grid that reaches
// beyond the values as far as the kernel does, so that its integral is 1.
type Density struct {
	X []float64 // increasing, evenly spaced
	Y []float64 // density at X
}

const (
	kernelReach   = 4.0 // in bandwidths: beyond it the Gaussian is below 0.04 % of its peak
	gridFineness  = 8.0 // grid points per bandwidth
	minGridPoints = 512
	maxGridPoints = 1 << 14
)

// estimate returns the density of values with a Gaussian kernel whose bandwidth
// is Scott's rule, σ·n^(−1/5) with σ the sample standard deviation, as
// seaborn's histplot(kde=True) takes it from SciPy's gaussian_kde (D. W. Scott,
// Multivariate Density Estimation, 1992).
//
// Summing a kernel for each of n values at each of m points takes n·m steps.
// Instead the values are spread over a grid, each over its two neighbors in
// proportion to its nearness, and the grid is convolved with the kernel once:
// n + m·(kernel width) steps. Spreading widens the kernel by δ²/6 for a spacing
// δ, a bandwidth in 400 at the grid's fineness.
func estimate(values []float32, d Distribution) *Density {
	n := float64(d.Count)
	bandwidth := math.Sqrt(d.Variance*n/(n-1)) * math.Pow(n, -0.2)
	low, high := d.Min-kernelReach*bandwidth, d.Max+kernelReach*bandwidth
	points := math.Ceil((high - low) / bandwidth * gridFineness)
	m := int(math.Max(minGridPoints, math.Min(points, maxGridPoints)))
	step := (high - low) / float64(m-1)

	mass := make([]float64, m+1) // one more: the neighbor of a value on the last point
	for _, v := range values {
		position := (float64(v) - low) / step
		i := int(position)
		right := position - float64(i)
		mass[i] += 1 - right
		mass[i+1] += right
	}
	kernel := gaussian(bandwidth, step, n)
	density := &Density{X: make([]float64, m), Y: make([]float64, m)}
	for i := range density.X {
		density.X[i] = low + float64(i)*step
	}
	for i, w := range mass[:m] {
		if w == 0 {
			continue
		}
		density.Y[i] += w * kernel[0]
		for k := 1; k < len(kernel); k++ {
			if i-k >= 0 {
				density.Y[i-k] += w * kernel[k]
			}
			if i+k < m {
				density.Y[i+k] += w * kernel[k]
			}
		}
	}
	return density
}

// gaussian returns the right half of the kernel on the grid, for one of n
// values.
func gaussian(bandwidth, step, n float64) []float64 {
	kernel := make([]float64, int(kernelReach*bandwidth/step)+1)
	peak := 1 / (math.Sqrt(2*math.Pi) * bandwidth * n)
	for k := range kernel {
		z := float64(k) * step / bandwidth
		kernel[k] = peak * math.Exp(-z*z/2)
	}
	return kernel
}
