package proc

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"guild/runs"
)

// limitDescriptors allows this process to open only more files until lift is called.
func limitDescriptors(t *testing.T, more int) (lift func()) {
	t.Helper()
	var was unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &was); err != nil {
		t.Fatal(err)
	}
	var fill []*os.File // files that take the free descriptors below the limit
	next := func() *os.File {
		f, err := os.Open(os.DevNull)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Fatal(err)
	}
	for range entries { // as many as are open, so that no lower descriptor is free
		fill = append(fill, next())
	}
	top := next()
	limit := unix.Rlimit{Cur: uint64(int(top.Fd()) + more), Max: was.Max}
	top.Close()
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	lifted := false
	lift = func() {
		if lifted {
			return
		}
		lifted = true
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &was); err != nil {
			t.Error(err)
		}
		for _, f := range fill {
			f.Close()
		}
	}
	t.Cleanup(lift)
	return lift
}

// TestTooManyOpenFiles starts staged runs with different numbers of free descriptors. A run that cannot be started for lack of descriptors
// stays staged, and can be started when there are enough.
func TestTooManyOpenFiles(t *testing.T) {
	scarceOnes := 0
	for more := 1; more < 16; more++ {
		made := newWorker(t, "true")
		store, r := made.Store, made.Lock.Run()
		if err := store.Restage(made.Lock); err != nil {
			t.Fatal(err)
		}
		c, err := store.Claim(r.ID)
		if err != nil {
			t.Fatal(err)
		}
		w := &Worker{Store: store, Lock: c.Lock, Claim: c.Name()}
		lift := limitDescriptors(t, more)
		_, err = w.Run(context.Background())
		lift()
		c.Lock.Close()
		if err == nil {
			if r.Status() != runs.Completed {
				t.Errorf("%d descriptors: %s", more, r.Status())
			}
			continue
		}
		var lack *ScarceError
		if !errors.As(err, &lack) || r.Status() != runs.Staged {
			t.Errorf("%d descriptors: %v; the run is %s", more, err, r.Status())
			continue
		}
		scarceOnes++
		if _, err := store.RecoverClaims(); err != nil { // the claim of a run that could not begin
			t.Error(err)
		}
		if c, err = store.Claim(r.ID); err != nil {
			t.Errorf("%d descriptors: %v", more, err)
			continue
		}
		w = &Worker{Store: store, Lock: c.Lock, Claim: c.Name()}
		if res, err := w.Run(context.Background()); err != nil || res.Exit != 0 || r.Status() != runs.Completed {
			t.Errorf("%d descriptors, then enough: %v, %v", more, res, err)
		}
		c.Lock.Close()
	}
	if scarceOnes < 3 {
		t.Errorf("there were too few descriptors %d times", scarceOnes)
	}
}

// TestScarce expects a ScarceError only for errors that a lack of resources has caused.
func TestScarce(t *testing.T) {
	for err, want := range map[error]bool{
		os.NewSyscallError("pipe2", syscall.EMFILE):                                       true,
		&fs.PathError{Op: "open", Path: "x", Err: syscall.ENFILE}:                         true,
		&fs.PathError{Op: "fork/exec", Path: "x", Err: syscall.EAGAIN}:                    true,
		&fs.PathError{Op: "fork/exec", Path: "x", Err: syscall.ENOMEM}:                    true,
		&fs.PathError{Op: "fork/exec", Path: "x", Err: syscall.ENOENT}:                    false,
		&fs.PathError{Op: "fork/exec", Path: "x", Err: syscall.EACCES}:                    false,
		&fs.PathError{Op: "read", Path: "x", Err: syscall.EAGAIN}:                         false,
		fmt.Errorf("take the lock: %w", os.NewSyscallError("flock", syscall.EWOULDBLOCK)): false,
	} {
		var lack *ScarceError
		if got := errors.As(Scarce(fmt.Errorf("start: %w", err)), &lack); got != want {
			t.Errorf("%v: %v", err, got)
		}
	}
}
