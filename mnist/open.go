package mnist

import (
	"embed"
	"os"
	"strings"

	"github.com/pkg/errors"

	"optlab/dataset"
)

//go:embed data/*/*.gz
var embedded embed.FS

// Names returns the names of the embedded data sets, MNIST's first.
func Names() []string {
	names := make([]string, len(sets))
	for i, e := range sets {
		names[i] = e.name
	}
	return names
}

// Open returns the data set that source names: one of [Names] is embedded,
// anything else is a folder, as [dataset.Open] reads it. Decoding MNIST and
// FashionMNIST takes about a quarter and half a second, at each call.
func Open(source string) (*dataset.Set, error) {
	for _, e := range sets {
		if e.name == source {
			return e.open()
		}
	}
	if _, err := os.Stat(source); err != nil {
		return nil, errors.Wrapf(err, "data set %q is neither %s nor a folder of IDX files", source, strings.Join(Names(), " nor "))
	}
	return dataset.Open(source)
}

// sets has a row for every embedded data set, in the order of Names: MNIST and
// FashionMNIST have 60 000 and 10 000 images of 28×28 pixels.
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
