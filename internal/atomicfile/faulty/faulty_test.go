package faulty_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"optlab/internal/atomicfile"
	"optlab/internal/atomicfile/faulty"
	"optlab/internal/check"
)

// states records do in a folder and returns, in short, what a power cut may
// leave, sorted.
func states(t *testing.T, before faulty.Tree, do func(fs atomicfile.FS, root string) error) []string {
	t.Helper()
	root := t.TempDir()
	check.NoError(t, before.Write(root))
	r, err := faulty.Record(root)
	check.NoError(t, err)
	check.NoError(t, do(r, root))
	var all []string
	copied, last := t.TempDir(), 0
	for after, tree := range r.States() {
		if after < last || after > r.Len() {
			t.Errorf("a state after %d of %d calls, and before it one after %d", after, r.Len(), last)
		}
		last = after
		var parts []string
		for _, path := range slices.Sorted(maps.Keys(tree)) {
			if tree[path] == nil {
				parts = append(parts, path+"/")
			} else {
				parts = append(parts, fmt.Sprintf("%s=%s", path, tree[path]))
			}
		}
		all = append(all, strings.Join(parts, " "))

		if len(all) > 50 {
			continue
		}
		check.NoError(t, tree.Write(copied))
		back, err := faulty.ReadTree(copied)
		check.NoError(t, err)
		if !maps.EqualFunc(back, tree, func(a, b []byte) bool { return string(a) == string(b) && (a == nil) == (b == nil) }) {
			t.Errorf("the tree %q was written as %q", tree, back)
		}
	}
	slices.Sort(all)
	return all
}

// write is what a program does that leaves steps out.
func write(sync, rename bool) func(fs atomicfile.FS, root string) error {
	return func(fs atomicfile.FS, root string) error {
		name := "f"
		if rename {
			name = "t"
		}
		file, err := fs.Create(filepath.Join(root, name))
		if err != nil {
			return err
		}
		if _, err := file.Write([]byte("new")); err != nil {
			return err
		}
		if sync {
			if err := file.Sync(); err != nil {
				return err
			}
		}
		if err := file.Close(); err != nil || !rename {
			return err
		}
		return fs.Rename(filepath.Join(root, name), filepath.Join(root, "f"))
	}
}

// The states are those that the assumptions allow, all of them and no others.
func TestStates(t *testing.T) {
	old := faulty.Tree{"f": []byte("old")}
	for name, c := range map[string]struct {
		before faulty.Tree
		do     func(fs atomicfile.FS, root string) error
		want   []string
	}{
		"nothing": {old, func(atomicfile.FS, string) error { return nil }, []string{"f=old"}},
		"written, not synced": {faulty.Tree{}, write(false, false),
			[]string{"", "f=", "f=\x00\x00\x00", "f=n", "f=ne", "f=new"}},
		"written and synced": {faulty.Tree{}, write(true, false),
			[]string{"", "f=", "f=\x00\x00\x00", "f=n", "f=ne", "f=new"}},
		// The classic mistake: the name is there before the content.
		"renamed, not synced": {old, write(false, true), []string{
			"f=", "f= t=", "f=\x00\x00\x00", "f=\x00\x00\x00 t=\x00\x00\x00", "f=n", "f=n t=n", "f=ne", "f=ne t=ne", "f=new", "f=new t=new",
			"f=old", "f=old t=", "f=old t=\x00\x00\x00", "f=old t=n", "f=old t=ne", "f=old t=new",
		}},
		"synced and renamed": {old, write(true, true), []string{
			"f=new", "f=new t=new", "f=old", "f=old t=", "f=old t=\x00\x00\x00", "f=old t=n", "f=old t=ne", "f=old t=new",
		}},
		"removed, in any order": {faulty.Tree{"a": []byte("1"), "b": []byte("2")}, func(fs atomicfile.FS, root string) error {
			if err := fs.Remove(filepath.Join(root, "a")); err != nil {
				return err
			}
			return fs.Remove(filepath.Join(root, "b"))
		}, []string{"", "a=1", "a=1 b=2", "b=2"}},
		"removed, a folder flush between": {faulty.Tree{"a": []byte("1"), "b": []byte("2")}, func(fs atomicfile.FS, root string) error {
			d := atomicfile.Dir{Path: root, FS: fs}
			if err := d.Remove("a"); err != nil {
				return err
			}
			return d.Remove("b")
		}, []string{"", "a=1 b=2", "b=2"}},
		"folders": {faulty.Tree{}, func(fs atomicfile.FS, root string) error {
			d := atomicfile.Dir{Path: filepath.Join(root, "a", "b"), FS: fs}
			if err := d.Make(); err != nil {
				return err
			}
			return d.Write("f", nil)
		}, []string{"", "a/", "a/ a/b/", "a/ a/b/ a/b/.f.tmp=", "a/ a/b/ a/b/.f.tmp= a/b/f=", "a/ a/b/ a/b/f="}},
		"a folder not flushed": {faulty.Tree{}, func(fs atomicfile.FS, root string) error {
			if err := fs.Mkdir(filepath.Join(root, "a")); err != nil {
				return err
			}
			return atomicfile.Dir{Path: filepath.Join(root, "a"), FS: fs}.Write("f", nil)
		}, []string{"", "a/", "a/ a/.f.tmp=", "a/ a/.f.tmp= a/f=", "a/ a/f="}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := states(t, c.before, c.do); !slices.Equal(got, slices.Sorted(slices.Values(c.want))) {
				t.Errorf("the states are\n%q, want\n%q", got, c.want)
			}
		})
	}
}

// Of a file that Dir writes there is the old content or the new, and once it
// has returned, the new; a folder is there once Make has returned.
func TestDir(t *testing.T) {
	root := t.TempDir()
	r, err := faulty.Record(root)
	check.NoError(t, err)
	d := atomicfile.Dir{Path: filepath.Join(root, "a", "b"), FS: r}
	check.NoError(t, d.Make())
	returned := []int{r.Len()}
	contents := []string{"", "first", "second, longer", "3"}
	for _, content := range contents[1:] {
		check.NoError(t, d.Write("f", []byte(content)))
		returned = append(returned, r.Len())
	}
	n := 0
	for after, tree := range r.States() {
		done, _ := slices.BinarySearch(returned, after+1)
		if _, ok := tree["a/b"]; !ok && done > 0 {
			t.Errorf("after %d calls there is no folder", after)
		}
		got := string(tree["a/b/f"])
		is := slices.Index(contents, got)
		if is != max(done-1, 0) && is != done {
			t.Errorf("after %d calls, %d writes having returned, the content is %q", after, done-1, got)
		}
		n++
	}
	if n < 20 {
		t.Errorf("only %d states", n)
	}
}

// More changes than can be enumerated are sampled, always alike, and none and
// all are among them.
func TestManyPending(t *testing.T) {
	before := make(faulty.Tree)
	for i := range 14 {
		before[string(rune('a'+i))] = []byte("x")
	}
	remove := func(fs atomicfile.FS, root string) error {
		for path := range before {
			if err := fs.Remove(filepath.Join(root, path)); err != nil {
				return err
			}
		}
		return nil
	}
	got := states(t, before, remove)
	all := slices.ContainsFunc(got, func(s string) bool { return strings.Count(s, "=") == len(before) })
	if !slices.Contains(got, "") || !all || len(got) < 1024 {
		t.Errorf("%d states; nothing: %v, all: %v", len(got), slices.Contains(got, ""), all)
	}
}

// What the recorder cannot place is an error.
func TestRecordElsewhere(t *testing.T) {
	r, err := faulty.Record(t.TempDir())
	check.NoError(t, err)
	elsewhere := atomicfile.Dir{Path: t.TempDir(), FS: r}
	check.Error(t, elsewhere.Write("f", nil), "is not in")
	if r.Len() != 0 {
		t.Errorf("%d calls were recorded", r.Len())
	}
	_, err = faulty.Record(filepath.Join(elsewhere.Path, "none"))
	check.Error(t, err, "none")
}
