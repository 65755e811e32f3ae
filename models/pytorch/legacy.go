package pytorch

import (
	"bytes"
	"encoding/binary"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"optlab/internal/brief"
)

// The magic number of the legacy form as its pickle has it: the operation
// LONG1, ten bytes, and the number itself.
const magic = "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."

// isLegacy reports whether data starts with the pickled magic number, with a
// frame about it (protocols 4 and 5) or without (2 and 3).
func isLegacy(data []byte) bool {
	if len(data) < 2 || data[0] != 0x80 {
		return false
	}
	rest := data[2:]
	if len(rest) > 9 && rest[0] == 0x95 {
		rest = rest[9:]
	}
	return bytes.HasPrefix(rest, []byte(magic))
}

// legacy reads a file of the legacy form from pos on.
type legacy struct {
	data     []byte
	pos      int
	storages *storages
}

// readLegacy reads the legacy form.
func readLegacy(data []byte) (map[string]*tensor.Dense, error) {
	l := &legacy{data: data, storages: newStorages(len(data), true)}
	if err := l.header(); err != nil {
		return nil, err
	}
	root, err := l.next(l.storages.persistent)
	if err != nil {
		return nil, err
	}
	keys, err := l.next(nil)
	if err != nil {
		return nil, errors.Wrap(err, "the list of storages")
	}
	listed, ok := keys.(*sequence)
	if !ok {
		return nil, errors.Errorf("has %s for the list of storages", kindOf(keys))
	}
	for _, key := range listed.items {
		if err := l.storage(key); err != nil {
			return nil, err
		}
	}
	if l.pos != len(data) {
		return nil, errors.Errorf("%d bytes follow the last storage at byte %d", len(data)-l.pos, l.pos)
	}
	return build(root, len(data), func(s *storage) ([]byte, error) {
		if !s.loaded {
			return nil, errors.Errorf("storage %s is not in the file", brief.Quote(s.key))
		}
		return s.data, nil
	})
}

func (l *legacy) next(persistent func(any) (any, error)) (value any, err error) {
	value, l.pos, err = unpickle(l.data, l.pos, persistent)
	return value, err
}

// header reads the first three pickles.
func (l *legacy) header() error {
	if _, err := l.next(nil); err != nil {
		return errors.Wrap(err, "the magic number")
	}
	version, err := l.next(nil)
	if err != nil {
		return errors.Wrap(err, "the version")
	}
	if version, ok := version.(int64); !ok || version != 1001 {
		return errors.New("the version is not 1001, the only one that PyTorch writes")
	}
	info, err := l.next(nil)
	if err != nil {
		return errors.Wrap(err, "the facts on the machine")
	}
	d, ok := info.(*dict)
	if !ok {
		return errors.Errorf("the facts on the machine are %s, want a dict", kindOf(info))
	}
	for i, key := range d.keys {
		if key, ok := key.(string); !ok || key != "little_endian" {
			continue
		}
		if little, ok := d.values[i].(bool); !ok || !little {
			return errors.New("was written on a big-endian machine: save it on a little-endian one")
		}
		return nil
	}
	return errors.New("the facts on the machine do not say little_endian")
}

// storage reads the next storage, which has the given key.
func (l *legacy) storage(key any) error {
	name, ok := key.(string)
	if !ok {
		return errors.Errorf("the list of storages holds %s, want texts", kindOf(key))
	}
	s := l.storages.byKey[name]
	if s == nil {
		return errors.Errorf("storage %s belongs to no tensor", brief.Quote(name))
	}
	if s.loaded {
		return errors.Errorf("storage %s is there twice", brief.Quote(name))
	}
	rest := l.data[l.pos:]
	if len(rest) < 8 {
		return errors.Errorf("is truncated at storage %s, byte %d", brief.Quote(name), l.pos)
	}
	if count := binary.LittleEndian.Uint64(rest); count != uint64(s.count) {
		return errors.Errorf("storage %s has %d elements, its tensors say %d", brief.Quote(name), count, s.count)
	}
	rest = rest[8:]
	size := s.count * s.element.size // which newStorages' limit keeps from overflow
	if size > int64(len(rest)) {
		return errors.Errorf("is truncated: storage %s takes %d bytes from byte %d on, there are %d", brief.Quote(name), size, l.pos+8, len(rest))
	}
	s.data, s.loaded = rest[:size], true
	l.pos += 8 + int(size)
	return nil
}
