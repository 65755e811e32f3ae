package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"gorgonia.org/tensor"

	"optlab/experiment"
	"optlab/graph"
	"optlab/internal/cli"
	"optlab/models"
	"optlab/models/inspect"
	"optlab/models/training"
)

// conclude says what the file is, and with which flags it is loaded.
func (f *opened) conclude(w io.Writer) {
	tensors, subject := f.Tensors, "it"
	if f.parts != nil {
		f.printParts(w)
		tensors, subject = f.parts[0].Tensors, training.BestFile+" beside it"
	}
	shapes := make(map[string]tensor.Shape, len(tensors))
	for name, t := range tensors {
		shapes[name] = t.Shape()
	}
	c, err := models.Infer(shapes)
	if err != nil {
		cli.PrintWrapped(w, fmt.Sprintf("cmd/train does not load %s: %v", subject, err))
		return
	}
	known := f.run != nil && f.run.Model.Architecture == c.Architecture && slices.Equal(f.run.Model.Sizes, c.Sizes)
	if known {
		c = f.run.Model
	}
	fmt.Fprintf(w, "cmd/train loads %s with\n", subject)
	printFlags(w, flags(c, known))
	if !known {
		printUnknown(w, c)
	}
	for _, s := range inspect.Summarize(tensors) {
		if s.NaN+s.Inf > 0 {
			cli.PrintWrapped(w, "but for its values that are not finite, which it refuses.")
			break
		}
	}
}

// flags returns the flags of cmd/train that describe the network, which names
// and shapes alone do not if it is not known from elsewhere.
func flags(c models.Config, known bool) []string {
	list := []string{"-model", string(c.Architecture), "-sizes", cli.JoinInts(c.Sizes, ",")}
	if known && len(activations(c)) > 1 {
		list = append(list, "-activation", string(c.Activation))
	}
	if c.Dropout != experiment.Default(c.Architecture).Model.Dropout {
		list = append(list, "-dropout", fmt.Sprint(c.Dropout))
	}
	return list
}

// activations returns those that the network may have.
func activations(c models.Config) []graph.Activation {
	var list []graph.Activation
	for _, a := range graph.Activations {
		if c.Activation = a; c.Validate() == nil {
			list = append(list, a)
		}
	}
	return list
}

// printUnknown says what a file does not, and what the flags stand for.
func printUnknown(w io.Writer, c models.Config) {
	if len(c.Sizes) == 2 {
		return // without a hidden layer there is nothing more
	}
	if free := activations(c); len(free) > 1 {
		cli.PrintWrapped(w, fmt.Sprintf("The file does not say which -activation the network had (%s); without the flag it is %s.", cli.Join(free, ", "), c.Activation))
	}
	if c.Dropout > 0 {
		cli.PrintWrapped(w, fmt.Sprintf("The network had dropout, the file does not say with which probability: without -dropout it is %v. Tests do not depend on it.", c.Dropout))
	}
}

// printParts prints what there is in a checkpoint.
func (f *opened) printParts(w io.Writer) {
	fmt.Fprintln(w, "A checkpoint of a run: the state that its own command goes on from.")
	for _, p := range f.parts {
		fmt.Fprintf(w, "  %-12s %11s  %s\n", p.Prefix+"*", plural(len(p.Tensors), "tensor"), p.Content)
	}
	if digest, err := f.Digest(); err != nil || digest != f.Metadata[models.DigestKey] {
		fmt.Fprintln(w, "It is damaged: its content does not match its digest.")
	}
}

// printFlags prints flags as a shell takes them, also where a line ends.
func printFlags(w io.Writer, flags []string) {
	const most = lineWidth - 2 // " \"
	line := " "
	for i := 0; i < len(flags); i += 2 {
		flag := " " + strings.Join(flags[i:i+2], " ")
		if i > 0 && len(line)+len(flag) > most {
			fmt.Fprintln(w, line+" \\")
			line = " "
		}
		for line += flag; len(line) > most; {
			cut := strings.LastIndexByte(line[:most], ',') + 1
			if cut == 0 {
				break
			}
			fmt.Fprintln(w, line[:cut]+"\\")
			line = line[cut:]
		}
	}
	fmt.Fprintln(w, line)
}
