package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/atomicfile/faulty"
	"optlab/internal/check"
	"optlab/internal/cli"
	"optlab/internal/cli/clitest"
	"optlab/internal/show"
	"optlab/models/training"
)

// asCommand makes the test binary be the command, so that it can be killed;
// killAt has it kill itself at the system call of that number.
const (
	asCommand = "OPTLAB_TEST_AS_TRAIN"
	killAt    = "OPTLAB_TEST_KILL_AT"
)

// torture is how much is tried: that takes minutes.
var torture = flag.Int("torture", 0, "try `N` percent of the full counts of kills, pairs, flips and mutants; 0 for a few")

// count returns how many cases there are to try: few, or the share of all that
// -torture says.
func count(few, all int) int {
	if *torture == 0 {
		return few
	}
	return max(1, all**torture/100)
}

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		disk = faulty.Quick{}
		if n, err := strconv.Atoi(os.Getenv(killAt)); err == nil {
			disk = &faulty.Injector{Fault: faulty.Kill, At: n}
		}
		cli.Main(run)
	}
	os.Exit(m.Run())
}

// process returns the command as a process of its own.
func process(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	check.NoError(t, err)
	c := exec.Command(program, args...)
	c.Env = append(os.Environ(), asCommand+"=1")
	return c
}

// kill starts the command, kills it after the delay, from the start or from its
// first line on, and reports whether it was still running.
func kill(t *testing.T, delay time.Duration, fromFirstLine bool, args ...string) bool {
	t.Helper()
	c := process(t, args...)
	stdout, err := c.StdoutPipe()
	check.NoError(t, err)
	check.NoError(t, c.Start())
	reader := bufio.NewReader(stdout)
	if fromFirstLine {
		if _, err := reader.ReadString('\n'); err != nil {
			t.Fatalf("the command printed nothing: %v, %v", err, c.Wait())
		}
	}
	time.AfterFunc(delay, func() { c.Process.Kill() })
	if _, err := io.Copy(io.Discard, reader); err != nil {
		t.Fatal(err)
	}
	return c.Wait() != nil
}

// withoutTimes returns results.json without the times.
func withoutTimes(t *testing.T, folder string) string {
	t.Helper()
	r := readRun(t, folder)
	for i := range r.Epochs {
		r.Epochs[i].Seconds = 0
	}
	data, err := json.Marshal(&r)
	check.NoError(t, err)
	return string(data)
}

// tree is the content of a folder, as clitest.ReadFolder returns it.
type tree map[string]string

// write makes the tree the content of a folder.
func (tr tree) write(t *testing.T, root string) {
	t.Helper()
	check.NoError(t, os.RemoveAll(root))
	for name, content := range tr {
		path := filepath.Join(root, filepath.FromSlash(name))
		check.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		check.NoError(t, os.WriteFile(path, []byte(content), 0o644))
	}
}

// timed are the files with times in them, or with digests of such files. Their
// content counts, but for the times.
var timed = map[string]func(t *testing.T, path, content string) string{
	experiment.ResultsFile: func(t *testing.T, path, _ string) string { return withoutTimes(t, filepath.Dir(path)) },
	experiment.MetricsFile: func(_ *testing.T, _, content string) (lines string) {
		for line := range strings.Lines(content) {
			lines += line[:strings.LastIndexByte(line, ',')] + "\n"
		}
		return lines
	},
	show.ComparisonFile: func(t *testing.T, _, content string) string {
		var list []experiment.Compared
		check.NoError(t, json.Unmarshal([]byte(content), &list))
		for i := range list {
			list[i].TrainSeconds = nil
		}
		data, err := json.Marshal(list)
		check.NoError(t, err)
		return string(data)
	},
	folder.ManifestFile: sealed,
	training.LastFile:   sealed,
}

// sealed says whether the folder of a file is whole.
func sealed(t *testing.T, path, _ string) string {
	t.Helper()
	c, err := experiment.Check(folder.Folder{Path: filepath.Dir(path)})
	check.NoError(t, err)
	if !c.Sealed || len(c.Damaged)+len(c.Missing) > 0 {
		return filepath.Dir(path) + " is not whole"
	}
	return "whole"
}

// timeless returns the content of a folder but for times.
func timeless(t *testing.T, root string) tree {
	t.Helper()
	all := tree(clitest.ReadFolder(t, root))
	for name, content := range all {
		if without, ok := timed[filepath.Base(name)]; ok {
			all[name] = without(t, filepath.Join(root, filepath.FromSlash(name)), content)
		}
	}
	return all
}

// names returns the names of the files, sorted.
func names(files map[string]string) []string { return slices.Sorted(maps.Keys(files)) }

// differing returns the names of the files in which the content of a folder is
// not as it should be.
func differing(want, got tree) (bad []string) {
	for _, name := range names(want) {
		if content, ok := got[name]; !ok || content != want[name] {
			bad = append(bad, name)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			bad = append(bad, name+" too")
		}
	}
	return bad
}
