package pytorch

import (
	"github.com/pkg/errors"

	"optlab/internal/brief"
)

// element is a type of numbers.
type element struct {
	name string
	size int64 // bytes
}

var float32Element = element{"float32", 4}

// elements are the types of storages. Only float32 is read; the others are
// there to be named in an error, and to be skipped where nobody wants them.
var elements = map[global]element{
	"torch.FloatStorage":         float32Element,
	"torch.DoubleStorage":        {"float64", 8},
	"torch.HalfStorage":          {"float16", 2},
	"torch.BFloat16Storage":      {"bfloat16", 2},
	"torch.LongStorage":          {"int64", 8},
	"torch.IntStorage":           {"int32", 4},
	"torch.ShortStorage":         {"int16", 2},
	"torch.CharStorage":          {"int8", 1},
	"torch.ByteStorage":          {"uint8", 1},
	"torch.BoolStorage":          {"bool", 1},
	"torch.ComplexFloatStorage":  {"complex64", 8},
	"torch.ComplexDoubleStorage": {"complex128", 16},
}

// storage is a block of numbers, which tensors are views of.
type storage struct {
	key     string
	element element
	count   int64  // of elements, as claimed; at most the file's bytes
	data    []byte // count elements, once loaded: a part of the file
	loaded  bool
}

// view is a part of a storage: all of it, but in very old files.
type view struct {
	storage      *storage
	first, count int64 // elements, inside the storage
}

// storages are those that a pickle refers to.
type storages struct {
	byKey    map[string]*storage
	fileSize int64
	legacy   bool
}

func newStorages(fileSize int, legacy bool) *storages {
	return &storages{byKey: make(map[string]*storage), fileSize: int64(fileSize), legacy: legacy}
}

// persistent returns the storage that a persistent id stands for: ("storage",
// type, key, device, count). The legacy form has a sixth element, None or in
// very old files (key, first, count) for a part of the storage. The device does
// not matter: the bytes are the same.
func (s *storages) persistent(id any) (any, error) {
	fields, _ := id.(tuple)
	want := 5
	if s.legacy {
		want = 6
	}
	if len(fields) != want {
		return nil, errors.Errorf("the pickle is damaged: the id of a storage is %s of %d, want a tuple of %d", kindOf(id), len(fields), want)
	}
	kind, _ := fields[0].(string)
	class, _ := fields[1].(global)
	element, isStorage := elements[class]
	key, named := fields[2].(string)
	count, counted := fields[4].(int64)
	if kind != "storage" || !isStorage || !named || !counted {
		return nil, errors.Errorf("the pickle is damaged: the id of a storage has %s, %s, %s and %s", brief.Quote(kind), kindOf(fields[1]), kindOf(fields[2]), kindOf(fields[4]))
	}
	if count < 0 || count > s.fileSize/element.size {
		return nil, errors.Errorf("storage %s claims %d elements of %s: the file has %d bytes", brief.Quote(key), count, element.name, s.fileSize)
	}
	root := s.byKey[key]
	if root == nil {
		root = &storage{key: key, element: element, count: count}
		s.byKey[key] = root
	}
	if root.element != element || root.count != count {
		return nil, errors.Errorf("storage %s is %d of %s and %d of %s", brief.Quote(key), root.count, root.element.name, count, element.name)
	}
	if want == 6 && fields[5] != nil {
		return part(root, fields[5])
	}
	return view{root, 0, count}, nil
}

// part returns the part of root that metadata, (key, first, count), describes.
func part(root *storage, metadata any) (any, error) {
	fields, _ := metadata.(tuple)
	if len(fields) != 3 {
		return nil, errors.Errorf("storage %s: its part is %s of %d, want a tuple of 3", brief.Quote(root.key), kindOf(metadata), len(fields))
	}
	first, isFirst := fields[1].(int64)
	count, isCount := fields[2].(int64)
	if !isFirst || !isCount || first < 0 || count < 0 || count > root.count-first {
		return nil, errors.Errorf("storage %s of %d elements: its part from %d on has %d", brief.Quote(root.key), root.count, first, count)
	}
	return view{root, first, count}, nil
}
