package faulty

import (
	"crypto/sha256"
	"encoding/binary"
	"iter"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
)

// inode is a file or a folder, whatever its names.
type inode struct {
	folder bool
	data   []byte
	synced int // so many bytes last
}

// change sets an entry of a folder, to nil where it is removed.
type change struct {
	path string
	to   *inode
}

// disk is what the calls so far did.
type disk struct {
	files   map[int]*inode    // by the number of their creation
	live    map[string]*inode // what a program sees
	kept    map[string]*inode // what lasts
	pending []change          // what may last
}

func newDisk(t Tree) *disk {
	d := &disk{files: make(map[int]*inode), live: make(map[string]*inode)}
	for path, data := range t {
		d.live[path] = &inode{folder: data == nil, data: data, synced: len(data)}
	}
	d.kept = maps.Clone(d.live)
	return d
}

func (d *disk) set(path string, to *inode) {
	d.live[path] = to
	d.pending = append(d.pending, change{path, to})
}

func (d *disk) apply(c call) {
	switch c.kind {
	case create:
		d.files[c.file] = &inode{}
		d.set(c.path, d.files[c.file])
	case write:
		d.files[c.file].data = append(d.files[c.file].data, c.data...)
	case syncFile:
		d.files[c.file].synced = len(d.files[c.file].data)
	case rename:
		d.set(c.to, d.live[c.path])
		d.set(c.path, nil)
	case remove:
		d.set(c.path, nil)
	case mkdir:
		d.set(c.path, &inode{folder: true})
	case syncDir:
		d.pending = slices.DeleteFunc(d.pending, func(e change) bool {
			if path.Dir(e.path) != c.path {
				return false
			}
			d.kept[e.path] = e.to
			return true
		})
	}
}

// mostPending bounds the changes of which every subset is a state; of more, so
// many subsets are drawn.
const mostPending = 10

// subsets yields which of the pending changes reach the disk.
func (d *disk) subsets(r *rand.Rand) iter.Seq[[]bool] {
	return func(yield func([]bool) bool) {
		n := len(d.pending)
		for i := range uint64(1) << min(n, mostPending) {
			reached := make([]bool, n)
			for j := range reached {
				if n <= mostPending {
					reached[j] = i>>j&1 == 1
				} else {
					// The first two are none and all.
					reached[j] = i == 1 || i > 1 && r.IntN(2) == 1
				}
			}
			if !yield(reached) {
				return
			}
		}
	}
}

// contents returns what may be in a file after a power cut.
func (n *inode) contents() [][]byte {
	if n.folder {
		return [][]byte{nil}
	}
	whole, rest := len(n.data), len(n.data)-n.synced
	list := [][]byte{append([]byte{}, n.data...)}
	if rest == 0 {
		return list
	}
	for _, cut := range []int{0, 1, rest / 2, rest - 1} {
		list = append(list, append([]byte{}, n.data[:n.synced+cut]...))
	}
	return append(list, append(append([]byte{}, n.data[:n.synced]...), make([]byte, whole-n.synced)...))
}

// trees yields what the disk may hold after a power cut if certain changes
// reached it.
func (d *disk) trees(reached []bool) iter.Seq[Tree] {
	entries := maps.Clone(d.kept)
	for i, c := range d.pending {
		if reached[i] {
			entries[c.path] = c.to
		}
	}
	// What is in a folder that is lost is lost too. Parents sort first.
	paths := slices.DeleteFunc(slices.Sorted(maps.Keys(entries)), func(p string) bool {
		parent := path.Dir(p)
		if entries[p] == nil || parent != "." && entries[parent] == nil {
			delete(entries, p)
			return true
		}
		return false
	})
	return func(yield func(Tree) bool) {
		// A file with two names has one content.
		chosen := make(map[*inode][]byte)
		var extend func(t Tree, rest []string) bool
		extend = func(t Tree, rest []string) bool {
			if len(rest) == 0 {
				return yield(maps.Clone(t))
			}
			file := entries[rest[0]]
			contents := [][]byte{chosen[file]}
			_, named := chosen[file]
			if !named {
				contents = file.contents()
				defer delete(chosen, file)
			}
			for _, data := range contents {
				t[rest[0]], chosen[file] = data, data
				if !extend(t, rest[1:]) {
					return false
				}
			}
			return true
		}
		extend(make(Tree), paths)
	}
}

// States yields every state in which a power cut during what was recorded may
// leave the folder, each once, with the largest number of calls made before it,
// which does not fall. Where more changes are pending than can be enumerated, a
// sample is drawn, always the same.
func (r *Recorder) States() iter.Seq2[int, Tree] {
	type state struct {
		last int
		tree Tree
	}
	index := make(map[[sha256.Size]byte]int)
	var all []state
	d, random := newDisk(r.before), rand.New(rand.NewPCG(1, 2))
	for after := range len(r.calls) + 1 {
		if after > 0 {
			d.apply(r.calls[after-1])
		}
		for reached := range d.subsets(random) {
			for t := range d.trees(reached) {
				key := t.digest()
				if i, seen := index[key]; seen {
					all[i].last = after
					continue
				}
				index[key] = len(all)
				all = append(all, state{after, t})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b state) int { return a.last - b.last })
	return func(yield func(int, Tree) bool) {
		for _, s := range all {
			if !yield(s.last, s.tree) {
				return
			}
		}
	}
}

// digest is that of all paths and contents.
func (t Tree) digest() [sha256.Size]byte {
	var all []byte
	add := func(s string) {
		all = binary.AppendUvarint(all, uint64(len(s)))
		all = append(all, s...)
	}
	for _, path := range slices.Sorted(maps.Keys(t)) {
		add(path)
		if t[path] == nil {
			all = append(all, 'd')
		} else {
			add(string(t[path]))
		}
	}
	return sha256.Sum256(all)
}
