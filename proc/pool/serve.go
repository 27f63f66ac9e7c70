package pool

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"golang.org/x/sys/unix"

	"guild/proc"
	"guild/runs"
)

// Serve runs in a worker process of a pool: it runs each run that the pool gives until the pool closes the connection or ctx ends. The
// connection is at descriptor proc.LockFD, in place of a lock. echo receives the output of the runs; it may be nil. With nameLines each line
// begins with the short id of its run.
func Serve(ctx context.Context, store *runs.Store, echo io.Writer, nameLines bool) error {
	conn, err := unixConn(proc.LockFD)
	if err != nil {
		return fmt.Errorf("serve runs: %w", err)
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	signals, release := proc.StopSignals()
	defer release()
	enc := json.NewEncoder(conn)
	for ctx.Err() == nil {
		j, lock, held, err := receive(conn)
		if errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, unix.ECONNRESET) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("serve runs: %w", err)
		}
		w := &proc.Worker{Store: store, Lock: lock, Claim: j.Claim, Env: j.Env, Held: held, Echo: echo, WholeLines: true, Signals: signals,
			Say: proc.SayTo(echo), Grace: proc.EnvGrace()}
		if nameLines {
			w.Prefix = "[" + lock.Run().ShortID() + "] "
		}
		res, err := w.Run(context.WithoutCancel(ctx))
		lock.Close()
		if err := enc.Encode(NewEnd(res, err)); err != nil {
			return nil // the pool is gone, and the run is done
		}
	}
	return nil
}

// receive waits for a job. It returns the job with the lock and the other files that come with it.
func receive(conn *net.UnixConn) (j job, lock *runs.Lock, held []*os.File, err error) {
	const most = 64 << 10 // bytes
	data, oob := make([]byte, 0, 1024), make([]byte, unix.CmsgSpace(4*(1+maxHeld)))
	var fds []int
	for !bytes.HasSuffix(data, []byte("\n")) {
		buf := make([]byte, 1024)
		n, oobn, flags, _, err := conn.ReadMsgUnix(buf, oob)
		if err == nil && n == 0 {
			err = io.EOF
		}
		if err != nil {
			return job{}, nil, nil, err
		}
		if flags&unix.MSG_CTRUNC != 0 {
			return job{}, nil, nil, proc.Scarce(unix.EMFILE) // the system has dropped descriptors
		}
		if oobn > 0 {
			if fds, err = descriptors(oob[:oobn]); err != nil {
				return job{}, nil, nil, err
			}
		}
		if data = append(data, buf[:n]...); len(data) > most {
			return job{}, nil, nil, errors.New("a job is too long")
		}
	}
	if err := json.Unmarshal(data, &j); err != nil {
		return job{}, nil, nil, err
	}
	if len(fds) == 0 {
		return job{}, nil, nil, errors.New("a job came without its lock")
	}
	for _, fd := range fds[1:] {
		unix.CloseOnExec(fd)
		held = append(held, os.NewFile(uintptr(fd), "held"))
	}
	lock, err = runs.AdoptLock(runs.Named(j.ID, j.Dir), uintptr(fds[0]))
	return j, lock, held, err
}

// descriptors returns the file descriptors in a control message.
func descriptors(oob []byte) ([]int, error) {
	msgs, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return nil, os.NewSyscallError("recvmsg", err)
	}
	for _, m := range msgs {
		if fds, err := unix.ParseUnixRights(&m); err == nil && len(fds) > 0 {
			return fds, nil
		}
	}
	return nil, errors.New("a job came without a file descriptor")
}
