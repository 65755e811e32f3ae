package cli

import (
	"flag"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"

	"optlab/internal/brief"
)

// ErrHelp is what Parse returns after printing the help that was asked for.
var ErrHelp = flag.ErrHelp

// Flags are a command's flags, with a help text that shows them in groups.
type Flags struct {
	set      *flag.FlagSet
	aliases  map[string]string // other names of flags
	synopsis string
	examples []string
	groups   []flagGroup
	operands operands
}

type flagGroup struct {
	title string
	names []string
}

// NewFlags returns an empty set of flags for a command: its name, what it does
// in a line or two, and examples of its use.
func NewFlags(command, synopsis string, examples ...string) *Flags {
	set := flag.NewFlagSet(command, flag.ContinueOnError)
	set.SetOutput(io.Discard) // Parse reports errors its own way
	return &Flags{set: set, synopsis: synopsis, examples: examples}
}

// Group starts a group: the flags defined next are shown under its title.
func (f *Flags) Group(title string) { f.groups = append(f.groups, flagGroup{title: title}) }

// BindBool defines a flag that sets target to true, or to the value given with
// it.
func (f *Flags) BindBool(target *bool, name, usage string) {
	f.note(name)
	f.set.BoolVar(target, name, *target, usage)
}

// Bind defines a flag that sets target to what parse makes of its text; parse's
// error says what would be right. What target has before is the value without
// the flag. In usage, a word in back quotes stands for the value in the help; a
// usage that says "(default …)" itself, because the default depends on other
// flags, is shown without the value.
func Bind[T any](f *Flags, target *T, name string, parse func(string) (T, error), usage string) {
	f.note(name)
	f.set.Var(&value[T]{target, parse}, name, usage)
}

func (f *Flags) note(name string) {
	g := &f.groups[len(f.groups)-1]
	g.names = append(g.names, name)
}

// value is a flag.Value.
type value[T any] struct {
	now   *T
	parse func(string) (T, error)
}

func (v *value[T]) Set(text string) error {
	parsed, err := v.parse(text)
	if err == nil {
		*v.now = parsed
	}
	return err
}

func (v *value[T]) String() string {
	if v.parse == nil { // package flag makes a zero value to find out the default
		return ""
	}
	if list, ok := any(*v.now).([]int); ok {
		return JoinInts(list, ",")
	}
	return fmt.Sprint(*v.now)
}

// Alias lets a flag that is defined go by another name too, which the help does
// not show.
func (f *Flags) Alias(other, name string) {
	f.set.Var(f.set.Lookup(name).Value, other, "the same as -"+name)
	if f.aliases == nil {
		f.aliases = make(map[string]string)
	}
	f.aliases[other] = name
}

// Given reports whether the flag was given, rather than left at its fallback.
func (f *Flags) Given(name string) bool {
	given := false
	f.set.Visit(func(g *flag.Flag) { given = given || g.Name == name || f.aliases[g.Name] == name })
	return given
}

// Alone returns a UsageError if a flag was given with others, which would have
// no effect.
func (f *Flags) Alone(name string) (err error) {
	f.set.Visit(func(g *flag.Flag) {
		if g.Name != name && err == nil {
			err = Usagef("-%s has no effect with -%s, which goes alone", g.Name, name)
		}
	})
	return err
}

// Useless returns a UsageError if a flag was given together with one of others
// that have no effect then.
func (f *Flags) Useless(name string, others ...string) error {
	for _, other := range others {
		if f.Given(name) && f.Given(other) {
			return Usagef("-%s has no effect with -%s", other, name)
		}
	}
	return nil
}

// Parse parses the arguments. Wrong ones are a UsageError; for -h it writes the
// help to stdout and returns ErrHelp.
func (f *Flags) Parse(args []string, stdout io.Writer) error {
	for {
		err := f.set.Parse(args)
		switch {
		case errors.Is(err, flag.ErrHelp):
			f.help(stdout)
			return ErrHelp
		case err != nil:
			return UsageError{errors.New(err.Error() + f.meant(err))}
		}
		rest := f.set.Args()
		if args = f.operands.take(rest, len(args) > len(rest) && args[len(args)-len(rest)-1] == "--"); len(args) == 0 {
			return f.operands.check()
		}
	}
}

// The columns of the flags in the help, and of what is said of them.
const (
	flagColumn  = 2
	usageColumn = 25
)

// help writes the help text.
func (f *Flags) help(w io.Writer) {
	width, command := Width(w), started(f.set.Name())
	for _, paragraph := range strings.Split(f.synopsis, "\n\n") {
		fmt.Fprintf(w, "%s\n\n", strings.Join(brief.Wrap(paragraph, width), "\n"))
	}
	usage := command
	if len(f.groups) > 0 {
		usage += " [flags]"
	}
	if f.operands.usage != "" {
		usage += " " + f.operands.usage
	}
	fmt.Fprintf(w, "Usage: %s\n", usage)
	for _, g := range f.groups {
		fmt.Fprintf(w, "\n%s:\n", g.title)
		for _, name := range g.names {
			fl := f.set.Lookup(name)
			placeholder, usage := flag.UnquoteUsage(fl)
			if d := fl.DefValue; d != "" && d != "false" && !strings.Contains(usage, "(default ") {
				usage += fmt.Sprintf(" (default %s)", d)
			}
			line := strings.Repeat(" ", flagColumn) + strings.TrimRight("-"+name+" "+placeholder, " ")
			for _, part := range brief.Wrap(usage, width-usageColumn) {
				if n := utf8.RuneCountInString(line); n >= usageColumn {
					fmt.Fprintln(w, line)
					line = ""
				}
				fmt.Fprintf(w, "%-*s%s\n", usageColumn, line, part)
				line = ""
			}
		}
	}
	if len(f.examples) > 0 {
		fmt.Fprintf(w, "\nExamples:\n")
	}
	for _, e := range f.examples {
		printExample(w, width, strings.Replace(e, "go run ./cmd/"+f.set.Name(), command, 1))
	}
}

// printExample prints a command in lines that a shell takes for one.
func printExample(w io.Writer, width int, example string) {
	const indent, end = "  ", " \\"
	lines := brief.Wrap(example, width-2*len(indent)-len(end))
	for i, line := range lines {
		if i > 0 {
			line = indent + line
		}
		if i < len(lines)-1 {
			line += end
		}
		fmt.Fprintf(w, "%s%s\n", indent, line)
	}
}
