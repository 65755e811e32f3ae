package figures

// movingMean returns the means of all full windows of consecutive values:
// element i is the mean of values[i : i+window], so len(values)−window+1
// elements, as np.convolve(values, np.ones(window)/window, "valid") gives. It
// is nil if window < 1 or there are fewer values.
//
// Each mean is rounded like a plain sum of its own window, however long the
// series: nothing is subtracted, so an outlier or a NaN is felt only while it
// is inside the window.
func movingMean(values []float64, window int) []float64 {
	if window < 1 || len(values) < window {
		return nil
	}
	// Cut the values in blocks of one window. A window is the end of a block
	// and the start of the next: the sums of all ends are made once per block,
	// the start's sum grows with the window.
	means := make([]float64, len(values)-window+1)
	ends := make([]float64, window+1)
	for block := 0; block < len(means); block += window {
		for i := window - 1; i >= 0; i-- {
			ends[i] = ends[i+1] + values[block+i]
		}
		start := 0.0
		for i := 0; i < window && block+i < len(means); i++ {
			if i > 0 {
				start += values[block+window+i-1]
			}
			means[block+i] = (ends[i] + start) / float64(window)
		}
	}
	return means
}
