//go:build unix

package experiment_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/blocks"
	"optlab/internal/check"
	"optlab/models/training"
)

// A FIFO or a device where a file of a run is expected is an error, not waited
// for; so is one that is to be loaded.
func TestSpecialFiles(t *testing.T) {
	c := small()
	c.Epochs = 1
	source := filepath.Join(t.TempDir(), "run")
	_, err := newExperiment(t, c).Run(t.Context(), folder.Folder{Path: source}, experiment.Hooks{})
	check.NoError(t, err)
	for _, name := range []string{folder.ConfigFile, training.LastFile, experiment.ResultsFile, folder.ManifestFile} {
		for _, kind := range []string{"a named pipe", "a device"} {
			dir := filepath.Join(t.TempDir(), "run")
			check.NoError(t, os.CopyFS(dir, os.DirFS(source)))
			path := filepath.Join(dir, name)
			check.NoError(t, os.Remove(path))
			if kind == "a device" {
				check.NoError(t, os.Symlink("/dev/zero", path))
			} else {
				check.NoError(t, syscall.Mkfifo(path, 0o644))
			}
			if name != folder.ManifestFile { // a run that has not finished
				check.NoError(t, os.Remove(filepath.Join(dir, folder.ManifestFile)))
			}
			for _, overwrite := range []bool{false, true} {
				_, err := newExperiment(t, c).Run(t.Context(), folder.Folder{Path: dir, Overwrite: overwrite}, experiment.Hooks{})
				check.Error(t, err, path, kind, "not a regular file")
				if _, err := os.Lstat(path); err != nil {
					t.Errorf("%s in the place of %s is gone: %v", kind, name, err)
				}
			}
		}
	}
	fifo := filepath.Join(t.TempDir(), "fifo")
	check.NoError(t, syscall.Mkfifo(fifo, 0o644))
	for path, kind := range map[string]string{fifo: "a named pipe", "/dev/zero": "a device", t.TempDir(): "a folder"} {
		loading := small()
		loading.Start = &experiment.Start{Path: path}
		_, err := experiment.New(loading, blocks.Set(10))
		check.Error(t, err, path, kind, "not a regular file")
		_, err = training.ReadResults(path)
		check.Error(t, err, path, kind, "not a regular file")
	}
}
