package main

import (
	"context"
	"os"
	"path/filepath"

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
		if f.path, err = modelOf(ctx, path); err != nil {
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

// modelOf returns the path of the model in a folder, which is a run's or has
// such a file from elsewhere.
func modelOf(ctx context.Context, path string) (string, error) {
	file := filepath.Join(path, training.BestFile)
	if _, err := os.Lstat(file); err == nil {
		return file, nil
	}
	if err := experiment.WantRun(ctx, path); err != nil {
		return "", err
	}
	return "", errors.Errorf("%s: the run in it has no %s yet: it is there after the first epoch", brief.Path(path), training.BestFile)
}
