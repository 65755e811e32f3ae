package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/pkg/errors"

	"optlab/internal/brief"
)

// Exit statuses of every command.
const (
	ExitDone        = 0
	ExitFailed      = 1
	ExitUsage       = 2
	ExitInterrupted = 130 // 128 + SIGINT, as shells report it
	ExitTerminated  = 143 // 128 + SIGTERM
)

// ended is the cause of a context that a signal ended.
type ended struct{ signal os.Signal }

// Error names the signal.
func (e ended) Error() string { return e.signal.String() }

// Main runs a command on the program's arguments and exits with the status that
// it returns. The first Ctrl-C (or SIGTERM) ends its context, so that it can
// finish in order; a second one kills the program. A SIGINT that the parent has
// ignored, as a shell does for what it runs in the background, stays ignored.
func Main(run func(ctx context.Context, args []string, stdout, stderr io.Writer) int) {
	ctx, end := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		if !signal.Ignored(s) {
			signal.Notify(signals, s)
		}
	}
	go func() {
		s := <-signals
		signal.Stop(signals)
		end(ended{s})
	}()
	stdout := &output{file: os.Stdout}
	status := run(ctx, os.Args[1:], stdout, os.Stderr)
	if stdout.err != nil && status == ExitDone {
		fmt.Fprintf(os.Stderr, "%s: %s\n", strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe"), oneLine(errors.Wrap(stdout.err, "printing the results")))
		status = ExitFailed
	}
	if e, ok := context.Cause(ctx).(ended); ok && status == ExitInterrupted && e.signal == syscall.SIGTERM {
		status = ExitTerminated
	}
	os.Exit(status)
}

// output is a file that remembers that a write to it failed.
type output struct {
	file *os.File
	err  error
}

// Fd is the file's.
func (o *output) Fd() uintptr { return o.file.Fd() }

// Write writes, and remembers the first error.
func (o *output) Write(data []byte) (int, error) {
	n, err := o.file.Write(data)
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// Await runs f, a calculation that does not look at ctx, and returns its error,
// or that of ctx at once when it is done: f is left to end with the program.
func Await(ctx context.Context, f func() error) error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return errors.WithStack(ctx.Err())
	}
}

// UsageError is an error in how a command was called, as opposed to one in what
// it then did.
type UsageError struct{ Err error }

// Usagef returns a UsageError with the given message.
func Usagef(format string, args ...any) error {
	return UsageError{errors.Errorf(format, args...)}
}

// Error returns the message of Err.
func (e UsageError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e UsageError) Unwrap() error { return e.Err }

// Report writes err, if it is not nil, as one line to stderr and returns the
// exit status for it. Help that was asked for is no error, and Ctrl-C is one of
// its own.
func Report(stderr io.Writer, command string, err error) int {
	var usage UsageError
	switch {
	case err == nil, errors.Is(err, ErrHelp):
		return ExitDone
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "%s: %s (%s -h shows all flags)\n", command, oneLine(err), started(command))
		return ExitUsage
	case errors.Is(err, context.Canceled):
		what := strings.TrimSuffix(oneLine(err), ": "+context.Canceled.Error())
		fmt.Fprintf(stderr, "%s: interrupted: %s\n", command, what)
		return ExitInterrupted
	default:
		fmt.Fprintf(stderr, "%s: %s%s\n", command, oneLine(err), advice(err))
		return ExitFailed
	}
}

// Warner returns what prints warnings of a command to stderr, a line each.
func Warner(stderr io.Writer, command string) func(string) {
	return func(text string) { fmt.Fprintf(stderr, "%s: warning: %s\n", command, text) }
}

func oneLine(err error) string { return brief.Line(err.Error()) }
