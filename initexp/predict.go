package initexp

import (
	"math"
	"slices"
	"strings"

	"optlab/models"
)

// Why theory and measurement part, in a word: what of the theory's assumptions
// does not hold.
const (
	notLinear   = "not linear"   // there is no rule for the activation
	meanNotZero = "mean not 0"   // of the weights
	biasesDrawn = "biases drawn" // and not 0
	chance      = "chance"       // all assumptions hold: it is this draw
	measuredTop = "measured"     // not predicted: what the others start from
)

// parting is the factor from which on a measured variance is another one than
// the predicted.
const parting = 2

// predict adds the theory's variances to measured layers, from input to output:
// forwards from E[x²] of the network's input, backwards from Var(δy) of its
// output.
func (p *Probe) predict(init models.Initializer, layers []Layer, inputMoment float64) {
	forwards, forwardsOK := p.model.PredictMoments(init, inputMoment)
	backwards, backwardsOK := p.model.PredictGradients(init)
	top := len(layers) - 1
	broken, biases := "", false
	for i := range layers { // what is broken in one layer is in all after it
		l := &layers[i]
		module := strings.TrimSuffix(l.Parameter, ".weight")
		if hasMean(l) {
			broken = meanNotZero
		}
		biases = biases || p.biased(module)
		if forwardsOK {
			variance := forwards[module]
			l.Predicted = &variance
		}
		l.WhyActivation = why(l.Predicted, l.Activation.Variance, firstOf(broken, biasesIf(biases), chance))
		if backwardsOK {
			variance := layers[top].OutputGradient * backwards[module]
			l.PredictedGradient = &variance
		}
	}
	for i := range layers { // a gradient has come through all layers
		l := &layers[i]
		l.WhyGradient = why(l.PredictedGradient, l.OutputGradient, firstOf(broken, chance))
	}
	if backwardsOK {
		layers[top].WhyGradient = measuredTop
	}
}

// firstOf returns the first word that is one.
func firstOf(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}

func biasesIf(biased bool) string {
	if biased {
		return biasesDrawn
	}
	return ""
}

// hasMean reports whether the mean of a layer's weights is not 0, which it
// counts as within six of its standard errors.
func hasMean(l *Layer) bool {
	return math.Abs(l.Weight.Mean) > 6*math.Sqrt(l.Weight.Variance/float64(l.Weight.Count))
}

// biased reports whether a bias of a layer is not 0.
func (p *Probe) biased(module string) bool {
	for _, parameter := range p.model.Parameters() {
		if parameter.Name == module+".bias" {
			return slices.ContainsFunc(parameter.Data(), func(b float32) bool { return b != 0 })
		}
	}
	return false
}

// why returns in a word why a variance is not the predicted one, or "" where it
// is, within a factor of parting. broken is the word for a prediction that
// fails.
func why(predicted *float64, measured float64, broken string) string {
	switch {
	case predicted == nil:
		return notLinear
	case measured == *predicted, measured < parting**predicted && *predicted < parting*measured:
		return ""
	}
	return broken
}

// secondMoment returns E[x²].
func secondMoment(x []float32) float64 {
	sum := 0.0
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return sum / float64(len(x))
}
