package experiment

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"

	"optlab/experiment/folder"
	"optlab/internal/brief"
	"optlab/models/training"
)

// Found is a folder that a run or another command has claimed.
type Found struct {
	Path    string
	Command string // the other command, such as that of a comparison; "" for a run
}

// Find returns the claimed folders at and below a path, each folder's in the
// order of their names. It reads alone. Folders whose names start with a dot,
// and what symbolic links below the path point to, are left out; folders that
// cannot be read are given to warn. That path is not a folder, or cannot be
// read, is an error, and so is the end of ctx.
func Find(ctx context.Context, path string, warn func(error)) ([]Found, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, errors.Wrap(brief.Error(err), "looking for runs")
	}
	if err := ctx.Err(); err != nil {
		return nil, errors.Wrap(err, "looking for runs")
	}
	var list []Found
	if dir := (folder.Folder{Path: path}); dir.Claimed() {
		list = append(list, Found{Path: path, Command: dir.Command()})
	}
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		below, err := Find(ctx, filepath.Join(path, e.Name()), warn)
		if ctx.Err() != nil {
			return nil, err
		}
		if err != nil {
			warn(err)
		}
		list = append(list, below...)
	}
	return list, nil
}

// WantRun returns an error unless a folder is claimed by a run. It names the
// runs below it, if there are some: those of a comparison, for one.
func WantRun(ctx context.Context, path string) error {
	dir := folder.Folder{Path: path}
	other := dir.Command()
	if dir.Claimed() && other == "" {
		return nil
	}
	found, err := Find(ctx, path, func(error) {})
	if err != nil {
		return err
	}
	var runs []string
	for _, f := range found {
		if f.Command == "" {
			runs = append(runs, brief.Path(f.Path))
		}
	}
	const most = 8
	if more := len(runs) - most; more > 0 {
		runs = append(runs[:most], fmt.Sprintf("and %d more", more))
	}
	switch list := strings.Join(runs, ", "); {
	case len(runs) == 0:
		return errors.Errorf("%s is a folder without a run: name the folder of one", brief.Path(path))
	case other != "":
		return errors.Errorf("%s compares runs, name one: %s", brief.Path(path), list)
	default:
		return errors.Errorf("%s is a folder of runs, name one: %s", brief.Path(path), list)
	}
}

// ModelFile returns the path of the parameters in the folder of a run:
// training.BestFile, or where the run only tested, its copy of the file that it
// loaded. That there is none yet is an fs.ErrNotExist; a folder of something
// else is the error of WantRun.
func ModelFile(ctx context.Context, path string) (string, error) {
	dir := folder.Folder{Path: path}
	file := dir.File(training.BestFile)
	if _, err := os.Lstat(file); err == nil {
		return file, nil
	}
	if err := WantRun(ctx, path); err != nil {
		return "", err
	}
	var c Config
	if dir.Read(&c) == nil && c.Epochs == 0 && c.Start != nil && len(c.Start.SHA256) == 2*sha256.Size {
		return dir.File(c.Start.name()), nil
	}
	return "", errors.Wrapf(fs.ErrNotExist, "%s: the run in it has no %s: it writes it after its first epoch", brief.Path(path), training.BestFile)
}
