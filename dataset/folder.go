package dataset

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pkg/errors"

	"optlab/internal/brief"
	"optlab/internal/regular"
)

// subfolders are the places within a folder where its files may lie.
var subfolders = [...]string{"", filepath.Join("MNIST", "raw"), filepath.Join("FashionMNIST", "raw")}

// The names of the four files, in the order of [Files].
var fileNames = [4]string{
	"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
	"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
}

// classesFile is the file beside the four that names the classes.
const classesFile = "classes.txt"

// Open returns the data set in a folder. The folder, or MNIST/raw or
// FashionMNIST/raw within it (torchvision's layout), holds the four IDX files
// train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and
// t10k-labels-idx1-ubyte, each plain or gzipped, with or without ".gz"; of a
// file that is there in both forms, the plain one is read. A text file
// classes.txt beside them may name the classes, one a line; without it the
// labels are their names, as [Read] says. The Set is named after the folder.
//
// Errors are those of Read. A file that is nowhere is an fs.ErrNotExist that
// lists every path tried.
func Open(dir string) (*Set, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, errors.Wrapf(brief.Error(err), "data set %s is not a folder of IDX files", brief.Quote(dir))
	}
	if !info.IsDir() {
		return nil, errors.Errorf("data set %s is a file; name the folder that holds it", brief.Quote(dir))
	}
	paths, err := findFiles(dir)
	if err != nil {
		return nil, err
	}
	classes, err := readClasses(filepath.Join(filepath.Dir(paths[0]), classesFile))
	if err != nil {
		return nil, err
	}
	files := Files{paths[0], paths[1], paths[2], paths[3]}
	return Read(folderName(dir), classes, files, openRegular)
}

func openRegular(path string) (fs.File, error) {
	file, _, err := regular.Open(path)
	return file, err
}

// readClasses returns the lines of the file that names the classes, nil if
// there is none.
func readClasses(path string) ([]string, error) {
	text, err := regular.Read(path, mostBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, errors.WithMessage(err, "reading the names of the classes")
	}
	return parseClasses(path, string(text))
}

// What a file of names may hold: labels are bytes.
const mostClasses, mostBytes = 256, 64 << 10

// parseClasses returns the lines of the text in a file, each of which must be a
// name.
func parseClasses(path, text string) ([]string, error) {
	lines := strings.Split(strings.TrimRight(strings.TrimPrefix(text, "\ufeff"), "\r\n"), "\n")
	if len(lines) > mostClasses {
		return nil, errors.Errorf("reading the names of the classes: %s has %d lines, want at most %d", brief.Path(path), len(lines), mostClasses)
	}
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
		if lines[i] == "" || !utf8.ValidString(line) || strings.ContainsFunc(lines[i], unicode.IsControl) {
			return nil, errors.Errorf("reading the names of the classes: line %d of %s is %s, want a name", i+1, brief.Path(path), brief.Quote(line))
		}
	}
	return lines, nil
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
				brief.Path(dir), brief.Path(filepath.Join(dir, subfolders[chosen])), brief.Path(filepath.Join(dir, sub)))
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

// folderName returns the last element of dir with everything but letters,
// digits and "-_." replaced by "_" and without leading dots: "data" if nothing
// remains.
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
