package folder

import (
	"encoding/json"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/pkg/errors"

	"optlab/internal/brief"
	"optlab/internal/regular"
)

// lockFile is the file whose lock the owner of a folder holds. It is there only
// while somebody does, or was killed.
const lockFile = ".lock"

// Owner is who holds a folder.
type Owner struct {
	Process int       `json:"process"` // its number
	Host    string    `json:"host"`
	Since   time.Time `json:"since"`
}

// LockedError says that another command writes to a folder.
type LockedError struct {
	Path  string
	Owner Owner // zero where it could not be read
}

// Error says which folder it is and who holds it.
func (e *LockedError) Error() string {
	if e.Owner.Process == 0 {
		return fmt.Sprintf("%s is being written by another command", brief.Path(e.Path))
	}
	return fmt.Sprintf("%s is being written by process %d on %s, since %s",
		brief.Path(e.Path), e.Owner.Process, brief.Name(e.Owner.Host), e.Owner.Since.Local().Format("2006-01-02 15:04:05"))
}

// errNoLocks is the cause of an error of lock on a file system without locks.
var errNoLocks = errors.New("its file system has no locks")

// lock makes the calling process the one writer of the folder, which must be
// there, until it calls unlock or ends, in whatever way. It is a *LockedError
// if another one is, also within the process, and errNoLocks where there are no
// locks.
func (f Folder) lock() (unlock func(), err error) {
	for patience := 20; ; patience-- {
		unlock, err := f.Dir().TryLock(lockFile)
		switch {
		case errors.Is(err, syscall.ENOLCK), errors.Is(err, syscall.ENOSYS), errors.Is(err, syscall.ENOTSUP):
			return nil, errNoLocks
		case err != nil:
			return nil, err
		case unlock != nil:
			writeOwner(f.File(lockFile))
			return unlock, nil
		}
		owner := readOwner(f.File(lockFile))
		if owner.Process != 0 || patience == 0 {
			return nil, &LockedError{Path: f.Path, Owner: owner}
		}
		time.Sleep(10 * time.Millisecond) // it is about to write who it is
	}
}

// writeOwner writes who holds the lock, for whoever finds it locked: a service,
// so that an error does not matter.
func writeOwner(name string) {
	host, _ := os.Hostname()
	data, err := json.Marshal(Owner{Process: os.Getpid(), Host: host, Since: time.Now().Round(time.Second)})
	if err != nil {
		return
	}
	_ = os.WriteFile(name, append(data, '\n'), 0o666)
}

// readOwner reads what writeOwner wrote, or as much as there is of it yet.
func readOwner(name string) (o Owner) {
	const most = 1 << 12
	if data, err := regular.Read(name, most); err != nil || json.Unmarshal(data, &o) != nil {
		return Owner{}
	}
	return o
}

// Writing reports whether a command writes to the folder, as far as that can be
// told without trying its lock, which would keep others from it: whether the
// process that wrote its name there is still at work on this host.
func (f Folder) Writing() bool {
	owner := readOwner(f.File(lockFile))
	host, err := os.Hostname()
	if err != nil || owner.Process <= 0 || owner.Host != host {
		return false
	}
	process, err := os.FindProcess(owner.Process)
	if err != nil {
		return false
	}
	defer process.Release()
	return !errors.Is(process.Signal(syscall.Signal(0)), os.ErrProcessDone)
}
