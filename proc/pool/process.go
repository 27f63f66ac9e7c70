package pool

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"

	"guild/proc"
	"guild/proc/environ"
	"guild/runs"
)

// process is a worker in a process of its own that runs one run after the other, so that runs need not start a worker each. It owns a run
// from the moment in which it is sent the descriptor of the lock. When the program that started it has ended, it ends after its current
// run.
type process struct {
	cmd       *exec.Cmd
	conn      *net.UnixConn
	ends      chan End      // has space for the end of the one run that it can have, and for its own
	abandoned chan struct{} // closed by abandon
}

// job is a run that a process is to run. It is sent as a line of JSON together with the descriptor of the lock.
type job struct {
	ID    string            `json:"id"`
	Dir   string            `json:"dir"`
	Claim string            `json:"claim"`
	Env   map[string]string `json:"env,omitempty"`
}

// End says how a run ended that was given to a worker process.
type End struct {
	Exit int    `json:"exit"` // exit status, or minus the signal
	Err  string `json:"error,omitempty"`
	Died error  `json:"-"` // the process died; its run, if it had one, did not end in order
}

// NewEnd returns the End for what proc.Worker.Run returned.
func NewEnd(res proc.Result, err error) End {
	end := End{Exit: res.Exit}
	var lack *proc.ScarceError
	switch {
	case errors.As(err, &lack): // it says all; the run itself shows that it stays staged
		end.Err = lack.Error()
	case err != nil:
		end.Err = err.Error()
	}
	return end
}

// startProcess starts a worker process. The output of its runs goes to out in whole lines, with nameLines each behind the short id of its
// run.
func startProcess(store *runs.Store, out *os.File, nameLines bool) (*process, error) {
	exe, err := environ.Executable()
	if err != nil {
		return nil, err
	}
	ours, theirs, err := socketPair()
	if err != nil {
		return nil, fmt.Errorf("start a worker: %w", proc.Scarce(err))
	}
	defer theirs.Close()
	args := []string{"sys", "worker", "--serve"}
	if nameLines {
		args = append(args, "--name-lines")
	}
	cmd := exec.Command(exe, append(args, store.Home())...)
	cmd.Env = environ.OuterList()
	cmd.Stdout, cmd.Stderr = out, out
	cmd.ExtraFiles = []*os.File{theirs}
	// A session of its own: a signal that stops a scheduler must not reach the runs under way.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		_ = ours.Close()
		return nil, fmt.Errorf("start a worker: %w", proc.Scarce(err))
	}
	p := &process{cmd: cmd, conn: ours, ends: make(chan End, 2), abandoned: make(chan struct{})}
	go p.listen()
	return p, nil
}

// maxHeld is how many files can be handed over with a run.
const maxHeld = 128

// give hands over an owned run. claim is the name of its claim, empty if it was not staged; env is added to the environment of the
// operation; held are open files with locks that belong to the run until it has ended, see proc.Worker.Held. On an error the caller still
// owns all of it.
func (p *process) give(l *runs.Lock, claim string, env map[string]string, held ...*os.File) error {
	r := l.Run()
	if len(held) > maxHeld {
		return fmt.Errorf("give run %s to a worker: it holds %d locks, and %d are possible", r.ShortID(), len(held), maxHeld)
	}
	fds := []int{int(l.File().Fd())}
	for _, f := range held {
		fds = append(fds, int(f.Fd()))
	}
	data, err := json.Marshal(job{ID: r.ID, Dir: r.Dir, Claim: claim, Env: env})
	if err != nil {
		return fmt.Errorf("give run %s to a worker: %w", r.ShortID(), err)
	}
	if _, _, err := p.conn.WriteMsgUnix(append(data, '\n'), unix.UnixRights(fds...), nil); err != nil {
		return fmt.Errorf("give run %s to a worker: %w", r.ShortID(), err)
	}
	// The worker's descriptor holds the lock now. An open copy here would keep the run locked after the worker has ended. An error of
	// the file server at this close does not change who owns the run.
	_ = l.Close()
	for _, f := range held {
		_ = f.Close()
	}
	return nil
}

// retire makes the process end: at once if it is idle, otherwise after its run.
func (p *process) retire() { _ = p.conn.CloseWrite() }

// abandon makes listen return although the process goes on with its run. The process ends after that.
func (p *process) abandon() {
	close(p.abandoned)
	_ = p.conn.Close()
}

// listen delivers the end of each run in p.ends, in order, and closes that channel when the process has ended or was abandoned.
func (p *process) listen() {
	defer close(p.ends)
	dec := json.NewDecoder(p.conn)
	for {
		var end End
		if err := dec.Decode(&end); err != nil {
			break
		}
		p.ends <- end
	}
	select {
	case <-p.abandoned:
		_ = p.cmd.Process.Release()
		return
	default:
	}
	_ = p.cmd.Wait() // the state says how it ended
	_ = p.conn.Close()
	if st := p.cmd.ProcessState; !st.Success() {
		p.ends <- End{Died: errors.New(st.String())}
	}
}

// socketPair returns a connection and the file of its other end, which a process is to inherit.
func socketPair() (*net.UnixConn, *os.File, error) {
	syscall.ForkLock.RLock() // no child may be started before they are marked close-on-exec
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err == nil {
		unix.CloseOnExec(fds[0])
		unix.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, err
	}
	theirs := os.NewFile(uintptr(fds[1]), "worker")
	ours, err := unixConn(uintptr(fds[0]))
	if err != nil {
		theirs.Close()
		return nil, nil, err
	}
	return ours, theirs, nil
}

func unixConn(fd uintptr) (*net.UnixConn, error) {
	f := os.NewFile(fd, "worker")
	defer f.Close() // FileConn has a duplicate
	c, err := net.FileConn(f)
	if err != nil {
		return nil, err
	}
	conn, ok := c.(*net.UnixConn)
	if !ok {
		_ = c.Close()
		return nil, fmt.Errorf("descriptor %d is no Unix socket", fd)
	}
	return conn, nil
}
