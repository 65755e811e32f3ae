package main

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"

	"optlab/experiment"
	"optlab/internal/cli"
)

// column is a column of the table.
type column struct {
	name  string
	right bool // set flush right, as numbers are
	// wanted orders the columns by who is left out first where not all fit.
	wanted int
	// value returns what is shown of a run and what it is sorted by, a number or
	// a text; an empty text is nothing.
	value func(e *entry) (text string, number float64)
}

// columns has a row for every column of the table, in its order.
var columns = []column{
	{"path", false, 0, func(e *entry) (string, float64) { return filepath.ToSlash(e.below), 0 }},
	{"data", false, 9, ofConfig(func(c *experiment.Config) (string, float64) {
		if c.DataSHA256 != "" { // a folder
			return filepath.Base(c.Data), 0
		}
		return c.Data, 0
	})},
	{"network", false, 8, ofConfig(func(c *experiment.Config) (string, float64) { return cli.JoinInts(c.Model.Sizes, "-"), 0 })},
	{"optimizer", false, 5, ofConfig(func(c *experiment.Config) (string, float64) { return c.Optimizer.Name, 0 })},
	{"rate", true, 6, ofConfig(func(c *experiment.Config) (string, float64) {
		return fmt.Sprint(c.Optimizer.LearningRate), c.Optimizer.LearningRate
	})},
	{"batch", true, 10, ofConfig(func(c *experiment.Config) (string, float64) { return fmt.Sprint(c.Batch), float64(c.Batch) })},
	{"epochs", true, 2, func(e *entry) (string, float64) {
		if e.config == nil {
			return "", 0
		}
		return fmt.Sprintf("%d/%d", e.epochs, e.config.Epochs), float64(e.epochs)
	}},
	{"status", false, 1, func(e *entry) (string, float64) { return string(e.status), 0 }},
	{"best", true, 7, func(e *entry) (string, float64) {
		if e.best == 0 {
			return "", 0
		}
		return fmt.Sprint(e.best), float64(e.best)
	}},
	{"val", true, 4, func(e *entry) (string, float64) {
		if e.best == 0 {
			return "", 0
		}
		return percent(e.validation), e.validation
	}},
	{"test", true, 3, func(e *entry) (string, float64) {
		if e.test == nil {
			return "", 0
		}
		return percent(e.test.Accuracy), e.test.Accuracy
	}},
	{"seconds", true, 11, func(e *entry) (string, float64) {
		if e.epochs == 0 {
			return "", 0
		}
		return fmt.Sprintf("%.1f", e.seconds), e.seconds
	}},
}

// ofConfig is a value that depends on the configuration alone.
func ofConfig(of func(c *experiment.Config) (string, float64)) func(e *entry) (string, float64) {
	return func(e *entry) (string, float64) {
		if e.config == nil {
			return "", 0
		}
		return of(e.config)
	}
}

func percent(x float64) string { return fmt.Sprintf("%.2f %%", 100*x) }

// columnNames returns the names of all columns.
func columnNames() []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return names
}

// order sorts the runs, those without a value last either way.
func (o *options) order(entries []entry) {
	by := columns[slices.Index(columnNames(), o.sort)]
	slices.SortStableFunc(entries, func(a, b entry) int {
		x, m := by.value(&a)
		y, n := by.value(&b)
		if x == "" || y == "" {
			return -cmp.Compare(x, y) // what is empty is smaller
		}
		order := cmp.Compare(m, n)
		if !by.right {
			order = cmp.Compare(x, y)
		}
		if o.reverse {
			order = -order
		}
		return order
	})
}
