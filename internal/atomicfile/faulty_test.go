package atomicfile_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"optlab/internal/atomicfile"
	"optlab/internal/atomicfile/faulty"
	"optlab/internal/check"
)

// operations are all that a Dir does, each with what it makes of the files in
// the folder of TestFaults.
var operations = map[string]struct {
	do   func(d atomicfile.Dir) error
	name string // the file that an error must name
	file string // its content afterwards
}{
	"Write":     {func(d atomicfile.Dir) error { return d.Write("file", []byte("new content")) }, "file", "new content"},
	"WriteFrom": {func(d atomicfile.Dir) error { return d.WriteFrom("file", fill) }, "file", filled},
	"Remove":    {func(d atomicfile.Dir) error { return d.Remove("file") }, "", ""},
	"Make": {func(d atomicfile.Dir) error {
		return atomicfile.Dir{Path: filepath.Join(d.Path, "file's", "folder"), FS: d.FS}.Make()
	}, "file", "old"},
	"Clean": {func(d atomicfile.Dir) error { return d.Clean("file") }, ".file.tmp", "old"},
}

// filled is more than the buffer of WriteFrom holds.
var filled = strings.Repeat("new content ", 1<<16)

func fill(w io.Writer) error {
	// An error that is not passed on is not forgotten.
	for rest := filled; rest != ""; rest = rest[1<<12:] {
		io.WriteString(w, rest[:1<<12])
	}
	return nil
}

// Each call in turn goes wrong in each way: an error names the file, the old
// content stands or the new is whole, and nothing is left behind.
func TestFaults(t *testing.T) {
	for name, o := range operations {
		for _, fault := range faulty.Faults {
			t.Run(name+"/"+fault.Name, func(t *testing.T) {
				for n := 1; ; n++ {
					before := faulty.Tree{"file": []byte("old"), ".file.tmp": []byte("half"), "notes": []byte("mine")}
					root := t.TempDir()
					check.NoError(t, before.Write(root))
					i := &faulty.Injector{Fault: fault, At: n}
					err := o.do(atomicfile.Dir{Path: root, FS: i})
					if i.Calls < n {
						check.NoError(t, err)
						break
					}
					what := fmt.Sprintf("call %d, %s", n, i.Call)
					switch {
					case fault.Harmless:
						check.NoError(t, err)
					case err == nil:
						t.Errorf("%s: no error", what)
					default:
						check.Error(t, err, filepath.Join(root, o.name))
					}
					after, err2 := faulty.ReadTree(root)
					check.NoError(t, err2)
					if content, ok := after["file"]; string(content) != o.file && (err == nil || !ok || string(content) != "old") {
						t.Errorf("%s: the content is %.20q (%v), with error %v", what, content, ok, err)
					}
					_, left := after[".file.tmp"]
					if strings.HasPrefix(name, "Write") && left && !fault.Left() && i.Call != "Remove" {
						t.Errorf("%s: a temporary file is left", what)
					}
					if string(after["notes"]) != "mine" {
						t.Errorf("%s: a foreign file was touched", what)
					}
				}
			})
		}
	}
}

// unflushed is a file system that cannot flush folders.
type unflushed struct {
	faulty.Quick
	err error
}

func (u unflushed) SyncDir(path string) error {
	return &os.PathError{Op: "sync", Path: path, Err: u.err}
}

func TestFolderNotFlushed(t *testing.T) {
	for _, err := range []error{syscall.EINVAL, syscall.ENOTSUP, syscall.EACCES} {
		d := atomicfile.Dir{Path: filepath.Join(t.TempDir(), "folder"), FS: unflushed{err: err}}
		check.NoError(t, d.Make())
		check.NoError(t, d.Write("file", nil))
		check.NoError(t, d.Remove("file"))
	}
}

// stuck is a file system whose writes take nothing and say nothing.
type stuck struct{ faulty.Quick }

func (s stuck) Create(path string) (atomicfile.File, error) {
	file, err := s.Quick.Create(path)
	return stuckFile{file}, err
}

type stuckFile struct{ atomicfile.File }

func (stuckFile) Write([]byte) (int, error) { return 0, nil }

func TestNoProgress(t *testing.T) {
	d := atomicfile.Dir{Path: t.TempDir(), FS: stuck{}}
	check.Error(t, d.Write("file", []byte("x")), "writing "+d.File("file"), io.ErrShortWrite.Error())
	wantFiles(t, d.Path, nil)
}
