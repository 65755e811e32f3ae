package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pkg/errors"

	"optlab/internal/check"
	"optlab/internal/cli"
)

// asCommand makes the test binary a command: see TestMain.
const asCommand = "CLI_TEST_COMMAND"

func TestMain(m *testing.M) {
	switch os.Getenv(asCommand) {
	case "":
		os.Exit(m.Run())
	case "wait":
		cli.Main(func(ctx context.Context, args []string, stdout, stderr io.Writer) int {
			fmt.Fprintln(stdout, "waiting")
			<-ctx.Done()
			return cli.Report(stderr, "test", errors.Wrap(ctx.Err(), "waiting"))
		})
	case "print":
		cli.Main(func(ctx context.Context, args []string, stdout, stderr io.Writer) int {
			fmt.Fprintln(stdout, "results")
			return 0
		})
	case "arguments":
		cli.Main(func(ctx context.Context, args []string, stdout, stderr io.Writer) int {
			fmt.Fprint(stdout, strings.Join(args, "|"))
			fmt.Fprint(stderr, "error")
			return 7
		})
	}
}

func command(t *testing.T, what string, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), asCommand+"="+what)
	return c
}

// Results that cannot be printed are an error.
func TestFullOutput(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no full device: ", err)
	}
	defer full.Close()
	var stderr bytes.Buffer
	c := command(t, "print")
	c.Stdout, c.Stderr = full, &stderr
	err = c.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != cli.ExitFailed || !strings.Contains(stderr.String(), "printing the results: ") || !strings.Contains(stderr.String(), "no space left") {
		t.Errorf("%v, stderr %q", err, &stderr)
	}
}

func TestMainPassesAndExits(t *testing.T) {
	var stdout, stderr bytes.Buffer
	c := command(t, "arguments", "-a", "b c")
	c.Stdout, c.Stderr = &stdout, &stderr
	err := c.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 7 {
		t.Errorf("error %v, want exit status 7", err)
	}
	if stdout.String() != "-a|b c" || stderr.String() != "error" {
		t.Errorf("stdout %q, stderr %q", &stdout, &stderr)
	}
}

// A signal ends the command in order, with the status that shells know it by.
func TestMainInterrupted(t *testing.T) {
	for s, status := range map[os.Signal]int{os.Interrupt: cli.ExitInterrupted, syscall.SIGTERM: cli.ExitTerminated} {
		t.Run(s.String(), func(t *testing.T) { testSignal(t, s, status) })
	}
}

func testSignal(t *testing.T, s os.Signal, status int) {
	c := command(t, "wait")
	var stderr bytes.Buffer
	c.Stderr = &stderr
	stdout, err := c.StdoutPipe()
	check.NoError(t, err)
	check.NoError(t, c.Start())
	if _, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		t.Errorf("the command did not start: %v", err)
	}
	check.NoError(t, c.Process.Signal(s))
	var exit *exec.ExitError
	if err := c.Wait(); !errors.As(err, &exit) || exit.ExitCode() != status {
		t.Errorf("error %v, want exit status %d", err, status)
	}
	if got, want := stderr.String(), "test: interrupted: waiting\n"; got != want {
		t.Errorf("stderr is %q, want %q", got, want)
	}
}

// What runs in the background of a shell that keeps Ctrl-C from it is not ended
// by one.
func TestIgnoredInterrupt(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("needs a shell")
	}
	c := command(t, "wait")
	c.Path, c.Args = shell, []string{"sh", "-c", "trap '' INT; exec \"$0\"", os.Args[0]}
	stdout, err := c.StdoutPipe()
	check.NoError(t, err)
	check.NoError(t, c.Start())
	if _, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		t.Errorf("the command did not start: %v", err)
	}
	check.NoError(t, c.Process.Signal(os.Interrupt))
	time.Sleep(50 * time.Millisecond)
	check.NoError(t, c.Process.Signal(syscall.SIGTERM))
	var exit *exec.ExitError
	if err := c.Wait(); !errors.As(err, &exit) || exit.ExitCode() != cli.ExitTerminated {
		t.Errorf("error %v: the interrupt was not ignored", err)
	}
}

// Await returns a calculation's error, or at once that of a context.
func TestAwait(t *testing.T) {
	inner := errors.New("inner")
	if err := cli.Await(t.Context(), func() error { return inner }); err != inner {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	forever := make(chan struct{})
	defer close(forever)
	if err := cli.Await(ctx, func() error { <-forever; return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestReport(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		exit int
		want string
	}{
		{"none", nil, 0, ""},
		{"help", cli.ErrHelp, 0, ""},
		{"wrapped help", errors.Wrap(cli.ErrHelp, "parsing"), 0, ""},
		{"failure", errors.New("no space left"), 1, "train: no space left\n"},
		{"several lines", errors.New("one\n\ttwo\r\n  three\n"), 1, "train: one two three\n"},
		{"usage", cli.Usagef("-lr %d:\nno", 0), 2, "train: -lr 0: no (go run ./cmd/train -h shows all flags)\n"},
		{"wrapped usage", errors.Wrap(cli.UsageError{Err: errors.New("no")}, "parsing"), 2, "train: parsing: no (go run ./cmd/train -h shows all flags)\n"},
		{"5 MB", errors.Errorf("-data %s: no", strings.Repeat("x", 5<<20)), 1, "train: -data " + strings.Repeat("x", 994) + "…" + strings.Repeat("x", 996) + ": no\n"},
		{"Ctrl-C", errors.Wrap(context.Canceled, "epoch 2"), 130, "train: interrupted: epoch 2\n"},
		{"deadline", context.DeadlineExceeded, 1, "train: context deadline exceeded\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stderr bytes.Buffer
			if exit := cli.Report(&stderr, "train", c.err); exit != c.exit {
				t.Errorf("exit status %d, want %d", exit, c.exit)
			}
			if stderr.String() != c.want {
				t.Errorf("stderr is %q, want %q", &stderr, c.want)
			}
		})
	}
}

func TestUsageError(t *testing.T) {
	inner := errors.New("inner")
	if err := error(cli.UsageError{Err: inner}); !errors.Is(err, inner) || err.Error() != "inner" {
		t.Errorf("error %v does not wrap its cause", err)
	}
}

func TestWarner(t *testing.T) {
	var b bytes.Buffer
	warn := cli.Warner(&b, "train")
	warn("this")
	warn("and that")
	if want := "train: warning: this\ntrain: warning: and that\n"; b.String() != want {
		t.Errorf("the warnings are %q, want %q", &b, want)
	}
}
