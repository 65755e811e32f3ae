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
	dir := folder.Folder{Path: filepath.Dir(path)}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		dir.Path = path
		if f.path, err = experiment.ModelFile(ctx, path); err != nil {
			return nil, err
		}
	}
	var run experiment.Config
	if name := filepath.Base(f.path); (dir.Path == path || name == training.BestFile || name == training.LastFile) && dir.Read(&run) == nil {
		f.run = &run
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
