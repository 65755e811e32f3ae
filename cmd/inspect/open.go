package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"

	"optlab/experiment"
	"optlab/experiment/folder"
	"optlab/internal/brief"
	"optlab/models"
	"optlab/models/training"
)

// opened is a file that was read.
type opened struct {
	path string
	models.TensorFile
	// parts are those of a checkpoint; of other files there is none.
	parts []training.Part
	// run is the configuration of the run that the file lies with, nil if there
	// is none or it cannot be read.
	run *experiment.Config
}

// open reads a file, or the model of a run.
func open(ctx context.Context, path string) (*opened, error) {
	f := &opened{path: path}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		if f.path, err = modelOf(ctx, folder.Folder{Path: path}); err != nil {
			return nil, err
		}
	}
	if name := filepath.Base(f.path); name == training.BestFile || name == training.LastFile {
		var run experiment.Config
		if (folder.Folder{Path: filepath.Dir(f.path)}).Read(&run) == nil {
			f.run = &run
		}
	}
	var err error
	if f.TensorFile, err = models.ReadAnyTensors(f.path); err != nil {
		return nil, err
	}
	if len(f.Tensors) == 0 {
		return nil, errors.Errorf("%s: there are no tensors in it", brief.Path(f.path))
	}
	if parts, ok := training.Parts(f.TensorFile); ok {
		f.parts = parts
	}
	return f, nil
}

// modelOf returns the path of the model of the run in a folder. A folder of
// something else is an error that names the runs in it.
func modelOf(ctx context.Context, dir folder.Folder) (string, error) {
	path := dir.File(training.BestFile)
	if _, err := os.Lstat(path); err == nil {
		return path, nil
	}
	own := dir.Claimed() && dir.Command() == ""
	found, err := experiment.Find(ctx, dir.Path, func(error) {})
	if err != nil {
		return "", err
	}
	var runs []string
	for _, f := range found {
		if f.Command == "" && filepath.Clean(f.Path) != filepath.Clean(dir.Path) {
			runs = append(runs, brief.Path(f.Path))
		}
	}
	switch {
	case own:
		return "", errors.Errorf("%s: the run in it has no %s yet: it is there after the first epoch", brief.Path(dir.Path), training.BestFile)
	case len(runs) == 0:
		return "", errors.Errorf("%s is a folder without a run: name a file, or the folder of a run", brief.Path(dir.Path))
	}
	const most = 8
	what := "is a folder of runs"
	if dir.Command() != "" {
		what = "compares runs"
	}
	if more := len(runs) - most; more > 0 {
		runs = append(runs[:most], fmt.Sprintf("and %d more", more))
	}
	return "", errors.Errorf("%s %s, name one: %s", brief.Path(dir.Path), what, strings.Join(runs, ", "))
}
