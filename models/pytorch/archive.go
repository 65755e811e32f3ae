package pytorch

import (
	"archive/zip"
	"bytes"
	"hash/crc32"
	"math"
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"optlab/internal/brief"
)

func isArchive(data []byte) bool { return bytes.HasPrefix(data, []byte("PK\x03\x04")) }

// archive is a file of the zip form.
type archive struct {
	data    []byte
	records map[string]*zip.File // by name inside the archive's one folder
}

// readArchive reads the zip form.
func readArchive(data []byte) (map[string]*tensor.Dense, error) {
	a, err := openArchive(data)
	if err != nil {
		return nil, err
	}
	if a.records["constants.pkl"] != nil {
		return nil, errors.New("is a TorchScript archive: save model.state_dict() with torch.save")
	}
	if a.records["byteorder"] != nil {
		order, err := a.record("byteorder")
		if err != nil {
			return nil, err
		}
		if string(order) != "little" {
			return nil, errors.Errorf("has byte order %s, want little: save it on a little-endian machine", brief.Quote(string(order)))
		}
	}
	pickle, err := a.record("data.pkl")
	if err != nil {
		return nil, err
	}
	storages := newStorages(len(data), false)
	root, end, err := unpickle(pickle, 0, storages.persistent)
	if err != nil {
		return nil, errors.Wrap(err, "record data.pkl")
	}
	if end != len(pickle) {
		return nil, errors.Errorf("record data.pkl: %d bytes follow the pickle", len(pickle)-end)
	}
	return build(root, len(data), a.load)
}

// openArchive reads the directory of the archive, whose records are all in one
// folder, that of the first.
func openArchive(data []byte) (*archive, error) {
	directory := &limitedReader{data: bytes.NewReader(data), left: maxDirectory}
	z, err := zip.NewReader(directory, int64(len(data)))
	if directory.left < 0 {
		return nil, errors.Errorf("a zip archive with a directory of more than %d bytes: save model.state_dict() alone", maxDirectory)
	}
	directory.left = math.MaxInt64 // what is read from now on is in proportion
	if err != nil {
		return nil, errors.Wrap(err, "not a whole zip archive: copy or save it again")
	}
	a := &archive{data: data, records: make(map[string]*zip.File, len(z.File))}
	if len(z.File) == 0 {
		return nil, errors.New("an empty zip archive: save model.state_dict() with torch.save")
	}
	folder, _, _ := strings.Cut(z.File[0].Name, "/")
	for _, f := range z.File {
		name, ok := strings.CutPrefix(f.Name, folder+"/")
		if !ok {
			continue // PyTorch does not look at it either
		}
		if a.records[name] != nil {
			return nil, errors.Errorf("record %s is there twice", brief.Quote(name))
		}
		a.records[name] = f
	}
	return a, nil
}

// maxDirectory is the most that is read of an archive to find its records,
// whose descriptions take several times as much memory: some 80 000 tensors.
const maxDirectory = 8 << 20

// limitedReader reads from data until more than left bytes were asked for.
type limitedReader struct {
	data *bytes.Reader
	left int64
}

// ReadAt reads as of io.ReaderAt.
func (r *limitedReader) ReadAt(p []byte, offset int64) (int, error) {
	if r.left -= int64(len(p)); r.left < 0 {
		return 0, errors.New("the directory is too large")
	}
	return r.data.ReadAt(p, offset)
}

// load returns the bytes of a storage, and keeps them: many tensors may share
// it.
func (a *archive) load(s *storage) ([]byte, error) {
	if s.loaded {
		return s.data, nil
	}
	data, err := a.record("data/" + s.key)
	if err != nil {
		return nil, err
	}
	if want := s.count * s.element.size; int64(len(data)) != want {
		return nil, errors.Errorf("record %s has %d bytes, want %d for %d of %s", brief.Quote("data/"+s.key), len(data), want, s.count, s.element.name)
	}
	s.data, s.loaded = data, true
	return data, nil
}

// encodings are the flags of a record whose bytes are not its content:
// encrypted, patched, strongly encrypted, with a hidden directory.
const encodings = 1 | 1<<5 | 1<<6 | 1<<13

// record returns the content of a record, which is a part of the file as it
// stands: torch.save compresses nothing, so a record cannot be larger than the
// file.
func (a *archive) record(name string) ([]byte, error) {
	f := a.records[name]
	if f == nil {
		return nil, errors.Errorf("has no record %s: save model.state_dict() with torch.save", brief.Quote(name))
	}
	if f.Method != zip.Store || f.Flags&encodings != 0 || f.CompressedSize64 != f.UncompressedSize64 {
		return nil, errors.Errorf("record %s is compressed or encrypted, which torch.save never does: load and save it in PyTorch again", brief.Quote(name))
	}
	if f.ExternalAttrs&0x10 != 0 { // which PyTorch reads as nothing
		return nil, errors.Errorf("record %s is marked as a folder, which torch.save never does: copy or save it again", brief.Quote(name))
	}
	begin, err := f.DataOffset()
	if err != nil {
		return nil, errors.Wrapf(err, "record %s", brief.Quote(name))
	}
	size := int64(len(a.data))
	if begin < 0 || begin > size || f.UncompressedSize64 > uint64(size-begin) {
		return nil, errors.Errorf("record %s of %d bytes is not inside the file of %d", brief.Quote(name), f.UncompressedSize64, size)
	}
	data := a.data[begin:][:f.UncompressedSize64]
	// PyTorch can be told not to compute checksums; it writes 0 then.
	if sum := crc32.ChecksumIEEE(data); f.CRC32 != 0 && sum != f.CRC32 {
		return nil, errors.Errorf("record %s is damaged: its checksum is %08x, want %08x", brief.Quote(name), sum, f.CRC32)
	}
	return data, nil
}
