package experiment_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/check"
	"optlab/internal/cli/clitest"
	"optlab/models/training"
)

// looks looks at a run, which must be as it was after it.
func looks(t *testing.T, path string, status training.Status, epochs int, problem string) experiment.Seen {
	t.Helper()
	before := clitest.ReadFolder(t, path)
	s := experiment.Look(path)
	after := clitest.ReadFolder(t, path)
	for name := range after {
		if before[name] != after[name] {
			t.Errorf("looking changed %s", name)
		}
	}
	if len(before) != len(after) {
		t.Errorf("looking made or removed files: %d, before %d", len(after), len(before))
	}
	if s.Path != path || s.Status != status || len(s.Results.Epochs) != epochs {
		t.Errorf("%s: %s after %d epochs, %v; want %s after %d", path, s.Status, len(s.Results.Epochs), s.Problem, status, epochs)
	}
	if problem == "" {
		check.NoError(t, s.Problem)
	} else {
		check.Error(t, s.Problem, problem)
	}
	return s
}

// broken makes a run that is interrupted in its third epoch.
func broken(t *testing.T, path string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	e := newExperiment(t, small())
	_, err := e.Run(ctx, folder.Folder{Path: path}, experiment.Hooks{Step: func(s training.Step) {
		if s.Epoch == 3 {
			stop()
		}
	}})
	if err == nil {
		t.Fatal("the run was not interrupted")
	}
}

func TestLookFinished(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run")
	results, _, err := runIn(t, small(), path)
	check.NoError(t, err)
	s := looks(t, path, training.Finished, 4, "")
	if s.Config == nil || s.Config.Batch != 20 || s.Results.Test == nil || s.Results.Test.Loss != results.Test.Loss {
		t.Errorf("the run is %+v", s)
	}
	// As an earlier version left it.
	before := filepath.Join("testdata", "before")
	if s := looks(t, filepath.Join(before, "finished"), training.Finished, 4, ""); s.Results.Test == nil {
		t.Error("an earlier version's run has no test")
	}
	looks(t, filepath.Join(before, "interrupted"), training.Interrupted, 3, "")
}

func TestLookUnfinished(t *testing.T) {
	base := t.TempDir()
	path := filepath.Join(base, "run")
	broken(t, path)
	looks(t, path, training.Interrupted, 2, "")
	// Killed, it has no results but those of a part before, if any.
	old := readFile(t, path, experiment.ResultsFile)
	check.NoError(t, os.Remove(filepath.Join(path, experiment.ResultsFile)))
	looks(t, path, training.Interrupted, 2, "")
	check.NoError(t, os.WriteFile(filepath.Join(path, experiment.ResultsFile), []byte(strings.Replace(old, "interrupted", "diverged", 1)), 0o644))
	looks(t, path, training.Diverged, 2, "")
	_, _, err := runIn(t, small(), path)
	check.NoError(t, err)
	check.NoError(t, os.Remove(filepath.Join(path, folder.ManifestFile)))
	looks(t, path, training.Interrupted, 4, "") // before its last file was written
	check.NoError(t, os.WriteFile(filepath.Join(path, experiment.ResultsFile), []byte(strings.Replace(old, "interrupted", "diverged", 1)), 0o644))
	looks(t, path, training.Interrupted, 4, "") // after it went on
	for _, name := range []string{experiment.ResultsFile, training.LastFile} {
		check.NoError(t, os.Remove(filepath.Join(path, name)))
	}
	looks(t, path, training.Interrupted, 0, "")
	// With another learning rate it diverges.
	c := small()
	c.Optimizer.LearningRate = 1e30
	path = filepath.Join(base, "diverged")
	if _, _, err := runIn(t, c, path); err == nil {
		t.Fatal("the run has not diverged")
	}
	looks(t, path, training.Diverged, 0, "")
}

// A run that is being written is running, whatever its files.
func TestLookRunning(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run")
	broken(t, path)
	hold, err := folder.Folder{Path: path}.Lock()
	check.NoError(t, err)
	looks(t, path, experiment.Running, 2, "")
	check.NoError(t, os.WriteFile(filepath.Join(path, training.LastFile), []byte("x"), 0o644))
	looks(t, path, experiment.Running, 2, "")
	hold.Release()
	looks(t, path, experiment.Damaged, 2, "checkpoint.safetensors")
}

// Whatever is damaged, there is one line that names it, and what is whole is
// there.
func TestLookDamaged(t *testing.T) {
	base := t.TempDir()
	path := filepath.Join(base, "run")
	_, _, err := runIn(t, small(), path)
	check.NoError(t, err)
	for _, c := range []struct {
		name    string
		epochs  int
		without string // what is said if it is not there at all
	}{
		{folder.ConfigFile, 0, "config.json"}, {folder.ManifestFile, 4, ""}, {experiment.ResultsFile, 4, "results.json"},
		{experiment.MetricsFile, 4, "metrics.csv"}, {training.BestFile, 4, "model.safetensors"}, {training.LastFile, 4, "checkpoint.safetensors"},
	} {
		content := readFile(t, path, c.name)
		file := filepath.Join(path, c.name)
		check.NoError(t, os.WriteFile(file, []byte(content[:len(content)/2]), 0o644))
		looks(t, path, experiment.Damaged, c.epochs, c.name)
		check.NoError(t, os.Remove(file))
		if c.without != "" {
			looks(t, path, experiment.Damaged, c.epochs, c.without)
		}
		check.NoError(t, os.Mkdir(file, 0o755))
		looks(t, path, experiment.Damaged, c.epochs, c.name)
		check.NoError(t, os.Remove(file))
		check.NoError(t, os.WriteFile(file, []byte(content), 0o644))
	}
	looks(t, path, training.Finished, 4, "")
}

// A folder in which a run was to take another's place has its configuration.
func TestLookReplaced(t *testing.T) {
	path := t.TempDir()
	broken(t, path)
	check.NoError(t, os.Rename(filepath.Join(path, folder.ConfigFile), filepath.Join(path, "replacing.json")))
	if s := looks(t, path, training.Interrupted, 0, ""); s.Config == nil || s.Config.Batch != 20 {
		t.Errorf("the configuration is %+v", s.Config)
	}
	hold, err := folder.Folder{Path: path}.Lock()
	check.NoError(t, err)
	looks(t, path, experiment.Running, 0, "")
	hold.Release()
	check.NoError(t, os.WriteFile(filepath.Join(path, "replacing.json"), []byte(`{"run":{"unknown":1}}`), 0o644))
	looks(t, path, experiment.Damaged, 0, "unknown")
	check.NoError(t, os.WriteFile(filepath.Join(path, "replacing.json"), nil, 0o644))
	looks(t, path, experiment.Damaged, 0, "config.json")
}

// Find finds runs and the folders of other commands, nothing else.
func TestFind(t *testing.T) {
	base := t.TempDir()
	at := func(path string) string { return filepath.Join(base, filepath.FromSlash(path)) }
	hold, err := folder.Folder{Path: at("compared")}.Take("compare")
	check.NoError(t, err)
	hold.Release()
	for _, path := range []string{"b/run", "a", ".hidden/run", "empty/empty", "compared/sgd"} {
		check.NoError(t, os.MkdirAll(at(path), 0o755))
	}
	for _, path := range []string{"b/run", "a", ".hidden/run", "compared/sgd"} {
		check.NoError(t, os.WriteFile(filepath.Join(at(path), folder.ConfigFile), nil, 0o644))
	}
	check.NoError(t, os.WriteFile(at("b/replacing.json"), nil, 0o644))
	if err := os.Symlink(base, at("empty/loop")); err != nil {
		t.Log(err)
	}
	noWarning := func(err error) { t.Error(err) }
	found, err := experiment.Find(t.Context(), base, noWarning)
	check.NoError(t, err)
	want := []experiment.Found{{at("a"), ""}, {at("b"), ""}, {at("b/run"), ""}, {at("compared"), "compare"}, {at("compared/sgd"), ""}}
	if !slices.Equal(found, want) {
		t.Errorf("there are %v, want %v", found, want)
	}
	found, err = experiment.Find(t.Context(), at("a"), noWarning)
	check.NoError(t, err)
	if !slices.Equal(found, want[:1]) {
		t.Errorf("of a run there are %v", found)
	}
	_, err = experiment.Find(t.Context(), at("none"), noWarning)
	check.Error(t, err, "none")
	_, err = experiment.Find(t.Context(), at("b/replacing.json"), noWarning)
	check.Error(t, err, "replacing.json")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err = experiment.Find(ctx, base, noWarning); err == nil || ctx.Err() == nil {
		t.Error("it goes on when it is to end")
	}
	check.NoError(t, experiment.WantRun(t.Context(), at("a")))
	check.Error(t, experiment.WantRun(t.Context(), at("empty")), "a folder without a run")
	check.Error(t, experiment.WantRun(t.Context(), at("none")), "none")
	check.Error(t, experiment.WantRun(t.Context(), at("compared")), "compares runs, name one: "+at("compared/sgd"))
}

// A folder that cannot be read is not the end.
func TestFindUnreadable(t *testing.T) {
	check.Unprivileged(t)
	base := t.TempDir()
	for _, name := range []string{"closed", "open"} {
		check.NoError(t, os.Mkdir(filepath.Join(base, name), 0o755))
		check.NoError(t, os.WriteFile(filepath.Join(base, name, folder.ConfigFile), nil, 0o644))
	}
	check.NoError(t, os.Chmod(filepath.Join(base, "closed"), 0))
	t.Cleanup(func() { os.Chmod(filepath.Join(base, "closed"), 0o755) })
	var warned []error
	found, err := experiment.Find(t.Context(), base, func(err error) { warned = append(warned, err) })
	check.NoError(t, err)
	if len(found) != 1 || len(warned) != 1 {
		t.Fatalf("found %v, warned of %v", found, warned)
	}
	check.Error(t, warned[0], "closed", "permission denied")
}
