package experiment

import (
	"io/fs"
	"os"
	"slices"

	"github.com/pkg/errors"

	"optlab/experiment/folder"
	"optlab/models/training"
)

// Checked is what Check found in the folder of a run.
type Checked struct {
	folder.Condition
	// Unchecked are files that are there, with nothing to hold them against: of
	// a run that has not finished, or of a version that kept no manifest.
	Unchecked []string
	// Mended are those of the whole files that Check made again.
	Mended []string
	// Warning is what the user should know, if it is not empty.
	Warning string

	finished bool
	saved    *training.Saved // what makes BestFile again; nil if nothing does
}

// Check holds the files of the run in a folder against its manifest. It needs
// no data, and reads alone, but where BestFile is damaged or missing and the
// checkpoint has what makes the same file again: then it claims the folder,
// with the errors of [folder.Folder.Lock], and makes it.
//
// A run that has not finished is an error, and so are files that stay damaged
// or missing: a *folder.DamagedError if the run itself cannot make them again.
// What was found is returned with either. Of a run by a version that kept no
// manifest, the checkpoint is held against its own digest, results and
// parameters against the checkpoint.
func Check(dir folder.Folder) (Checked, error) {
	dir.Files = append(dir.Files[:len(dir.Files):len(dir.Files)], Files...)
	c, err := examine(dir)
	if err != nil || !c.Lacks(training.BestFile) || c.saved == nil {
		return c.verdict(dir, err)
	}
	hold, err := dir.Lock()
	if err != nil {
		return c, errors.WithMessagef(err, "making %s again", dir.File(training.BestFile))
	}
	defer hold.Release()
	// Again, as another command may have been at work.
	c, err = examine(dir)
	c.Warning = hold.Warning
	if err != nil || !c.Lacks(training.BestFile) || c.saved == nil {
		return c.verdict(dir, err)
	}
	if err := c.saved.WriteBest(dir.Dir()); err != nil {
		return c, err
	}
	for _, list := range []*[]string{&c.Damaged, &c.Missing} {
		*list = slices.DeleteFunc(*list, func(name string) bool { return name == training.BestFile })
	}
	c.Mended = []string{training.BestFile}
	c.Whole = append(c.Whole, training.BestFile)
	slices.Sort(c.Whole)
	return c.verdict(dir, nil)
}

// verdict returns c with what is wrong with it.
func (c Checked) verdict(dir folder.Folder, err error) (Checked, error) {
	bad := slices.Concat(c.Damaged, c.Missing)
	switch {
	case err != nil:
		return c, err
	case len(bad) == 0 && !c.finished:
		return c, errors.Errorf("%s: the run has not finished: its own command goes on with it", dir.Path)
	case len(bad) == 0:
		return c, nil
	case c.Lacks(folder.ConfigFile):
		return c, &folder.UnusableError{Path: dir.Path, Err: errors.Errorf("%s: damaged: no run can go on here", list(dir, bad))}
	case c.Lacks(training.LastFile), slices.Contains(c.Damaged, ResultsFile):
		return c, &folder.DamagedError{Err: errors.Errorf("%s: damaged or missing, and not to be made again from what is there", list(dir, bad))}
	}
	return c, errors.Errorf("%s: damaged or missing: the run's own command makes it again", list(dir, bad))
}

// examine looks at the files of the run in a folder.
func examine(dir folder.Folder) (Checked, error) {
	condition, err := dir.Check()
	c := Checked{Condition: condition, finished: condition.Sealed}
	if err != nil {
		return c, err
	}
	if !c.Sealed {
		return c, c.examineUnsealed(dir)
	}
	var config Config
	if !c.Lacks(training.BestFile) || c.Lacks(training.LastFile) || dir.Read(&config) != nil {
		return c, nil
	}
	saved, err := training.ReadSaved(dir.Dir(), config.Epochs)
	if err != nil {
		return c, nil // as the run wrote it, and of no use
	}
	if digest, err := saved.BestDigest(); err == nil && digest == c.Digests[training.BestFile] {
		c.saved = saved
	}
	return c, nil
}

// examineUnsealed looks at files without a manifest.
func (c *Checked) examineUnsealed(dir folder.Folder) error {
	var config Config
	if err := dir.Read(&config); err != nil {
		return err
	}
	for _, name := range append([]string{folder.ConfigFile}, Files...) {
		if _, err := os.Lstat(dir.File(name)); err == nil {
			c.Unchecked = append(c.Unchecked, name)
		}
	}
	slices.Sort(c.Unchecked)
	results, err := training.ReadResults(dir.File(ResultsFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.found(&c.Damaged, ResultsFile)
	}
	c.finished = c.Unsealed && err == nil && results.Status == training.Finished
	saved, err := training.ReadSaved(dir.Dir(), config.Epochs)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if c.finished && len(results.Epochs) > 0 {
			c.Missing = append(c.Missing, training.LastFile)
		}
		return nil
	case err != nil:
		c.found(&c.Damaged, training.LastFile)
		return nil
	}
	c.found(&c.Whole, training.LastFile)
	if !c.finished {
		return nil // the best parameters may be of an epoch more
	}
	if ofOneRun(dir, results, saved) != nil {
		c.found(&c.Damaged, ResultsFile)
		return nil
	}
	c.found(&c.Whole, ResultsFile)
	return c.compareBest(dir, saved)
}

// compareBest holds the best parameters of a finished run against those in its
// checkpoint.
func (c *Checked) compareBest(dir folder.Folder, saved *training.Saved) error {
	c.saved = saved
	want, err := saved.BestDigest()
	if err != nil {
		return err
	}
	switch got, err := dir.Digest(training.BestFile); {
	case errors.Is(err, fs.ErrNotExist):
		c.found(&c.Missing, training.BestFile)
	case err != nil || got != want:
		c.found(&c.Damaged, training.BestFile)
	default:
		c.found(&c.Whole, training.BestFile)
	}
	return nil
}

// found enters a file that was not checked yet in a list.
func (c *Checked) found(list *[]string, name string) {
	c.Unchecked = slices.DeleteFunc(c.Unchecked, func(other string) bool { return other == name })
	*list = append(*list, name)
	slices.Sort(*list)
}
