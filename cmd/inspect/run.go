package main

import (
	"context"
	"fmt"
	"io"

	"optlab/internal/cli"
	"optlab/models/inspect"
)

// run is the command: it returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	paths, err := parseOptions(args, stdout)
	if err == nil {
		err = inspectAll(ctx, paths, stdout)
	}
	return cli.Report(stderr, "inspect", err)
}

// inspectAll prints what is in a file, or how two differ.
func inspectAll(ctx context.Context, paths []string, stdout io.Writer) error {
	var files []*opened
	for _, path := range paths {
		var f *opened
		err := cli.Await(ctx, func() (err error) {
			f, err = open(ctx, path)
			return err
		})
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	if len(files) == 1 {
		files[0].head(stdout, "")
		fmt.Fprintln(stdout)
		printSummaries(stdout, inspect.Summarize(files[0].Tensors))
		fmt.Fprintln(stdout)
		files[0].conclude(stdout)
		return nil
	}
	for i, f := range files {
		f.head(stdout, "AB"[i:i+1]+": ")
		f.conclude(stdout)
		fmt.Fprintln(stdout)
	}
	comparison := inspect.Compare(files[0].Tensors, files[1].Tensors)
	printComparison(stdout, comparison)
	fmt.Fprintln(stdout)
	cli.PrintWrapped(stdout, comparison.String())
	return nil
}
