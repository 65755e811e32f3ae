package cli_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"optlab/internal/check"
	"optlab/internal/cli"
)

// values are those of the flags that newFlags defines.
type values struct {
	rate           float64
	sizes          []int
	out            string
	quiet, verbose bool
}

func newFlags() (*cli.Flags, *values) {
	f := cli.NewFlags("sample", "Does a thing.\nAnd another.", "go run ./cmd/sample", "go run ./cmd/sample -lr 2")
	v := &values{rate: 0.5, sizes: []int{3, 4}}
	f.Group("Numbers")
	cli.Bind(f, &v.rate, "lr", cli.Positive, "learning `RATE`")
	cli.Bind(f, &v.sizes, "sizes", cli.Sizes, "`N,…` units")
	f.Group("Output")
	cli.Bind(f, &v.out, "out", cli.Text, "`DIR` for files (default runs/…)")
	f.BindBool(&v.quiet, "quiet", "print little")
	f.BindBool(&v.verbose, "verbose", "print much")
	return f, v
}

func TestParse(t *testing.T) {
	f, v := newFlags()
	var stdout bytes.Buffer
	check.NoError(t, f.Parse([]string{"-lr", "2", "--sizes=7,8,9", "-quiet"}, &stdout))
	if v.rate != 2 || !slices.Equal(v.sizes, []int{7, 8, 9}) || v.out != "" || !v.quiet || v.verbose {
		t.Errorf("the values are %v %v %q %v %v", v.rate, v.sizes, v.out, v.quiet, v.verbose)
	}
	for name, want := range map[string]bool{"lr": true, "sizes": true, "out": false, "quiet": true, "verbose": false, "other": false} {
		if f.Given(name) != want {
			t.Errorf("Given(%q) is %v", name, !want)
		}
	}
	f, v = newFlags()
	check.NoError(t, f.Parse(nil, &stdout))
	if v.rate != 0.5 || !slices.Equal(v.sizes, []int{3, 4}) || v.quiet || f.Given("lr") {
		t.Errorf("without flags the values are %v %v %v", v.rate, v.sizes, v.quiet)
	}
	f, v = newFlags()
	check.NoError(t, f.Parse([]string{"-lr", "0.5", "-quiet=false"}, &stdout))
	if !f.Given("lr") || v.quiet {
		t.Error("a flag given its fallback is not given")
	}
	if stdout.Len() > 0 {
		t.Errorf("stdout got %q", &stdout)
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct {
		args  string
		parts []string
	}{
		{"-nope", []string{"-nope"}},
		{"-lr", []string{"-lr"}},
		{"-lr 0", []string{`"0"`, "-lr", "want a finite number above 0"}},
		{"-lr=NaN", []string{`"NaN"`, "-lr"}},
		{"-sizes 5", []string{`"5"`, "-sizes", "784,128,10"}},
		{"-quiet=maybe", []string{"quiet", "maybe"}},
		{"-lr 1 stray -quiet", []string{`unexpected argument "stray"`}},
		{"-", []string{`unexpected argument "-"`}},
		{"-lr 1 -- -quiet", []string{`unexpected argument "-quiet"`}},
	} {
		t.Run(c.args, func(t *testing.T) {
			f, v := newFlags()
			var stdout bytes.Buffer
			err := f.Parse(strings.Fields(c.args), &stdout)
			check.Error(t, err, c.parts...)
			var usage cli.UsageError
			if !errors.As(err, &usage) {
				t.Errorf("error %v is no UsageError", err)
			}
			if stdout.Len() > 0 {
				t.Errorf("stdout got %q", &stdout)
			}
			if v.rate != 0.5 && !strings.Contains(c.args, "-lr 1") {
				t.Errorf("a bad value changed the rate to %v", v.rate)
			}
		})
	}
}

const help = `Does a thing. And another.

Usage: go run ./cmd/sample [flags]

Numbers:
  -lr RATE               learning RATE (default 0.5)
  -sizes N,…             N,… units (default 3,4)

Output:
  -out DIR               DIR for files (default runs/…)
  -quiet                 print little
  -verbose               print much

Examples:
  go run ./cmd/sample
  go run ./cmd/sample -lr 2
`

// The help fits 80 columns, with long texts beside the flags and long examples
// in lines that a shell takes for one.
func TestHelpIsWrapped(t *testing.T) {
	var rate float64
	f := cli.NewFlags("sample", strings.Repeat("does it ", 20), "go run ./cmd/sample -lr 2 -"+strings.Repeat("x", 60)+" 1")
	f.Group("Numbers")
	cli.Bind(f, &rate, "a-rather-long-name-of-a-flag", cli.Positive, "learning `RATE`"+strings.Repeat(" and so on", 20))
	var stdout bytes.Buffer
	if err := f.Parse([]string{"-h"}, &stdout); !errors.Is(err, cli.ErrHelp) {
		t.Fatal(err)
	}
	for line := range strings.Lines(stdout.String()) {
		if n := len([]rune(line)) - 1; n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	for _, part := range []string{"  -a-rather-long-name-of-a-flag RATE\n" + strings.Repeat(" ", 25) + "learning RATE and so on", "\n  go run ./cmd/sample -lr 2 \\\n    -xxx"} {
		if !strings.Contains(stdout.String(), part) {
			t.Errorf("the help lacks %q:\n%s", part, &stdout)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	for arg, want := range map[string]string{
		"-siezs": "did you mean -sizes?", "-verb": "did you mean -verbose?", "-quite": "did you mean -quiet?",
		"-nonesuch": "", "-x": "",
	} {
		f, _ := newFlags()
		err := f.Parse([]string{arg}, new(bytes.Buffer))
		check.Error(t, err, arg, want)
		if want == "" && strings.Contains(err.Error(), "mean") {
			t.Errorf("%s: %v", arg, err)
		}
	}
}

// A flag by another name is the same flag.
func TestAlias(t *testing.T) {
	f, v := newFlags()
	f.Alias("rate", "lr")
	check.NoError(t, f.Parse([]string{"-rate", "3"}, new(bytes.Buffer)))
	if v.rate != 3 || !f.Given("lr") || f.Given("out") {
		t.Errorf("the rate is %v, given: %v", v.rate, f.Given("lr"))
	}
	var stdout bytes.Buffer
	_ = f.Parse([]string{"-h"}, &stdout)
	if strings.Contains(stdout.String(), "-rate") {
		t.Errorf("the help shows the other name:\n%s", &stdout)
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"-h"}, {"-help"}, {"--help"}, {"-lr", "7", "-quiet", "-h"}} {
		f, _ := newFlags()
		var stdout bytes.Buffer
		if err := f.Parse(args, &stdout); !errors.Is(err, cli.ErrHelp) {
			t.Errorf("%v: error %v, want ErrHelp", args, err)
		}
		if stdout.String() != help {
			t.Errorf("%v: the help is\n%s\nwant\n%s", args, &stdout, help)
		}
	}
}

func TestUseless(t *testing.T) {
	for arguments, want := range map[string]string{
		"":                "",
		"-quiet":          "",
		"-lr 2":           "",
		"-quiet -verbose": "",
		"-quiet -lr 2":    "-lr has no effect with -quiet",
		"-quiet -out x":   "-out has no effect with -quiet",
		"-lr 2 -out x":    "",
	} {
		f, _ := newFlags()
		check.NoError(t, f.Parse(strings.Fields(arguments), new(bytes.Buffer)))
		err := f.Useless("quiet", "lr", "out")
		if want == "" {
			check.NoError(t, err)
			continue
		}
		check.Error(t, err, want)
		var usage cli.UsageError
		if !errors.As(err, &usage) {
			t.Errorf("%q: a %T", arguments, err)
		}
	}
}

// Operands stand anywhere among the flags; after "--" everything is one.
func TestOperands(t *testing.T) {
	for line, want := range map[string]struct{ operands, wrong string }{
		"":              {"", "want FILE [FILE2]"},
		"a":             {"a", ""},
		"a -quiet b":    {"a b", ""},
		"-quiet -- a":   {"a", ""},
		"-- -quiet b":   {"-quiet b", ""},
		"a b c":         {"", `unexpected argument "c": want FILE [FILE2]`},
		"a -nonesuch b": {"", "nonesuch"},
	} {
		f, _ := newFlags()
		f.Operands("FILE [FILE2]", 1, 2)
		err := f.Parse(strings.Fields(line), nil)
		if want.wrong != "" {
			check.Error(t, err, want.wrong)
			if _, ok := err.(cli.UsageError); !ok {
				t.Errorf("%q: the error is a %T", line, err)
			}
			continue
		}
		check.NoError(t, err)
		if got := strings.Join(f.Args(), " "); got != want.operands {
			t.Errorf("%q has the operands %q, want %q", line, got, want.operands)
		}
	}
	f, _ := newFlags()
	f.Operands("[DIR]", 0, 1)
	var stdout bytes.Buffer
	if err := f.Parse([]string{"x", "-h"}, &stdout); err != cli.ErrHelp || !strings.Contains(stdout.String(), "go run ./cmd/sample [flags] [DIR]\n") {
		t.Errorf("%v, the help is %q", err, &stdout)
	}
}

// A command without flags says none.
func TestHelpWithoutFlags(t *testing.T) {
	f := cli.NewFlags("sample", "Does a thing.")
	f.Operands("FILE", 1, 1)
	var stdout bytes.Buffer
	if err := f.Parse([]string{"-h"}, &stdout); err != cli.ErrHelp || stdout.String() != "Does a thing.\n\nUsage: go run ./cmd/sample FILE\n" {
		t.Errorf("%v, the help is %q", err, &stdout)
	}
}
