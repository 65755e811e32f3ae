package main

import (
	"cmp"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"optlab/experiment/folder"
	"optlab/internal/check"
	"optlab/internal/cli"
)

// There is a row for every run, whatever its state, and no other.
func TestTable(t *testing.T) {
	base := zoo(t)
	lines := listed(t, base)
	table := strings.Join(lines, "\n")
	wants(t, table, `\Apath +optimizer +rate +epochs +status +best +val +test$`,
		`^compared/adam  momentum +0\.1 +2/2  finished +\d +[\d.]+ % +[\d.]+ %$`,
		`^damaged +momentum +0\.02 +2/2  damaged +\d +[\d.]+ % +[\d.]+ %$`,
		`^finished +momentum +0\.1 +2/2  finished `,
		`^interrupted +momentum +0\.1 +1/2  interrupted +1 +[\d.]+ % +-$`,
		`^nothing +- +- +-  damaged +- +- +-$`,
		`^sub/diverged +momentum +1e\+30 +0/11  diverged +- +- +-$`,
		`^Not shown: network, data, batch, seconds \(-columns, -json\)$`,
		`^Folders of other commands: compare 1, initexp 1, pathological 1\z`)
	if len(lines) != 10 {
		t.Errorf("there are %d lines:\n%s", len(lines), table)
	}
	// A run that is being written.
	hold, err := folder.Folder{Path: filepath.Join(base, "interrupted")}.Lock()
	check.NoError(t, err)
	wants(t, strings.Join(listed(t, base), "\n"), `^interrupted .* running `)
	hold.Release()
}

// Any columns in any order.
func TestColumns(t *testing.T) {
	base := zoo(t)
	lines := listed(t, base, "-columns", "seconds,data,network,batch,path,test")
	wants(t, lines[0]+"\n"+lines[3], `^seconds +data +network +batch +path +test$`, `^ +\d+\.\d  blocks  64-12-10 +20  finished +[\d.]+ %$`)
	if strings.Contains(strings.Join(lines, "\n"), "Not shown") {
		t.Error("of columns that were not asked for it says that they are not shown")
	}
	lines = listed(t, base, "-columns", "status")
	if lines[0] != "status" || lines[1] != "finished" {
		t.Errorf("the status alone is %q", lines)
	}
}

// A long path gives way to other columns, but says how it ends.
func TestLongPath(t *testing.T) {
	base := t.TempDir()
	train(t, small(), filepath.Join(base, strings.Repeat("long/", 30), "end"), 2)
	stdout := runsCommand.Done(t, "", base)
	narrow(t, stdout)
	wants(t, stdout, `^long/long/lon.*….*long/end  momentum `)
	stdout = runsCommand.Done(t, "-columns path,rate", base)
	narrow(t, stdout)
	wants(t, stdout, `^long/.{60,}/end   0\.1$`)
	wants(t, runsCommand.Done(t, "-columns", strings.Join(columnNames(), ","), base), `^long/l…g/end  blocks `)
}

// Every column can be sorted by, both ways; runs without a value come last.
func TestSort(t *testing.T) {
	base := zoo(t)
	for _, c := range columns {
		for _, reverse := range []bool{false, true} {
			arguments := []string{"-sort", c.name, "-columns", c.name}
			if reverse {
				arguments = append(arguments, "-reverse")
			}
			cells := listed(t, base, arguments...)[1:]
			cells = cells[:slices.IndexFunc(cells, func(line string) bool { return strings.HasPrefix(line, "Folders") })]
			end := slices.IndexFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) == "-" })
			if end < 0 {
				end = len(cells)
			}
			if strings.Trim(strings.Join(cells[end:], ""), " -") != "" || len(cells) != 6 {
				t.Errorf("%q: the runs are %q", arguments, cells)
			}
			cells = cells[:end]
			if reverse {
				slices.Reverse(cells)
			}
			if c.right && !slices.IsSortedFunc(cells, func(a, b string) int { return cmp.Compare(leading(t, a), leading(t, b)) }) || !c.right && !slices.IsSorted(cells) {
				t.Errorf("%q: the runs are in the order %q", arguments, cells)
			}
		}
	}
	lines := listed(t, base, "-sort", "rate", "-columns", "path,rate")
	if !strings.HasPrefix(lines[1], "damaged") || !strings.HasPrefix(lines[5], "sub/diverged") || !strings.HasPrefix(lines[6], "nothing") {
		t.Errorf("by rate the order is %q", lines)
	}
}

// leading returns the number that a cell starts with.
func leading(t *testing.T, cell string) float64 {
	t.Helper()
	cell = strings.TrimSpace(cell)
	x, err := strconv.ParseFloat(cell[:len(cell)-len(strings.TrimLeft(cell, "0123456789.e+"))], 64)
	check.NoError(t, err)
	return x
}

// As JSON there is everything.
func TestJSON(t *testing.T) {
	base := zoo(t)
	stdout := strings.Join(listedJSON(t, base, "-sort", "epochs", "-reverse"), "\n")
	var list []map[string]any
	check.NoError(t, json.Unmarshal([]byte(stdout), &list))
	if len(list) != 6 {
		t.Fatalf("there are %d runs", len(list))
	}
	for i, want := range []struct {
		path, status string
		epochs       float64
		test         bool
	}{
		{"compared/adam", "finished", 2, true}, {"damaged", "damaged", 2, true}, {"finished", "finished", 2, true},
		{"interrupted", "interrupted", 1, false}, {"sub/diverged", "diverged", 0, false}, {"nothing", "damaged", 0, false},
	} {
		e := list[i]
		path := filepath.ToSlash(filepath.Join(base, filepath.FromSlash(want.path)))
		if e["path"] != path || e["status"] != want.status || e["epochs_done"] != want.epochs || (e["test_acc"] != nil) != want.test || (e["test_loss"] != nil) != want.test {
			t.Errorf("run %d is %v, want %v", i, e, want)
		}
		if (e["problem"] != nil) != (want.status == "damaged") || (e["best_epoch"] != nil) != (want.epochs > 0) || (e["best_val_score"] != nil) != (want.epochs > 0) {
			t.Errorf("run %d is %v", i, e)
		}
	}
	config, _ := list[2]["config"].(map[string]any)
	if config["batch"] != 20.0 || config["data"] != "elsewhere/blocks" || config["data_sha256"] == nil || list[5]["config"] != nil {
		t.Errorf("the configurations are %v and %v", config, list[5]["config"])
	}
	if list[2]["batches"] != 24.0 || list[2]["batches_per_epoch"] != 12.0 {
		t.Errorf("of %v batches in epochs of %v", list[2]["batches"], list[2]["batches_per_epoch"])
	}
	if stdout := runsCommand.Done(t, "-json", t.TempDir()); stdout != "[]\n" {
		t.Errorf("without a run it is %q", stdout)
	}
}

func listedJSON(t *testing.T, base string, arguments ...string) []string {
	t.Helper()
	o := runsCommand.Run(t, "-json", append(arguments, base)...)
	if o.Exit != 0 || !problems.MatchString(o.Stderr) {
		t.Fatalf("exit status %d, stderr %q", o.Exit, o.Stderr)
	}
	return []string{o.Stdout}
}

// Where there is no run, a line says what makes one.
func TestNoRun(t *testing.T) {
	t.Chdir(t.TempDir())
	const want = "No run in runs: go run ./cmd/train makes one\n"
	if stdout := runsCommand.Done(t, ""); stdout != want {
		t.Errorf("without a folder it is %q", stdout)
	}
	check.NoError(t, os.Mkdir("runs", 0o755))
	if stdout := runsCommand.Done(t, ""); stdout != want {
		t.Errorf("in an empty folder it is %q", stdout)
	}
	hold, err := folder.Folder{Path: filepath.Join("runs", "init")}.Take("initexp")
	check.NoError(t, err)
	hold.Release()
	if stdout := runsCommand.Done(t, "runs"); stdout != want+"Folders of other commands: initexp 1\n" {
		t.Errorf("beside other folders it is %q", stdout)
	}
}

// A run's own folder, and one below a link.
func TestOneRun(t *testing.T) {
	base := t.TempDir()
	path := filepath.Join(base, "run")
	train(t, small(), path, 2)
	wants(t, runsCommand.Done(t, "-columns path,status", path), `run  finished$`)
	link := filepath.Join(base, "link")
	if err := os.Symlink(path, link); err != nil {
		t.Skip(err)
	}
	wants(t, runsCommand.Done(t, "-columns path,status", link), `link  finished$`)
}

func TestUsage(t *testing.T) {
	for line, pattern := range map[string]string{
		"a b": `unexpected argument "b": want \[DIR\], or diff A B`, "diff": `want diff A B`, "diff a": `want diff A B`, "a b c d": `unexpected argument "d"`,
		"-sort nope": `"nope" for flag -sort: want one of path, `, "-columns nope": `-columns: want some of path, `, "-columns test,test": "each once",
		"diff a b -json": `-json has no effect on diff`, "-sort test diff a b": `-sort has no effect on diff`, "-reverse diff a b": "-reverse has no effect", "diff -columns test a b": "-columns has no effect on diff",
		"-json -columns test": `-columns has no effect with -json`, "-nope": "-nope",
	} {
		o := runsCommand.Run(t, line)
		o.Fails(t, "runs", cli.ExitUsage, pattern)
		if o.Stdout != "" {
			t.Errorf("%q: stdout got %q", line, o.Stdout)
		}
	}
	runsCommand.Run(t, "", "").Fails(t, "runs", cli.ExitUsage, `want the name of a file or folder`)
	help := runsCommand.Done(t, "-h")
	wants(t, help, `^Usage: go run \./cmd/runs \[flags\] \[DIR\], or diff A B$`, `^  -columns NAMES .*path, data, network`, `^  -sort COLUMN .*\(default path\)$`, `^  -reverse `, `^  -json `)
	_, examples, _ := strings.Cut(help, "Examples:\n")
	for _, line := range strings.Split(strings.TrimSpace(examples), "\n") {
		arguments, ok := strings.CutPrefix(strings.TrimSpace(line), "go run ./cmd/runs")
		if _, err := parseOptions(strings.Fields(arguments), nil); err != nil || !ok {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func TestFailures(t *testing.T) {
	base := t.TempDir()
	file := filepath.Join(base, "file")
	check.NoError(t, os.WriteFile(file, nil, 0o644))
	runsCommand.Run(t, "", filepath.Join(base, "none")).Fails(t, "runs", cli.ExitFailed, `no folder \S+none: name one with runs in it`)
	runsCommand.Run(t, "", file).Fails(t, "runs", cli.ExitFailed, `file: not a directory`)
}

func TestInterrupted(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	for _, arguments := range [][]string{{t.TempDir()}, {"diff", t.TempDir(), t.TempDir()}} {
		o := runsCommand.RunContext(ctx, new(strings.Builder), arguments)
		o.Fails(t, "runs", cli.ExitInterrupted, "interrupted")
	}
}
