package experiment

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"optlab/internal/brief"
	"optlab/models/training"
)

// Verdict says in a sentence what the comparison shows, and no more: which is
// best and whether by more than seeds differ, which does not learn, and which
// diverges.
func (c *Comparison) Verdict() string {
	var clauses []string
	done := slices.DeleteFunc(slices.Clone(c.Groups), func(g Group) bool { return len(g.finished()) == 0 })
	if len(done) > 0 {
		clauses = append(clauses, c.winner(done)...)
		clauses = append(clauses, stuck(done)...)
	}
	clauses = append(clauses, c.diverged(len(done) == 0)...)
	return strings.Join(clauses, "; ") + "."
}

// winner says which of the groups that finished, best first, is best.
func (c *Comparison) winner(done []Group) (clauses []string) {
	best := done[0]
	score := best.Score()
	of := "validation"
	if best.finished()[0].BestEpoch == 0 {
		of = "test"
	}
	right := fmt.Sprintf("%s of the %s images right", percent(score.Mean), of)
	if len(score.All) > 1 {
		right += fmt.Sprintf(" in the mean of %d seeds, %s to %s", len(score.All), percent(score.Low), percent(score.High))
	}
	if len(c.Groups) == 1 {
		return []string{right}
	}
	if len(done) == 1 {
		return []string{fmt.Sprintf("Only %s stays finite: %s", best.Name, right)}
	}
	equal, within := []string{best.Name}, []string(nil)
	for _, g := range done[1:] {
		switch s := g.Score(); {
		case s.Mean == score.Mean:
			equal = append(equal, g.Name)
		case len(s.All) > 1 && len(score.All) > 1 && s.High >= score.Low:
			within = append(within, g.Name)
		}
	}
	if len(equal) > 1 {
		clauses = append(clauses, fmt.Sprintf("%s are equally good: %s", brief.And(equal...), right))
	} else {
		clauses = append(clauses, fmt.Sprintf("%s is best: %s", best.Name, right))
	}
	switch next := done[min(len(equal), len(done)-1)]; {
	case len(within) == 1:
		clauses = append(clauses, fmt.Sprintf("the difference to %s is within the spread of seeds", within[0]))
	case len(within) > 1:
		clauses = append(clauses, fmt.Sprintf("the differences to %s are within the spread of seeds", brief.And(within...)))
	case len(equal) == len(done): // there is none behind
	case len(score.All) > 1 && len(next.Score().All) > 1:
		clauses = append(clauses, fmt.Sprintf("%s is %s points behind, with every seed", next.Name, points(score.Mean-next.Score().Mean)))
	default:
		// What seeds make of the lab's networks is some tenths of a point.
		const little = 0.01
		behind, caution := score.Mean-next.Score().Mean, "with one seed"
		if behind < little {
			caution = "which with one seed may be chance"
		}
		clauses = append(clauses, fmt.Sprintf("%s is %s points behind, %s", next.Name, points(behind), caution))
	}
	return clauses
}

// stuck names the groups whose losses stay far above those of the best.
func stuck(done []Group) (clauses []string) {
	// A loss of e⁻¹ and more is of a network that is wrong about a good part of
	// the images; far from the best, it is the rate or the start that is at
	// fault, and not the network.
	const far, large = 3, 0.5
	least := lowest(done[0])
	for _, g := range done[1:] {
		if low := lowest(g); low >= large && low >= far*least {
			clauses = append(clauses, fmt.Sprintf("with %s the training loss never falls below %s", g.Name, strconv.FormatFloat(math.Floor(low*100)/100, 'f', -1, 64)))
		}
	}
	return shortened(clauses)
}

// lowest returns the lowest mean training loss of an epoch, +∞ if nothing was
// trained.
func lowest(g Group) float64 {
	low := math.Inf(1)
	for _, c := range g.finished() {
		for _, l := range c.TrainLosses {
			low = min(low, l)
		}
	}
	if math.IsInf(low, 1) {
		return 0
	}
	return low
}

// diverged names the groups with runs that diverged.
func (c *Comparison) diverged(all bool) (clauses []string) {
	for _, g := range c.Groups {
		first, n := math.MaxInt, 0
		for _, r := range g.Runs {
			if r.Status == training.Diverged {
				first, n = min(first, len(r.TrainLosses)+1), n+1
			}
		}
		if n == 0 {
			continue
		}
		clause := fmt.Sprintf("%s diverges in epoch %d", g.Name, first)
		switch {
		case g.Name == "":
			clause = fmt.Sprintf("it diverges with %d of %d seeds, first in epoch %d", n, len(g.Runs), first)
		case len(g.Runs) > 1:
			clause = fmt.Sprintf("%s diverges with %d of %d seeds, first in epoch %d", g.Name, n, len(g.Runs), first)
		}
		clauses = append(clauses, clause)
	}
	if all {
		return append([]string{"No run stays finite: try smaller learning rates"}, shortened(clauses)...)
	}
	return shortened(clauses)
}

// shortened returns the first of many clauses.
func shortened(clauses []string) []string {
	const most = 3
	if n := len(clauses) - most; n > 0 {
		return append(clauses[:most:most], fmt.Sprintf("so it is with %d more", n))
	}
	return clauses
}

func percent(share float64) string { return fmt.Sprintf("%.2f %%", 100*share) }

// points are percent points.
func points(difference float64) string { return fmt.Sprintf("%.2f", 100*difference) }
