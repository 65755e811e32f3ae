package mnist

import (
	"embed"
	"os"

	"github.com/pkg/errors"

	"optlab/dataset"
)

//go:embed data/*/*.gz
var embedded embed.FS

// Open returns the data set that source names: "mnist" and "fashion" are the
// embedded ones, anything else is a folder, as [dataset.Open] reads it.
// Decoding takes about a quarter and half a second, at each call.
func Open(source string) (*dataset.Set, error) {
	for _, e := range sets {
		if e.name == source {
			return e.open()
		}
	}
	if _, err := os.Stat(source); err != nil {
		return nil, errors.Wrapf(err, "data set %q is neither mnist nor fashion nor a folder of IDX files", source)
	}
	return dataset.Open(source)
}

// sets are the embedded data sets, each of 60 000 and 10 000 images of 28×28
// pixels.
var sets = []embeddedSet{
	{"mnist", []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}},
	{"fashion", []string{
		"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
		"Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
	}},
}

type embeddedSet struct {
	name    string
	classes []string
}

func (e embeddedSet) open() (*dataset.Set, error) {
	path := func(file string) string { return "data/" + e.name + "/" + file + ".gz" }
	set, err := dataset.Read(e.name, e.classes, dataset.Files{
		TrainImages: path("train-images-idx3-ubyte"),
		TrainLabels: path("train-labels-idx1-ubyte"),
		TestImages:  path("t10k-images-idx3-ubyte"),
		TestLabels:  path("t10k-labels-idx1-ubyte"),
	}, embedded.Open)
	if err != nil {
		return nil, errors.Wrapf(err, "the embedded data set %s", e.name)
	}
	set.Embedded = true
	return set, nil
}
