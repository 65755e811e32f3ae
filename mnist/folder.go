package mnist

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/pkg/errors"
)

// subfolders are the places within a folder where its files may lie.
var subfolders = [...]string{"", filepath.Join("MNIST", "raw"), filepath.Join("FashionMNIST", "raw")}

// openFolder is Open for a folder.
func openFolder(dir string) (*Dataset, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, errors.Wrapf(err, "data set %q is neither mnist nor fashion nor a folder of IDX files", dir)
	}
	if !info.IsDir() {
		return nil, errors.Errorf("data set %q is a file; name the folder that holds it", dir)
	}
	paths, err := findFiles(dir)
	if err != nil {
		return nil, err
	}
	train, test, err := decodeFiles(paths, func(path string) (fs.File, error) { return os.Open(path) })
	if err != nil {
		return nil, err
	}
	return &Dataset{Name: folderName(dir), Classes: digitNames(), Train: train, Test: test}, nil
}

// findFiles returns the paths of the four files, all from one place: dir itself
// if it has any of them, else the one subfolder that does. Subfolders with two
// data sets are refused, since picking one would be a guess.
func findFiles(dir string) (paths [4]string, err error) {
	var found [len(subfolders)][4]string
	chosen := -1
	for i, sub := range subfolders {
		for j, name := range fileNames {
			found[i][j] = existing(filepath.Join(dir, sub, name))
		}
		switch {
		case found[i] == [4]string{} || chosen == 0:
		case chosen < 0:
			chosen = i
		default:
			return paths, errors.Errorf("folder %s holds two data sets; name %s or %s",
				dir, filepath.Join(dir, subfolders[chosen]), filepath.Join(dir, sub))
		}
	}
	paths = found[max(chosen, 0)]
	for j, path := range paths {
		if path == "" {
			return paths, missing(dir, fileNames[j])
		}
	}
	return paths, nil
}

// existing returns path or path.gz, whichever is a file, or "". What may not be
// looked at counts as a file, so that opening it gives the reason.
func existing(path string) string {
	for _, p := range []string{path, path + ".gz"} {
		info, err := os.Stat(p)
		if errors.Is(err, fs.ErrPermission) || err == nil && !info.IsDir() {
			return p
		}
	}
	return ""
}

// missing returns the error for a file that is nowhere in dir.
func missing(dir, name string) error {
	var tried []string
	for _, sub := range subfolders {
		path := filepath.Join(dir, sub, name)
		tried = append(tried, path, path+".gz")
	}
	return errors.Wrapf(fs.ErrNotExist, "%s is missing; put it at one of the paths tried (%s)",
		name, strings.Join(tried, ", "))
}

// folderName returns the last element of dir with everything but letters, digits and
// "-_." replaced by "_" and without leading dots: "data" if nothing remains.
func folderName(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.", r) {
			return r
		}
		return '_'
	}, filepath.Base(dir))
	if name = strings.TrimLeft(name, "."); name == "" {
		return "data"
	}
	return name
}
