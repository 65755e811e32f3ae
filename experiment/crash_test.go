package experiment_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/atomicfile"
	"optlab/internal/atomicfile/faulty"
	"optlab/internal/blocks"
	"optlab/internal/check"
	"optlab/models"
	"optlab/models/training"
)

var crashStates = flag.String("crash-states", "300", "how many states after a power cut are tried: all, or about so many")

// The set of all runs that are cut off.
var crashSet = blocks.Set(10)

// crashed is the configuration of a run of a few steps.
func crashed(optimizer string, seed uint64) experiment.Config {
	c := with(small(), optimizer)
	c.Batch, c.Epochs, c.Seed, c.Threads = 100, 3, seed, 1
	return c
}

// The files in a run's folder that are a front's, and nobody's.
const picture, notes = "loss.png", "notes.txt"

// command is a run in the folder "run" of a tree.
type command struct {
	config    experiment.Config
	overwrite bool
	// own has it start from the model that is in the folder.
	own bool
	// stop ends it after so many epochs, 0 never.
	stop int
}

func (c command) String() string {
	return fmt.Sprintf("seed %d, overwrite %v, from its own model %v: ", c.config.Seed, c.overwrite, c.own)
}

func (c command) run(t *testing.T, fs atomicfile.FS, root string) error {
	t.Helper()
	dir := folder.Folder{Path: filepath.Join(root, "run"), Files: []string{picture}, Overwrite: c.overwrite, FS: fs}
	if c.own {
		c.config.Start = &experiment.Start{Path: dir.File(training.BestFile)}
	}
	e, err := experiment.New(experiment.Recall(c.config, dir), crashSet)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err = e.Run(ctx, dir, experiment.Hooks{
		Epoch: func(e training.Epoch) {
			if e.Number == c.stop {
				cancel()
			}
		},
		Finish: func(r *training.Results) error { return dir.Write(picture, []byte(r.Status)) },
	})
	if c.stop > 0 && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// after returns what commands leave of a tree.
func after(t *testing.T, before faulty.Tree, commands ...command) faulty.Tree {
	t.Helper()
	root := t.TempDir()
	check.NoError(t, before.Write(root))
	for _, c := range commands {
		check.NoError(t, c.run(t, faulty.Quick{}, root))
	}
	tree, err := faulty.ReadTree(root)
	check.NoError(t, err)
	return tree
}

// contents is the content of a run's files but for the times, and foreign
// files.
func contents(t *testing.T, tree faulty.Tree) map[string]string {
	t.Helper()
	all := make(map[string]string)
	for path, data := range tree {
		name := strings.TrimPrefix(path, "run/")
		switch name {
		case training.LastFile:
			all[name] = checkpoint(t, data)
		case experiment.ResultsFile:
			all[name] = timeless(t, data)
		case experiment.MetricsFile:
			for line := range strings.Lines(string(data)) {
				all[name] += line[:strings.LastIndexByte(line, ',')] + "\n"
			}
		case folder.ConfigFile:
			all[name] = placeless(t, data)
		case training.BestFile, picture, notes:
			all[name] = string(data)
		default:
			if strings.HasPrefix(name, "start-") {
				all[name] = string(data)
			}
		}
		if strings.HasSuffix(name, ".tmp") {
			all[name] = "a temporary file is left"
		}
	}
	return all
}

// document is what a test asks of a config.json.
type document struct {
	Run    map[string]any `json:"run"`
	Digest string         `json:"digest"`
	Files  []string       `json:"files"`
}

// placeless returns the content of a config.json without the path of what the
// run starts from, which is in another folder each time.
func placeless(t *testing.T, data []byte) string {
	t.Helper()
	var d document
	check.NoError(t, json.Unmarshal(data, &d))
	start, ok := d.Run["load"].(map[string]any)
	if !ok {
		return string(data)
	}
	delete(start, "path")
	d.Digest = ""
	out, err := json.Marshal(d)
	check.NoError(t, err)
	return string(out)
}

// timeless returns the JSON of a history without its times.
func timeless(t *testing.T, data []byte) string {
	t.Helper()
	var fields map[string]json.RawMessage
	check.NoError(t, json.Unmarshal(data, &fields))
	delete(fields, "train_seconds")
	out, err := json.Marshal(fields)
	check.NoError(t, err)
	return string(out)
}

// checkpoint returns the content of a checkpoint but for the times.
func checkpoint(t *testing.T, data []byte) string {
	t.Helper()
	root := t.TempDir()
	check.NoError(t, faulty.Tree{"f": data}.Write(root))
	f, err := models.ReadTensorFile(filepath.Join(root, "f"), models.Wanted{Header: 1 << 20})
	check.NoError(t, err)
	f.Metadata["history"] = timeless(t, []byte(f.Metadata["history"]))
	digest, err := f.Digest()
	check.NoError(t, err)
	return digest
}

// demand is what a command must do with a state: end as an undisturbed run
// does, or return an error that it may.
type demand struct {
	command command
	want    map[string]string
	// refuses reports whether the error is one that the state allows.
	refuses func(tree faulty.Tree, err error) bool
}

// scenario is a run that is cut off.
type scenario struct {
	name    string
	before  faulty.Tree
	cut     command
	demands []demand
}

// never is what a run may return that goes on with its own folder: nothing.
func never(faulty.Tree, error) bool { return false }

// different allows that the folder is that of the other run.
func different(_ faulty.Tree, err error) bool {
	var e *folder.DifferentError
	return errors.As(err, &e)
}

// foreign allows that a folder without a configuration is taken for somebody's
// who keeps notes there.
func foreign(tree faulty.Tree, err error) bool {
	var e *folder.UnusableError
	return errors.As(err, &e) && strings.Contains(err.Error(), notes) && tree["run/"+folder.ConfigFile] == nil
}

// scenarios are a first start, a resumption, and an earlier run, the same or
// another, overwritten.
func scenarios(t *testing.T, optimizer string) []scenario {
	t.Helper()
	c, other := command{config: crashed(optimizer, 42)}, command{config: crashed(optimizer, 7)}
	part := c
	part.stop = 2
	over := c
	over.overwrite = true
	fresh, earlier := after(t, faulty.Tree{}, c), after(t, faulty.Tree{}, other)
	own := over
	own.own = true
	goesOn := own
	goesOn.overwrite = false
	want, wantEarlier, wantOwn := contents(t, fresh), contents(t, earlier), contents(t, after(t, earlier, own))
	again := []demand{{c, want, never}}
	noted, wantNoted := maps.Clone(earlier), maps.Clone(want)
	noted["run/"+notes], wantNoted[notes] = []byte("mine"), "mine"
	return []scenario{
		{"started", faulty.Tree{}, c, again},
		{"resumed", after(t, faulty.Tree{}, part), c, again},
		{"overwritten by itself", fresh, over, []demand{{over, want, never}, {c, want, never}}},
		{"overwritten", earlier, over, []demand{
			{over, want, never}, {c, want, different}, {other, wantEarlier, different},
		}},
		{"overwritten beside notes", noted, over, []demand{{over, wantNoted, foreign}}},
		{"overwritten from its own model", earlier, own, []demand{{own, wantOwn, never}, {goesOn, wantOwn, different}}},
	}
}

// try carries out a command on a state and reports what is wrong; it returns a
// recorder of it.
func (d demand) try(t *testing.T, root string, state faulty.Tree) (*faulty.Recorder, error) {
	t.Helper()
	check.NoError(t, state.Write(root))
	r, err := faulty.Record(root)
	check.NoError(t, err)
	config := state["run/"+folder.ConfigFile]
	if d.command.own && config != nil && state["run/"+folder.ManifestFile] != nil && placeless(t, config) == d.want[folder.ConfigFile] {
		d.command.overwrite = false // it is done: again it would start from what it made
	}
	if err := d.command.run(t, r, root); err != nil {
		if d.refuses(state, err) {
			return r, nil
		}
		return r, errors.Errorf("it does not go on: %s", strings.ReplaceAll(err.Error(), root, ""))
	}
	tree, err := faulty.ReadTree(root)
	check.NoError(t, err)
	got := contents(t, tree)
	if maps.Equal(got, d.want) {
		return r, nil
	}
	var bad []string
	for _, name := range slices.Sorted(maps.Keys(d.want)) {
		if content, ok := got[name]; !ok {
			bad = append(bad, "no "+name)
		} else if content != d.want[name] {
			bad = append(bad, "another "+name)
		}
	}
	for name := range got {
		if _, ok := d.want[name]; !ok {
			bad = append(bad, name+" too")
		}
	}
	return r, errors.Errorf("it ends with %s", strings.Join(bad, ", "))
}

// sample returns about n states of a recording, evenly spread, all if n is 0.
func sample(r *faulty.Recorder, n int) []faulty.Tree {
	var all, some []faulty.Tree
	for _, state := range r.States() {
		all = append(all, state)
	}
	if n == 0 || n >= len(all) {
		return all
	}
	for i := range n {
		some = append(some, all[i*len(all)/n])
	}
	return some
}

// A power cut at any system call of a run, and again at any of the run that
// goes on after it, is without effect on where it ends.
func TestCrash(t *testing.T) {
	limit, err := strconv.Atoi(*crashStates)
	optimizers := []string{"momentum"}
	if *crashStates == "all" {
		limit, err, optimizers = 0, nil, []string{"momentum", "adam"}
	}
	check.NoError(t, err)
	total := 0
	for _, optimizer := range optimizers {
		list := scenarios(t, optimizer)
		for _, s := range list {
			t.Run(optimizer+"/"+s.name, func(t *testing.T) {
				n := s.crash(t, limit/len(list))
				t.Logf("%d states", n)
				total += n
			})
		}
	}
	t.Logf("%d states after a power cut", total)
}

// crash tries about limit states, or all if it is 0, half of them in runs that
// go on, and returns how many.
func (s scenario) crash(t *testing.T, limit int) (tried int) {
	root := t.TempDir()
	check.NoError(t, s.before.Write(root))
	r, err := faulty.Record(root)
	check.NoError(t, err)
	check.NoError(t, s.cut.run(t, r, root))
	failures := make(map[string]int)
	states, stride := sample(r, limit/2), 10
	if limit == 0 {
		stride = 1
	}
	for i, state := range states {
		tried++
		for j, d := range s.demands {
			again, err := d.try(t, root, state)
			if err != nil {
				failures[d.command.String()+err.Error()]++
				continue
			}
			// And of the run that goes on, from some states or from all.
			if j > 0 || i%stride != stride/2 {
				continue
			}
			for _, state := range sample(again, limit/2/max(1, len(states)/stride)) {
				tried++
				if _, err := d.try(t, root, state); err != nil {
					failures["cut off again, "+d.command.String()+err.Error()]++
				}
			}
		}
	}
	for what, n := range failures {
		t.Errorf("%d states: %s", n, what)
	}
	return tried
}
