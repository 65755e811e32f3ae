package figures

import (
	"math"
	"strings"
	"testing"
)

func TestComparisonErrors(t *testing.T) {
	one, nan := [][]float64{{0.5}}, [][]float64{{math.NaN()}}
	for _, c := range []struct {
		names              []string
		accuracies, losses [][]float64
		want               string
	}{
		{nil, nil, nil, "0 names"},
		{[]string{"sgd"}, nil, one, "0 lists of accuracies"},
		{[]string{"sgd"}, one, nil, "0 of losses"},
		{[]string{"sgd"}, [][]float64{{}}, [][]float64{{}}, `"sgd" has 0 accuracies`},
		{[]string{"sgd"}, one, [][]float64{{1, 2}}, "1 accuracies and 2 losses"},
		{[]string{"sgd"}, [][]float64{{50}}, one, "outside [0, 1]"},
		{[]string{"sgd"}, nan, one, "outside [0, 1]"},
		{[]string{"sgd"}, one, nan, "loss of NaN"},
		{[]string{"sgd"}, one, [][]float64{{math.Inf(1)}}, "loss of +Inf"},
	} {
		if _, err := Comparison("", c.names, c.accuracies, c.losses); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
}

// A single epoch, equal runs and more runs than colors are drawn.
func TestComparisonExtremes(t *testing.T) {
	many := make([][]float64, 25)
	names := make([]string, len(many))
	for i := range many {
		names[i], many[i] = strings.Repeat("run ", i%4+1)+string(rune('a'+i)), []float64{0.5, 0.6}
	}
	mustDraw(t, func() ([]byte, error) { return Comparison("One", []string{"sgd"}, [][]float64{{1}}, [][]float64{{0}}) })
	mustDraw(t, func() ([]byte, error) { return Comparison("Many", names, many, many) })
}
