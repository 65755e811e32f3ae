package vec

import "math"

// SoftmaxCrossEntropy sets the rows of probs to the softmax of the rows of
// logits and returns the cross-entropy −log probs[label], averaged over the
// rows:
//
//	pᵢ = exp(zᵢ − max z) / Σⱼ exp(zⱼ − max z),  loss = log Σⱼ exp(zⱼ − max z) − (z_label − max z)
//
// Subtracting the maximum keeps every exponent at or below 0, so no finite
// logits overflow; and the loss is taken from the logits, not from probs, so it
// is exact also where probs underflows to 0. probs and logits are
// [len(labels), classes]; every label is in [0, classes). The sums run in
// float64.
func SoftmaxCrossEntropy(probs, logits []float32, labels []int, classes int) float32 {
	sameLength("SoftmaxCrossEntropy", len(probs), len(logits), len(labels)*classes)
	row := softmaxRow
	if active.softmaxRow != nil && classes <= chunk {
		row = softmaxRowVector
	}
	total := 0.0
	for r, label := range labels {
		z := logits[r*classes : (r+1)*classes]
		sum, top := row(probs[r*classes:(r+1)*classes], z)
		total += math.Log(sum) - float64(z[label]-top)
	}
	return float32(total / float64(len(labels)))
}

// softmaxRow sets p to the softmax of z and returns Σ exp(z − top) and top =
// max z.
func softmaxRow(p, z []float32) (sum float64, top float32) {
	top = z[ArgMax(z)]
	for i, v := range z {
		e := math.Exp(float64(v - top))
		p[i] = float32(e)
		sum += e
	}
	scale := float32(1 / sum)
	for i := range p {
		p[i] *= scale
	}
	return sum, top
}

func softmaxRowVector(p, z []float32) (sum float64, top float32) {
	return active.softmaxRow(&p[0], &z[0], len(z))
}

// SoftmaxCrossEntropyGrad sets dst to the gradient of SoftmaxCrossEntropy with
// respect to the logits, times factor: (probs − onehot(labels))·factor/rows.
func SoftmaxCrossEntropyGrad(dst, probs []float32, labels []int, classes int, factor float32) {
	sameLength("SoftmaxCrossEntropyGrad", len(dst), len(probs), len(labels)*classes)
	factor /= float32(len(labels))
	scale(dst, probs, factor)
	for r, label := range labels {
		dst[r*classes+label] -= factor
	}
}
