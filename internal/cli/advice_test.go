package cli_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/check"
	"optlab/internal/cli"
	"optlab/optimizers"
)

// What libraries say without flags is completed by what a user can type.
func TestReportAdvises(t *testing.T) {
	in := errors.New("x is in the way")
	for _, c := range []struct {
		err  error
		exit int
		want string
	}{
		{&folder.DifferentError{Path: "runs/a", Differences: []string{"seed 1 there, 2 now"}}, cli.ExitFailed,
			"train: runs/a holds a run with another configuration: seed 1 there, 2 now; -overwrite replaces it, -out chooses another folder\n"},
		{errors.WithMessage(&folder.UnusableError{Path: "runs/a", Err: in}, "sgd"), cli.ExitFailed,
			"train: sgd: x is in the way: choose another folder with -out\n"},
		{&folder.DamagedError{Err: in}, cli.ExitFailed, "train: x is in the way (-overwrite starts the run afresh)\n"},
		{in, cli.ExitFailed, "train: x is in the way\n"},
		{cli.Misconfigured(in), cli.ExitFailed, "train: x is in the way\n"},
		{cli.Misconfigured(&experiment.ConfigError{Field: "batch", Err: errors.New("0: want at least 1")}), cli.ExitUsage,
			"train: -batch 0: want at least 1 (go run ./cmd/train -h shows all flags)\n"},
		{cli.Misconfigured(&experiment.ConfigError{Err: in}), cli.ExitUsage, "train: x is in the way (go run ./cmd/train -h shows all flags)\n"},
	} {
		var stderr bytes.Buffer
		if exit := cli.Report(&stderr, "train", c.err); exit != c.exit || stderr.String() != c.want {
			t.Errorf("exit status %d and %q, want %d and %q", exit, stderr.String(), c.exit, c.want)
		}
	}
}

// The flags of a table of settings: who has no use for one is told so.
func TestSettings(t *testing.T) {
	parse := func(line ...string) (*cli.Settings, error) {
		f := cli.NewFlags("train", "")
		f.Group("Optimizer")
		s := cli.DefineSettings(f, optimizers.Settings())
		return s, f.Parse(line, nil)
	}
	s, err := parse("-beta1", "0.5", "-eps", "1")
	check.NoError(t, err)
	if of := s.Of("adam"); len(of) != 2 || of["beta1"] != 0.5 || of["epsilon"] != 1 {
		t.Errorf("adam is given %v", of)
	}
	if of := s.Of("momentum"); len(of) != 1 || of["beta1"] != 0.5 {
		t.Errorf("momentum is given %v", of)
	}
	if of := s.Of("sgd"); of != nil {
		t.Errorf("sgd is given %v", of)
	}
	check.NoError(t, s.Check("sgd", "adam"))
	check.Error(t, s.Check("sgd", "momentum"), "-eps has no effect on sgd,momentum: it is for", "adam")
	shared := optimizers.Settings()[0]
	for want, users := range map[string][]string{"it is for a": {"a"}, "it is for a and b": {"a", "b"}, "it is for a, b and c": {"a", "b", "c"}} {
		f := cli.NewFlags("train", "")
		f.Group("Optimizer")
		shared.Users = users
		s := cli.DefineSettings(f, []optimizers.Setting{shared})
		check.NoError(t, f.Parse([]string{"-" + shared.Flag, "0.5"}, nil))
		if err := s.Check("sgd"); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("a setting of %q: %v, want %q", users, err, want)
		}
	}
	_, err = parse("-beta1", "1")
	check.Error(t, err, `"1" for flag -beta1`, "want a number from 0")
	_, err = parse("-beta1", "half")
	check.Error(t, err, `"half" for flag -beta1`)
}

// A plain error is without advice on flags.
func TestPlain(t *testing.T) {
	damaged := &folder.DamagedError{Err: errors.New("damaged")}
	var with, without bytes.Buffer
	cli.Report(&with, "sample", damaged)
	cli.Report(&without, "sample", cli.Plain(damaged))
	if without.String() != "sample: damaged\n" || with.String() == without.String() {
		t.Errorf("%q, with advice %q", &without, &with)
	}
	check.NoError(t, cli.Plain(nil))
}
