package experiment_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/atomicfile/faulty"
	"optlab/internal/check"
	"optlab/models/training"
)

// ran returns the folder of a finished run of a small experiment.
func ran(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "run")
	c := small()
	c.Batch, c.Epochs = 100, 2
	_, err := newExperiment(t, c).Run(t.Context(), folder.Folder{Path: path}, experiment.Hooks{})
	check.NoError(t, err)
	return path
}

// flip flips a bit in the middle of a file.
func flip(t *testing.T, elements ...string) {
	t.Helper()
	data := []byte(readFile(t, elements...))
	data[len(data)/2] ^= 1
	check.NoError(t, os.WriteFile(filepath.Join(elements...), data, 0o644))
}

func TestCheckWhole(t *testing.T) {
	path := ran(t)
	c, err := experiment.Check(folder.Folder{Path: path})
	check.NoError(t, err)
	want := append([]string{folder.ConfigFile}, experiment.Files...)
	slices.Sort(want)
	if !slices.Equal(c.Whole, want) || len(c.Damaged)+len(c.Missing)+len(c.Unchecked)+len(c.Mended) > 0 {
		t.Errorf("a whole run is %+v", c)
	}
	_, err = experiment.Check(folder.Folder{Path: t.TempDir()})
	check.Error(t, err, folder.ConfigFile)
}

// The parameters are made again, byte for byte, from a checkpoint that is
// whole.
func TestCheckMendsTheModel(t *testing.T) {
	for name, harm := range map[string]func(t *testing.T, path string){
		"damaged": func(t *testing.T, path string) { flip(t, path, training.BestFile) },
		"missing": func(t *testing.T, path string) { check.NoError(t, os.Remove(filepath.Join(path, training.BestFile))) },
	} {
		path := ran(t)
		model := readFile(t, path, training.BestFile)
		harm(t, path)
		c, err := experiment.Check(folder.Folder{Path: path})
		check.NoError(t, err)
		if !slices.Equal(c.Mended, []string{training.BestFile}) || readFile(t, path, training.BestFile) != model {
			t.Errorf("%s: %+v", name, c)
		}
		if c, err := experiment.Check(folder.Folder{Path: path}); err != nil || len(c.Mended) > 0 {
			t.Errorf("%s: the second time %+v, %v", name, c, err)
		}

		harm(t, path)
		flip(t, path, training.LastFile)
		before := readFile(t, path, training.LastFile)
		c, err = experiment.Check(folder.Folder{Path: path})
		check.Error(t, err, training.BestFile, training.LastFile, "not to be made again")
		var damaged *folder.DamagedError
		if !errors.As(err, &damaged) || len(c.Mended) > 0 || readFile(t, path, training.LastFile) != before {
			t.Errorf("%s, and the checkpoint: %+v, %v", name, c, err)
		}
	}
}

// Other files are named, with what makes them again.
func TestCheckNames(t *testing.T) {
	for name, says := range map[string]string{
		experiment.MetricsFile: "own command makes it again", folder.ManifestFile: "own command makes it again",
		experiment.ResultsFile: "not to be made again", training.LastFile: "not to be made again",
	} {
		path := ran(t)
		if name == folder.ManifestFile {
			check.NoError(t, os.WriteFile(filepath.Join(path, name), []byte("{"), 0o644))
		} else {
			flip(t, path, name)
		}
		c, err := experiment.Check(folder.Folder{Path: path})
		check.Error(t, err, filepath.Join(path, name), says)
		if !slices.Equal(c.Damaged, []string{name}) {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// A manifest that is of another model is not made true.
func TestCheckMakesNoOtherModel(t *testing.T) {
	path := ran(t)
	name := filepath.Join(path, folder.ManifestFile)
	var manifest struct {
		Files  map[string]string `json:"files"`
		Digest string            `json:"digest"`
	}
	check.NoError(t, json.Unmarshal([]byte(readFile(t, name)), &manifest))
	manifest.Files[training.BestFile] = strings.Repeat("0", 64)
	data, err := json.Marshal(manifest.Files)
	check.NoError(t, err)
	manifest.Digest = fmt.Sprintf("%x", sha256.Sum256(data))
	data, err = json.MarshalIndent(manifest, "", "  ")
	check.NoError(t, err)
	check.NoError(t, os.WriteFile(name, append(data, '\n'), 0o644))
	c, err := experiment.Check(folder.Folder{Path: path})
	check.Error(t, err, training.BestFile, "own command")
	if len(c.Mended) > 0 {
		t.Errorf("%+v", c)
	}
}

func TestCheckUnfinished(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run")
	ctx, cancel := context.WithCancel(t.Context())
	_, err := newExperiment(t, small()).Run(ctx, folder.Folder{Path: path}, experiment.Hooks{Epoch: func(training.Epoch) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	c, err := experiment.Check(folder.Folder{Path: path})
	check.Error(t, err, path, "has not finished")
	if !slices.Equal(c.Whole, []string{training.LastFile}) || !slices.Contains(c.Unchecked, training.BestFile) {
		t.Errorf("%+v", c)
	}
	flip(t, path, training.LastFile)
	_, err = experiment.Check(folder.Folder{Path: path})
	check.Error(t, err, training.LastFile, "not to be made again")
}

// Of a run of the version before, what can be is checked.
func TestCheckTheVersionBefore(t *testing.T) {
	copied := t.TempDir()
	check.NoError(t, os.CopyFS(copied, os.DirFS("testdata/before")))
	path := filepath.Join(copied, "finished")
	model := readFile(t, path, training.BestFile)
	c, err := experiment.Check(folder.Folder{Path: path})
	check.NoError(t, err)
	if !slices.Equal(c.Whole, []string{training.LastFile, training.BestFile, experiment.ResultsFile}) {
		t.Errorf("%+v", c)
	}
	flip(t, path, training.BestFile)
	c, err = experiment.Check(folder.Folder{Path: path})
	check.NoError(t, err)
	if len(c.Mended) != 1 || readFile(t, path, training.BestFile) != model {
		t.Errorf("%+v", c)
	}
	results := strings.Replace(readFile(t, path, experiment.ResultsFile), `"train_seconds":[`, `"train_seconds":[9`, 1)
	check.NoError(t, os.WriteFile(filepath.Join(path, experiment.ResultsFile), []byte(results), 0o644))
	_, err = experiment.Check(folder.Folder{Path: path})
	check.Error(t, err, experiment.ResultsFile, "not to be made again")
	_, err = experiment.Check(folder.Folder{Path: filepath.Join(copied, "interrupted")})
	check.Error(t, err, "has not finished")
}

// With a damaged configuration a folder takes no run, not even to replace it.
func TestCheckConfiguration(t *testing.T) {
	path := ran(t)
	name := filepath.Join(path, folder.ConfigFile)
	config := strings.Replace(readFile(t, name), `"go": "go`, `"go": "gO`, 1)
	check.NoError(t, os.WriteFile(name, []byte(config), 0o644))
	c, err := experiment.Check(folder.Folder{Path: path})
	check.Error(t, err, name, "no run can go on")
	var unusable *folder.UnusableError
	if !errors.As(err, &unusable) || !slices.Equal(c.Damaged, []string{folder.ConfigFile}) {
		t.Errorf("%T: %+v", err, c)
	}
}

// A run that may only be read is checked all the same; mending its model needs
// the folder.
func TestCheckReadOnly(t *testing.T) {
	whole, damaged := ran(t), ran(t)
	flip(t, damaged, training.BestFile)
	before := readFile(t, damaged, training.BestFile)
	for _, path := range []string{whole, damaged} {
		check.NoError(t, os.Chmod(path, 0o555))
		t.Cleanup(func() { os.Chmod(path, 0o755) })
	}
	check.Unprivileged(t)
	c, err := experiment.Check(folder.Folder{Path: whole})
	check.NoError(t, err)
	if len(c.Whole) != 1+len(experiment.Files) {
		t.Errorf("a whole run that is read-only is %+v", c)
	}
	c, err = experiment.Check(folder.Folder{Path: damaged})
	check.Error(t, err, training.BestFile, damaged, "writable")
	if !slices.Equal(c.Damaged, []string{training.BestFile}) || readFile(t, damaged, training.BestFile) != before {
		t.Errorf("a damaged run that is read-only is %+v", c)
	}
}

// So it is while another command writes to it.
func TestCheckLocked(t *testing.T) {
	path := ran(t)
	hold, err := folder.Folder{Path: path}.Lock()
	check.NoError(t, err)
	defer hold.Release()
	_, err = experiment.Check(folder.Folder{Path: path})
	check.NoError(t, err)
	flip(t, path, training.BestFile)
	_, err = experiment.Check(folder.Folder{Path: path})
	var locked *folder.LockedError
	if check.Error(t, err, training.BestFile, "is being written"); !errors.As(err, &locked) || locked.Owner.Process != os.Getpid() {
		t.Errorf("%T: %v", err, err)
	}
}

// Where there are no locks, a run and a check say so and go on.
func TestWithoutLocks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run")
	dir := folder.Folder{Path: path, FS: faulty.Lockless{}}
	var warnings []string
	_, err := newExperiment(t, small()).Run(t.Context(), dir, experiment.Hooks{Warn: func(text string) { warnings = append(warnings, text) }})
	check.NoError(t, err)
	if len(warnings) != 1 || !strings.Contains(warnings[0], path+": its file system has no locks") {
		t.Errorf("running warns of %q", warnings)
	}
	c, err := experiment.Check(dir)
	check.NoError(t, err)
	if c.Warning != "" {
		t.Errorf("reading warns of %q", c.Warning)
	}
	flip(t, path, training.BestFile)
	c, err = experiment.Check(dir)
	check.NoError(t, err)
	if !slices.Equal(c.Mended, []string{training.BestFile}) || !strings.Contains(c.Warning, "no locks") {
		t.Errorf("%+v", c)
	}
}
