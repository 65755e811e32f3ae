package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"optlab/internal/check"
	"optlab/internal/cli"
	"optlab/internal/cli/clitest"
)

// The one line of a command that another one keeps from its folder, or that
// finds the other's run there.
var (
	lockedOut = regexp.MustCompile(`^train: \S+ is being written by process \d+ on \S+, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d; wait for it, or choose another folder with -out\n$`)
	refused   = regexp.MustCompile(`^train: \S+ holds a run with another configuration: seed \d there, \d now.*\n$`)
)

// TestPairs runs two commands of different seeds on one folder at once, every
// other time with -overwrite. The folder is in the end that of one of them
// alone, of one that succeeded, and whoever fails says why in a line.
func TestPairs(t *testing.T) {
	data, out := clitest.WriteData(t), filepath.Join(t.TempDir(), "run")
	flags := [2]string{}
	alone := [2]tree{}
	start := time.Now()
	for i := range flags {
		flags[i] = fmt.Sprintf("%s-seed %d -data %s -out %s", smallRun, i+1, data, out)
		check.NoError(t, os.RemoveAll(out))
		trainCommand.Done(t, flags[i])
		alone[i] = timeless(t, out)
	}
	took := time.Since(start)
	rng := rand.New(rand.NewPCG(uint64(start.UnixNano()), 0))
	pairs := count(10, 200)
	locked, replaced, others := 0, 0, 0
	for n := range pairs {
		check.NoError(t, os.RemoveAll(out))
		overwrite := []string{"", " -overwrite"}[n%2]
		var commands [2]*exec.Cmd
		var stderr [2]bytes.Buffer
		for i := range commands {
			commands[i] = process(t, strings.Fields(flags[i]+overwrite)...)
			commands[i].Stderr = &stderr[i]
			check.NoError(t, commands[i].Start())
			// From both in the same moment to one after the other.
			if n%4 > 1 {
				time.Sleep(time.Duration(rng.Int64N(int64(took))))
			}
		}
		var done [2]bool
		for i, c := range commands {
			done[i] = c.Wait() == nil
			text := stderr[i].String()
			switch code := c.ProcessState.ExitCode(); {
			case done[i] && text == "":
			case code == cli.ExitFailed && lockedOut.MatchString(text):
				locked++
			case code == cli.ExitFailed && overwrite == "" && refused.MatchString(text):
				others++
			default:
				t.Errorf("%s: exit status %d, stderr %q", flags[i]+overwrite, code, text)
			}
		}
		if done[0] && done[1] {
			replaced++
		}
		got := timeless(t, out)
		a, b := differing(alone[0], got), differing(alone[1], got)
		if !(len(a) == 0 && done[0] || len(b) == 0 && done[1]) {
			t.Errorf("pair %d%s, successful %v: a mixed folder, other than the first's are %q, than the second's %q", n, overwrite, done, a, b)
		}
	}
	t.Logf("%d pairs: %d commands found the folder locked, %d another run, %d replaced one", pairs, locked, others, replaced)
}
