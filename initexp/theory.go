package initexp

import (
	"optlab/graph"
	"optlab/models"
)

// Predict returns the variance of every Linear layer's output that the lab's
// theory predicts, layer by layer:
//
//	Var(y) = d·Var(w)·E[x²]
//
// for d inputs x and weights w of mean 0, all independent, biases 0. inputMoment
// is E[x²] of the network's input; further on it follows from the variance
// predicted for the layer before: it is that variance for the identity, half of
// it for ReLU, which keeps half of a symmetric distribution. For tanh there is
// no such rule, and the result is nil.
//
// Where an initialisation breaks the assumptions (a constant has no mean 0,
// "normal" and "torch" draw biases too) measurement and prediction part: that is
// what they are shown side by side for.
func Predict(config models.Config, init models.Initializer, inputMoment float64) []float64 {
	share := map[graph.Activation]float64{graph.Identity: 1, graph.ReLU: 0.5}[config.Activation]
	if share == 0 {
		return nil
	}
	variances := make([]float64, len(config.Sizes)-1)
	moment := inputMoment
	for i := range variances {
		d := config.Sizes[i]
		variances[i] = float64(d) * init.WeightVariance(i, d, config.Sizes[i+1]) * moment
		moment = share * variances[i]
	}
	return variances
}

// secondMoment returns E[x²].
func secondMoment(x []float32) float64 {
	sum := 0.0
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return sum / float64(len(x))
}
