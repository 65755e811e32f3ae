package folder

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pkg/errors"

	"optlab/internal/check"
)

// asHolder makes the test binary lock the folder that it names, say so and
// wait.
const asHolder = "OPTLAB_TEST_HOLD"

func TestMain(m *testing.M) {
	if path := os.Getenv(asHolder); path != "" {
		unlock, err := Folder{Path: path}.lock()
		if err != nil {
			os.Stdout.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		os.Stdout.WriteString("held\n")
		time.Sleep(time.Hour) // until it is killed
		unlock()              // which keeps what holds the lock from being collected
	}
	os.Exit(m.Run())
}

// A lock is held until it is given up, by one at a time, and leaves no file.
func TestLock(t *testing.T) {
	path := t.TempDir()
	unlock, err := Folder{Path: path}.lock()
	check.NoError(t, err)
	_, err = Folder{Path: path}.lock()
	var locked *LockedError
	if !errors.As(err, &locked) || locked.Owner.Process != os.Getpid() || locked.Owner.Since.IsZero() || locked.Path != path {
		t.Errorf("the second time: %v, %+v", err, locked)
	}
	unlock()
	if entries, err := os.ReadDir(path); err != nil || len(entries) > 0 {
		t.Errorf("left are %v, %v", entries, err)
	}
	unlock, err = Folder{Path: path}.lock()
	check.NoError(t, err)
	unlock()
	_, err = Folder{Path: filepath.Join(path, "none")}.lock()
	check.Error(t, err, "locking", filepath.Join("none", lockFile))
}

// A process that is killed holds nothing any more.
func TestLockEndsWithItsProcess(t *testing.T) {
	path := t.TempDir()
	program, err := os.Executable()
	check.NoError(t, err)
	holder := exec.Command(program)
	holder.Env = append(os.Environ(), asHolder+"="+path)
	stdout, err := holder.StdoutPipe()
	check.NoError(t, err)
	check.NoError(t, holder.Start())
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "held\n" {
		t.Fatalf("the holder says %q, %v", line, err)
	}
	_, err = Folder{Path: path}.lock()
	var locked *LockedError
	if !errors.As(err, &locked) || locked.Owner.Process != holder.Process.Pid {
		t.Fatalf("the folder is not held by process %d: %v", holder.Process.Pid, err)
	}
	host, _ := os.Hostname()
	check.Error(t, err, path, "is being written by process", host)
	check.NoError(t, holder.Process.Kill())
	_ = holder.Wait()
	unlock, err := Folder{Path: path}.lock()
	check.NoError(t, err)
	unlock()
}

// Of many who lock and unlock, at most one holds the folder at any time.
func TestLockExcludes(t *testing.T) {
	path := t.TempDir()
	var holders, times atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				unlock, err := Folder{Path: path}.lock()
				var locked *LockedError
				if errors.As(err, &locked) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if holders.Add(1) != 1 {
					t.Error("two hold the folder")
				}
				times.Add(1)
				holders.Add(-1)
				unlock()
			}
		})
	}
	wg.Wait()
	if times.Load() == 0 {
		t.Error("nobody ever held the folder")
	}
}

// Who has just locked the folder is waited for to say who it is.
func TestOwnerComesLater(t *testing.T) {
	path := t.TempDir()
	unlock, err := Folder{Path: path}.lock()
	check.NoError(t, err)
	defer unlock()
	name := filepath.Join(path, lockFile)
	check.NoError(t, os.Truncate(name, 0))
	time.AfterFunc(20*time.Millisecond, func() { writeOwner(name) })
	_, err = Folder{Path: path}.lock()
	check.Error(t, err, "is being written by process "+strconv.Itoa(os.Getpid()))
}

// Of an owner that cannot be read only that there is one is said.
func TestUnknownOwner(t *testing.T) {
	name := filepath.Join(t.TempDir(), lockFile)
	for _, content := range []string{"", "{", strings.Repeat("x", 1<<13)} {
		check.NoError(t, os.WriteFile(name, []byte(content), 0o644))
		if o := readOwner(name); o.Process != 0 {
			t.Errorf("%.9q is read as %+v", content, o)
		}
	}
	check.Error(t, &LockedError{Path: "runs/x"}, "runs/x is being written by another command")
}
