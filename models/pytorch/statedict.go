package pytorch

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"optlab/internal/brief"
)

// DetectSize is how many bytes of a file Detect has to see.
const DetectSize = 24

// Detect reports whether data starts like one of the two forms of torch.save's
// files: a zip archive, or a pickled magic number. The first DetectSize bytes
// decide.
func Detect(data []byte) bool { return isArchive(data) || isLegacy(data) }

// ReadStateDict reads a file that torch.save wrote of a state dict, or of a
// dict with exactly one state dict among its values, and returns float32
// tensors by name. They are contiguous and share no memory with each other or
// with data.
//
// Whatever data holds, the result is tensors or an error of one line, never a
// panic; the memory taken is bounded by a multiple of len(data), and what is in
// the file is never run.
func ReadStateDict(data []byte) (map[string]*tensor.Dense, error) {
	dict, err := read(data)
	return dict, errors.Wrap(err, "reading a PyTorch file")
}

func read(data []byte) (map[string]*tensor.Dense, error) {
	switch {
	case isArchive(data):
		return readArchive(data)
	case isLegacy(data):
		return readLegacy(data)
	}
	return nil, errors.New("neither a zip archive nor the legacy form: save it with torch.save(model.state_dict(), …)")
}

// loader returns the bytes of a storage, as many as it claims.
type loader func(*storage) ([]byte, error)

// build makes the tensors of the state dict that root is or holds. size is the
// file's.
func build(root any, size int, load loader) (map[string]*tensor.Dense, error) {
	d, err := stateDict(root)
	if err != nil {
		return nil, err
	}
	b := builder{fileSize: int64(size), left: min(int64(size), int64(size)/4+mostRepeated), load: load}
	tensors := make(map[string]*tensor.Dense, len(d.keys))
	for i, key := range d.keys {
		name := key.(string)
		if tensors[name] != nil {
			return nil, errors.Errorf("tensor %s is there twice", brief.Quote(name))
		}
		if tensors[name], err = b.tensor(d.values[i].(*tensorRef)); err != nil {
			return nil, errors.Wrapf(err, "tensor %s", brief.Quote(name))
		}
	}
	return tensors, nil
}

// stateDict returns root if it is a dict of tensors, or else the one value of
// it that is: then root is a checkpoint with other things beside.
func stateDict(root any) (*dict, error) {
	d, ok := root.(*dict)
	if !ok {
		return nil, errors.Errorf("holds %s, want a dict of tensors: save model.state_dict()", kindOf(root))
	}
	if len(d.keys) == 0 {
		return nil, errors.New("holds an empty dict, want tensors: save model.state_dict()")
	}
	if isStateDict(d) {
		return d, nil
	}
	var found []*dict
	var names []string
	for i, value := range d.values {
		if nested, ok := value.(*dict); ok && isStateDict(nested) {
			found = append(found, nested)
			names = append(names, keyText(d.keys[i]))
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, errors.Errorf("holds no dict of tensors alone but a dict of %s: save model.state_dict()", contents(d))
	}
	return nil, errors.Errorf("holds %d dicts of tensors, %s: save the wanted one alone", len(found), list(names))
}

// isStateDict reports whether d has texts as keys and tensors as values, and
// some.
func isStateDict(d *dict) bool {
	for i, key := range d.keys {
		_, named := key.(string)
		_, isTensor := d.values[i].(*tensorRef)
		if !named || !isTensor {
			return false
		}
	}
	return len(d.keys) > 0
}

// contents says what d holds: `"epoch" (a number), "weight" (a tensor)`.
func contents(d *dict) string {
	entries := make([]string, 0, most+1)
	for i := range min(len(d.keys), most+1) {
		entries = append(entries, fmt.Sprintf("%s (%s)", keyText(d.keys[i]), kindOf(d.values[i])))
	}
	return list(entries)
}

func keyText(key any) string {
	switch key := key.(type) {
	case string:
		return brief.Quote(key)
	case int64:
		return strconv.FormatInt(key, 10)
	}
	return kindOf(key)
}

// most is how many entries an error lists.
const most = 8

func list(entries []string) string {
	if len(entries) > most {
		entries = append(entries[:most:most], "…")
	}
	return strings.Join(entries, ", ")
}
