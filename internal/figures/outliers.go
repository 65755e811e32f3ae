package figures

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// guessing is what a network that knows nothing of as many classes as there can
// be has as its loss, ln 256, with a little more.
const guessing = 5.7

// usual returns the largest of losses that an axis must have room for, where
// others, few, are so far above it that they would flatten the rest: more than
// three times as high. Where all are to be shown, it is the largest.
//
// Few are an eighth, at most 8, or a fiftieth of more than 400. A first loss
// that is one of guessing is usual: the curve is to show how it falls from
// there. The losses are finite and in increasing order.
func usual(sorted []float64, first float64) float64 {
	n := len(sorted)
	most := sorted[n-1]
	few := max(1, min(n/8, max(8, n/50)))
	if few >= n {
		return most
	}
	scale := sorted[n-1-few]
	if first <= guessing {
		scale = max(scale, first)
	}
	if scale < 0 || most <= 3*scale {
		return most
	}
	below, _ := slices.BinarySearch(sorted, math.Nextafter(2*scale, math.Inf(1)))
	return sorted[below-1]
}

// upTo returns the values with NaN for those above a limit.
func upTo(limit float64, values []float64) []float64 {
	kept := slices.Clone(values)
	for i, v := range kept {
		if v > limit {
			kept[i] = math.NaN()
		}
	}
	return kept
}

// above says how many of the losses an axis that ends at top has no room for;
// nothing where there are none.
func above(losses []float64, top float64) string {
	count, most := 0, 0.0
	for _, l := range losses {
		if l > top {
			count, most = count+1, max(most, l)
		}
	}
	switch count {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("1 loss, %s, is above", rounded(most))
	}
	return fmt.Sprintf("%d losses up to %s are above", count, rounded(most))
}

// rounded writes a number with two digits: 0.35, 12, 2.3e5.
func rounded(v float64) string { return exponent(strconv.FormatFloat(v, 'g', 2, 64)) }

// short writes a number with four digits: 0.07123, 2.345e5.
func short(v float64) string { return exponent(strconv.FormatFloat(v, 'g', 4, 64)) }

// exponent writes one as people do: without a plus sign and leading zeros.
func exponent(number string) string {
	return strings.NewReplacer("e+0", "e", "e+", "e", "e-0", "e-").Replace(number)
}
