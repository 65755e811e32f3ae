package atomicfile_test

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"pgregory.net/rapid"

	"optlab/internal/atomicfile"
	"optlab/internal/check"
)

// ways are the two ways to write.
var ways = map[string]func(d atomicfile.Dir, name string, data []byte) error{
	"Write": atomicfile.Dir.Write,
	"WriteFrom": func(d atomicfile.Dir, name string, data []byte) error {
		return d.WriteFrom(name, func(w io.Writer) error {
			for part := range slices.Chunk(data, 7) {
				if _, err := w.Write(part); err != nil {
					return err
				}
			}
			return nil
		})
	},
}

func TestWriteReplaces(t *testing.T) {
	for way, write := range ways {
		t.Run(way, func(t *testing.T) {
			d := atomicfile.Dir{Path: t.TempDir()}
			for _, content := range []string{"first, and longer", strings.Repeat("more than a buffer ", 1<<15), "", "last"} {
				check.NoError(t, write(d, "file", []byte(content)))
				wantFiles(t, d.Path, map[string]string{"file": content})
			}
		})
	}
}

func TestWriteFails(t *testing.T) {
	for way, write := range ways {
		t.Run(way, func(t *testing.T) {
			missing := atomicfile.Dir{Path: filepath.Join(t.TempDir(), "no")}
			check.Error(t, write(missing, "file", nil), "writing "+missing.File("file"))

			// A folder cannot be replaced by a file, so the rename fails, nor
			// removed where the temporary file belongs.
			d := atomicfile.Dir{Path: t.TempDir()}
			check.NoError(t, os.Mkdir(d.File("file"), 0o777))
			check.NoError(t, os.Mkdir(d.File(".other.tmp"), 0o777))
			check.Error(t, write(d, "file", []byte("x")), "writing "+d.File("file"))
			check.Error(t, write(d, "other", []byte("x")), "writing "+d.File("other"), "is a folder")
			wantFiles(t, d.Path, map[string]string{"file": "/", ".other.tmp": "/"})

			for _, name := range []string{"", ".", "..", "../file", "a/b", "/a", "a/"} {
				check.Error(t, write(d, name, nil), "is not the name of a file")
			}
		})
	}
}

// What goes wrong in the caller leaves nothing, be it an error or a panic.
func TestWriteFromFails(t *testing.T) {
	d := atomicfile.Dir{Path: t.TempDir()}
	check.NoError(t, d.Write("file", []byte("old")))
	ink := errors.New("no ink")
	err := d.WriteFrom("file", func(w io.Writer) error {
		io.WriteString(w, strings.Repeat("half", 1<<20))
		return ink
	})
	if check.Error(t, err, "writing "+d.File("file"), "no ink"); !errors.Is(err, ink) {
		t.Errorf("the error %v is not the caller's", err)
	}
	func() {
		defer func() { recover() }()
		d.WriteFrom("file", func(io.Writer) error { panic("no paper") })
	}()
	wantFiles(t, d.Path, map[string]string{"file": "old"})
}

// No link is followed, neither in the place of the file nor of the temporary.
func TestWriteFollowsNoLink(t *testing.T) {
	foreign := filepath.Join(t.TempDir(), "foreign")
	check.NoError(t, os.WriteFile(foreign, []byte("mine"), 0o644))
	d := atomicfile.Dir{Path: t.TempDir()}
	for _, name := range []string{"file", ".file.tmp"} {
		if err := os.Symlink(foreign, d.File(name)); err != nil {
			t.Skip(err) // Windows asks for a right
		}
	}
	check.NoError(t, d.Write("file", []byte("new")))
	wantFiles(t, d.Path, map[string]string{"file": "new"})
	check.NoError(t, os.Symlink(foreign, d.File(".file.tmp")))
	if _, err := (atomicfile.OS{}).Create(d.File(".file.tmp")); !errors.Is(err, os.ErrExist) {
		t.Errorf("a file was created through a link: %v", err)
	}
	check.NoError(t, d.Clean("file"))
	check.NoError(t, os.Symlink(foreign, d.File("link")))
	check.NoError(t, d.Remove("link"))
	wantFiles(t, d.Path, map[string]string{"file": "new"})
	wantFiles(t, filepath.Dir(foreign), map[string]string{"foreign": "mine"})
}

// Names are names, not patterns, and only those that are given are touched.
func TestOnlyTheNamesGiven(t *testing.T) {
	foreign := map[string]string{
		".notes.tmp": "1", ".notes.tmp-keep": "2", ".file.tmp-123": "3", ".file": "4",
		"file.tmp": "5", ".b.tmp": "6", "b": "7", "folder": "/",
	}
	d := atomicfile.Dir{Path: filepath.Join(t.TempDir(), "[a-z]*")}
	check.NoError(t, d.Make())
	for name, content := range foreign {
		if content == "/" {
			check.NoError(t, os.Mkdir(d.File(name), 0o777))
			continue
		}
		check.NoError(t, os.WriteFile(d.File(name), []byte(content), 0o644))
	}
	for _, name := range []string{"file", "[ab]", ".[ab].tmp", ".file.tmp"} {
		check.NoError(t, os.WriteFile(d.File(name), nil, 0o644))
	}
	check.NoError(t, d.Clean("file", "[ab]", "none"))
	check.NoError(t, d.Remove("file", "[ab]", "none"))
	wantFiles(t, d.Path, foreign)
	check.Error(t, d.Remove("folder"), "removing "+d.File("folder"), "is a folder")
	check.Error(t, (atomicfile.Dir{Path: d.File("none")}).Remove("file"), "removing files from "+d.File("none"))
	wantFiles(t, d.Path, foreign)
}

func TestMake(t *testing.T) {
	base := t.TempDir()
	d := atomicfile.Dir{Path: filepath.Join(base, "a", "b", "..", "c") + string(filepath.Separator)}
	for range 2 {
		check.NoError(t, d.Make())
		wantFiles(t, base, map[string]string{"a": "/"})
		wantFiles(t, filepath.Join(base, "a"), map[string]string{"c": "/"})
	}
	check.NoError(t, d.Write("file", nil))
	for _, path := range []string{d.File("file"), filepath.Join(d.File("file"), "below")} {
		check.Error(t, atomicfile.Dir{Path: path}.Make(), "making the folder "+path)
	}
	if os.Symlink(d.File("none"), d.File("link")) == nil {
		check.Error(t, atomicfile.Dir{Path: d.File("link")}.Make(), "making the folder "+d.File("link"))
	}
	t.Chdir(base)
	check.NoError(t, atomicfile.Dir{}.Make())
	check.NoError(t, atomicfile.Dir{}.Write("here", []byte("x")))
	check.NoError(t, atomicfile.Dir{Path: "d/e"}.Make())
	wantFiles(t, base, map[string]string{"a": "/", "d": "/", "here": "x"})
	check.NoError(t, atomicfile.Dir{}.Remove("here"))
	if dir, name := atomicfile.Split("here"); dir.Path != "." || name != "here" {
		t.Errorf("a bare name is split into %q and %q", dir.Path, name)
	}
}

// The rights are those that a plain file gets.
func TestRights(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such rights")
	}
	d := atomicfile.Dir{Path: filepath.Join(t.TempDir(), "folder")}
	check.NoError(t, d.Make())
	check.NoError(t, d.Write("file", nil))
	plain := t.TempDir()
	check.NoError(t, os.Mkdir(filepath.Join(plain, "folder"), 0o777))
	check.NoError(t, os.WriteFile(filepath.Join(plain, "file"), nil, 0o666))
	for path, want := range map[string]string{d.Path: "folder", d.File("file"): "file"} {
		got, err := os.Stat(path)
		check.NoError(t, err)
		info, err := os.Stat(filepath.Join(plain, want))
		check.NoError(t, err)
		if got.Mode() != info.Mode() {
			t.Errorf("%s has the rights %v, want %v", path, got.Mode(), info.Mode())
		}
	}
}

// Any sequence of calls does to the folder what it does to a map.
func TestDirIsAMap(t *testing.T) {
	names := []string{"a", "b", ".a.tmp", "[ab]"}
	rapid.Check(t, func(rt *rapid.T) {
		path, err := os.MkdirTemp(t.TempDir(), "")
		check.NoError(t, err)
		d, model := atomicfile.Dir{Path: path}, make(map[string]string)
		name := rapid.SampledFrom(names)
		noError := func(rt *rapid.T, err error) {
			if err != nil {
				rt.Fatal(err)
			}
		}
		drop := func(prefix, suffix string, names []string) {
			for _, name := range names {
				delete(model, prefix+name+suffix)
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"write": func(rt *rapid.T) {
				name, data := name.Draw(rt, "name"), rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(rt, "data")
				way := rapid.SampledFrom([]string{"Write", "WriteFrom"}).Draw(rt, "way")
				noError(rt, ways[way](d, name, data))
				drop(".", ".tmp", []string{name})
				model[name] = string(data)
			},
			"remove": func(rt *rapid.T) {
				names := rapid.SliceOf(name).Draw(rt, "names")
				noError(rt, d.Remove(names...))
				drop("", "", names)
			},
			"clean": func(rt *rapid.T) {
				names := rapid.SliceOf(name).Draw(rt, "names")
				noError(rt, d.Clean(names...))
				drop(".", ".tmp", names)
			},
			"make": func(rt *rapid.T) { noError(rt, d.Make()) },
			"":     func(rt *rapid.T) { wantFiles(rt, path, model) },
		})
	})
}

// wantFiles checks that a folder holds files of these contents, "/" for a
// folder, and nothing else.
func wantFiles(t interface {
	Helper()
	Fatal(...any)
	Errorf(string, ...any)
}, path string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(path)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]bool)
	for _, e := range entries {
		content := []byte("/")
		if !e.IsDir() {
			if content, err = os.ReadFile(filepath.Join(path, e.Name())); err != nil {
				t.Fatal(err)
			}
		}
		if text, ok := want[e.Name()]; !ok || text != string(content) {
			t.Errorf("%s holds %.50q, want %.50q (%v)", e.Name(), content, text, ok)
		}
		got[e.Name()] = true
	}
	for name := range want {
		if !got[name] {
			t.Errorf("%s is missing", name)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	d := atomicfile.Dir{Path: b.TempDir()}
	data := make([]byte, 1<<20)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if err := d.Write("file", data); err != nil {
			b.Fatal(err)
		}
	}
}
