package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/pkg/errors"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/brief"
	"optlab/internal/cli"
	"optlab/models"
	"optlab/models/inspect"
)

// The columns of the table that compares two runs.
const (
	nameWidth  = 30
	valueWidth = (lineWidth - nameWidth - 2*len(apart)) / 2
)

// diff prints how the runs in two folders differ.
func diff(ctx context.Context, a, b string, stdout io.Writer, warn func(error)) error {
	var runs [2]entry
	for i, path := range []string{a, b} {
		err := cli.Await(ctx, func() error {
			if err := experiment.WantRun(ctx, path); err != nil {
				return err
			}
			runs[i] = newEntry(path)
			return nil
		})
		if err != nil {
			return err
		}
	}
	run, environment, err := folder.Differences(folder.Folder{Path: a}, folder.Folder{Path: b})
	if err != nil {
		return cli.Plain(err) // of what the flags of cmd/train would do
	}
	for i, path := range []string{a, b} {
		if runs[i].problem != nil {
			warn(runs[i].problem)
		}
		fmt.Fprintf(stdout, "%s: %s\n", "AB"[i:i+1], brief.Fit(filepath.ToSlash(path), lineWidth-3))
	}
	printDifferences(stdout, "configuration", run)
	printDifferences(stdout, "made on", environment)
	printResults(stdout, &runs[0], &runs[1])
	var text string
	err = cli.Await(ctx, func() (err error) {
		text, err = compareModels(ctx, a, b)
		return err
	})
	if err == nil {
		fmt.Fprintln(stdout)
		cli.PrintWrapped(stdout, text)
	}
	return err
}

// side prints a row of two values, in lines of their own if they are long.
func side(w io.Writer, name, a, b string) {
	if len([]rune(name)) <= nameWidth && len([]rune(a)) <= valueWidth && len([]rune(b)) <= valueWidth {
		fmt.Fprintf(w, "%-*s%s%-*s%s%s\n", nameWidth, name, apart, valueWidth, a, apart, b)
		return
	}
	fmt.Fprintln(w, brief.Fit(name, lineWidth))
	for i, value := range []string{a, b} {
		fmt.Fprintf(w, "%s%s: %s\n", apart, "AB"[i:i+1], brief.Fit(value, lineWidth-len(apart)-3))
	}
}

// printDifferences prints a row for every field that differs.
func printDifferences(w io.Writer, what string, list []folder.Difference) {
	fmt.Fprintln(w)
	if len(list) == 0 {
		fmt.Fprintf(w, "%s: the same\n", what)
		return
	}
	side(w, what, "A", "B")
	for _, d := range list {
		side(w, brief.Name(d.Name), d.Before, d.Now)
	}
}

// printResults prints the results side by side.
func printResults(w io.Writer, a, b *entry) {
	fmt.Fprintln(w)
	side(w, "results", "A", "B")
	for _, row := range []struct {
		name string
		of   func(e *entry) string
	}{
		{"status", of("status")}, {"epochs", of("epochs")}, {"best epoch", of("best")},
		{"validation accuracy", of("val")}, {"test accuracy", of("test")},
		{"test loss", func(e *entry) string {
			if e.test == nil {
				return "-"
			}
			return fmt.Sprintf("%.4f", e.test.Loss)
		}},
		{"seconds of training", of("seconds")},
	} {
		side(w, row.name, row.of(a), row.of(b))
	}
}

// of returns what the table has in a column.
func of(name string) func(e *entry) string {
	for _, c := range columns {
		if c.name == name {
			return c.cell
		}
	}
	return nil
}

// compareModels says whether the parameters of two runs are the same bits.
func compareModels(ctx context.Context, a, b string) (string, error) {
	var files [2]models.TensorFile
	for i, path := range []string{a, b} {
		file, err := experiment.ModelFile(ctx, path)
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Sprintf("models: %s has none", "AB"[i:i+1]), nil
		}
		if err != nil {
			return "", err
		}
		if files[i], err = models.ReadAnyTensors(file); err != nil {
			return "", err
		}
	}
	return "models: " + inspect.Compare(files[0].Tensors, files[1].Tensors).String(), nil
}
