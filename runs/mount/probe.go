package mount

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// probeFile is locked to test locks. It is never removed: if it were removed while another process holds its lock, two processes could have
// the lock.
const probeFile = ".probe"

// Outcome is the outcome of trying a lock.
type Outcome string

// The outcomes.
const (
	Served      Outcome = "served"
	Unsupported Outcome = "unsupported" // the file system reports that it has no locks
	Ineffective Outcome = "ineffective" // two processes had the lock at the same time
	Failed      Outcome = "failed"      // the trial was not possible
)

// Result is the result of trying a lock, as the child reports it.
type Result struct {
	Outcome Outcome       `json:"outcome"`
	Error   string        `json:"error,omitempty"`
	Took    time.Duration `json:"took_ns"`
}

// Probe locks its own file in dir. It blocks if the file server does not respond, so it must run in a process that can be killed.
func Probe(dir string) Result {
	start := time.Now()
	outcome, err := tryLock(filepath.Join(dir, probeFile))
	r := Result{Outcome: outcome, Took: time.Since(start)}
	if err != nil {
		r.Error = err.Error()
	}
	return r
}

func tryLock(path string) (Outcome, error) {
	how := unix.LOCK_EX | unix.LOCK_NB
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if errors.Is(err, fs.ErrPermission) { // made by another user
		how = unix.LOCK_SH | unix.LOCK_NB
		f, err = os.Open(path)
	}
	if err != nil {
		return Failed, err
	}
	defer func() { _ = f.Close() }()
	switch err := flock(f, how); {
	case errors.Is(err, unix.EWOULDBLOCK): // another process is trying at this moment
		return Served, nil
	case err != nil:
		return outcomeOf(err), err
	case how&unix.LOCK_SH != 0: // readers share it: there is nothing more to test
		return Served, nil
	}
	second, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return Failed, err
	}
	defer func() { _ = second.Close() }()
	switch err := flock(second, how); {
	case errors.Is(err, unix.EWOULDBLOCK):
		return Served, nil
	case err != nil:
		return outcomeOf(err), err
	}
	return Ineffective, nil
}

func flock(f *os.File, how int) error {
	for {
		if err := unix.Flock(int(f.Fd()), how); !errors.Is(err, unix.EINTR) {
			return os.NewSyscallError("flock", err)
		}
	}
}

func outcomeOf(err error) Outcome {
	for _, no := range []error{unix.ENOLCK, unix.ENOSYS, unix.EOPNOTSUPP, unix.EINVAL} {
		if errors.Is(err, no) {
			return Unsupported
		}
	}
	return Failed
}

// runProbe lets a child process try to lock, and abandons it when ctx ends.
func runProbe(ctx context.Context, argv []string, dir string) (Result, error) {
	var out, msg bytes.Buffer
	cmd := exec.CommandContext(ctx, argv[0], append(argv[1:len(argv):len(argv)], dir)...)
	cmd.Stdout, cmd.Stderr = &out, &msg
	// A killed process can stay as long as the kernel waits for the file server.
	_, err := inTime(ctx, func() (struct{}, error) { return struct{}{}, cmd.Run() })
	if err != nil {
		if ctx.Err() != nil { // the child was killed, or will be
			return Result{}, ctx.Err()
		}
		return Result{}, fmt.Errorf("try a lock: %w: %s", err, bytes.TrimSpace(msg.Bytes()))
	}
	var r Result
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		return Result{}, fmt.Errorf("try a lock: %w", err)
	}
	return r, nil
}

// inTime calls do and returns its result, or ctx's error as soon as ctx ends; do may then continue as long as the kernel blocks it.
func inTime[T any](ctx context.Context, do func() (T, error)) (T, error) {
	type result struct {
		v   T
		err error
	}
	ch := make(chan result, 1)
	go func() {
		v, err := do()
		ch <- result{v, err}
	}()
	select {
	case r := <-ch:
		return r.v, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}
