package faulty

import (
	"os"
	"syscall"

	"optlab/internal/atomicfile"
)

// Fault is a way in which a system call goes wrong.
type Fault struct {
	Name string
	// Harmless says that who calls must cope: it is no error.
	Harmless bool

	err     error
	part    bool // of a write, half of the bytes are taken
	done    bool // it was carried out all the same
	forever bool // all later calls fail too
	kill    bool // the process ends, by SIGKILL where there are signals
}

// Kill ends the process in the place of a system call, or after a part of a
// write.
var Kill = Fault{Name: "kill", part: true, kill: true}

// Faults are those that a disk, a full one and a signal cause.
var Faults = []Fault{
	{Name: "EIO", err: syscall.EIO},
	{Name: "EIO, though done", err: syscall.EIO, done: true},
	{Name: "ENOSPC", err: syscall.ENOSPC},
	{Name: "ENOSPC after a part", err: syscall.ENOSPC, part: true},
	{Name: "EIO from then on", err: syscall.EIO, forever: true},
	{Name: "EINTR", err: syscall.EINTR, Harmless: true},
	{Name: "EINTR after a part", err: syscall.EINTR, part: true, Harmless: true},
	{Name: "short write", part: true, Harmless: true},
}

// Left reports whether a file may be left behind because it cannot be removed.
func (f Fault) Left() bool { return f.forever }

// Injector is an FS in which one call goes wrong. The others reach the file
// system, but for flushing.
type Injector struct {
	Fault Fault
	At    int // the number of that call, from 1
	Calls int // made so far
	// Call is what was called when it went wrong: the name of the method and
	// the path.
	Call, Path string
}

// wrong counts a call and reports whether it goes wrong.
func (i *Injector) wrong(call, path string) bool {
	i.Calls++
	if i.Calls == i.At {
		i.Call, i.Path = call, path
	}
	return i.Calls == i.At || i.Fault.forever && i.Calls > i.At && i.At > 0
}

// end kills the process.
func end() {
	if p, err := os.FindProcess(os.Getpid()); err == nil {
		p.Kill()
	}
	select {} // until it is done
}

// do makes a call, or not.
func (i *Injector) do(name, path string, call func() error) error {
	switch {
	case !i.wrong(name, path):
		return call()
	case i.Fault.kill:
		end()
	case i.Fault.err == nil:
		return call()
	case i.Fault.done:
		if err := call(); err != nil {
			return err
		}
	}
	return i.Fault.err
}

// TryLock locks a file, or says why not.
func (i *Injector) TryLock(path string) (lock atomicfile.Lock, err error) {
	err = i.do("TryLock", path, func() (err error) {
		lock, err = Quick{}.TryLock(path)
		return err
	})
	if err != nil && lock != nil {
		lock.Close()
		lock = nil
	}
	return lock, err
}

// Create creates a file.
func (i *Injector) Create(path string) (atomicfile.File, error) {
	var file atomicfile.File
	err := i.do("Create", path, func() (err error) {
		file, err = Quick{}.Create(path)
		return err
	})
	if err != nil {
		if file != nil {
			file.Close()
		}
		return nil, err
	}
	return &injected{i, file, path}, nil
}

// Rename renames.
func (i *Injector) Rename(from, to string) error {
	return i.do("Rename", to, func() error { return Quick{}.Rename(from, to) })
}

// Remove removes.
func (i *Injector) Remove(path string) error {
	return i.do("Remove", path, func() error { return Quick{}.Remove(path) })
}

// Mkdir makes a folder.
func (i *Injector) Mkdir(path string) error {
	return i.do("Mkdir", path, func() error { return Quick{}.Mkdir(path) })
}

// SyncDir flushes a folder, or says why not.
func (i *Injector) SyncDir(path string) error {
	return i.do("SyncDir", path, func() error { return Quick{}.SyncDir(path) })
}

// injected is a file of an Injector.
type injected struct {
	i    *Injector
	file atomicfile.File
	path string
}

func (f *injected) Write(data []byte) (int, error) {
	fault := f.i.Fault
	switch {
	case !f.i.wrong("Write", f.path):
		return f.file.Write(data)
	case fault.done:
		n, err := f.file.Write(data)
		if err == nil {
			err = fault.err
		}
		return n, err
	case fault.part:
		n, err := f.file.Write(data[:(len(data)+1)/2])
		if fault.kill {
			end()
		}
		if err == nil {
			err = fault.err
		}
		return n, err
	}
	return 0, fault.err
}

func (f *injected) Sync() error { return f.i.do("Sync", f.path, f.file.Sync) }

// Close always closes: the system does so with every error.
func (f *injected) Close() error {
	err := f.file.Close()
	if fault := f.i.do("Close", f.path, func() error { return nil }); fault != nil {
		return fault
	}
	return err
}

// Quick is the operating system's FS but for flushing, which only a power cut
// shows.
type Quick struct{ atomicfile.OS }

// Create creates a file that is not flushed.
func (q Quick) Create(path string) (atomicfile.File, error) {
	file, err := q.OS.Create(path)
	if err != nil {
		return nil, err
	}
	return quickFile{file}, nil
}

// SyncDir does nothing.
func (Quick) SyncDir(string) error { return nil }

// Lockless is a Quick without locks.
type Lockless struct{ Quick }

// TryLock says that there are no locks.
func (Lockless) TryLock(string) (atomicfile.Lock, error) { return nil, syscall.ENOLCK }

type quickFile struct{ atomicfile.File }

func (quickFile) Sync() error { return nil }
