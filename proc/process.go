package proc

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"

	"guild/proc/environ"
	"guild/runs"
)

// Process is a worker in a process of its own that takes one run after the other, so that a run costs no start of a program
// besides its own. It owns a run from the moment in which the lock's descriptor is on its way to it. When whoever started
// it is gone, it ends with the run that it has.
type Process struct {
	cmd  *exec.Cmd
	conn *net.UnixConn
	ends chan End // holds the end of the one run that can be outstanding and that of the process
}

// job is what a Process is told to run, as a line of JSON that the lock's descriptor comes with.
type job struct {
	ID    string            `json:"id"`
	Dir   string            `json:"dir"`
	Claim string            `json:"claim"`
	Env   map[string]string `json:"env,omitempty"`
}

// End is what became of a run that was given to a Process.
type End struct {
	Exit int    `json:"exit"` // exit status, or minus the signal
	Err  string `json:"error,omitempty"`
	Died error  `json:"-"` // the process ended without saying so
}

func newEnd(res Result, err error) End {
	end := End{Exit: res.Exit}
	var lack *ScarceError
	switch {
	case errors.As(err, &lack): // which says all: what became of the run is seen on it
		end.Err = lack.Error()
	case err != nil:
		end.Err = err.Error()
	}
	return end
}

// StartProcess starts a worker process. Its runs' output goes to out, line by line.
func StartProcess(store *runs.Store, out *os.File) (*Process, error) {
	exe, err := environ.Executable()
	if err != nil {
		return nil, err
	}
	ours, theirs, err := socketPair()
	if err != nil {
		return nil, fmt.Errorf("start a worker: %w", scarce(err))
	}
	defer theirs.Close()
	cmd := exec.Command(exe, "sys", "worker", "--serve", store.Home())
	cmd.Env = environ.OuterList()
	cmd.Stdout, cmd.Stderr = out, out
	cmd.ExtraFiles = []*os.File{theirs}
	// A session of its own: what stops a scheduler is not meant for the runs under way.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		_ = ours.Close()
		return nil, fmt.Errorf("start a worker: %w", scarce(err))
	}
	p := &Process{cmd: cmd, conn: ours, ends: make(chan End, 2)}
	go p.listen()
	return p, nil
}

// PID of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Ends delivers the end of each run that was given, in order. It is closed when the process has ended.
func (p *Process) Ends() <-chan End { return p.ends }

// mostLocks is how many files can be handed over with a run.
const mostLocks = 128

// Give hands over an owned run, with the name of the claim where it was staged. env is added to the environment of its operation. held
// are files with locks (flock) that are the run's until it has ended, see Worker.Held. On an error all is still the caller's.
func (p *Process) Give(l *runs.Lock, claim string, env map[string]string, held ...*os.File) error {
	r := l.Run()
	if len(held) > mostLocks {
		return fmt.Errorf("give run %s to a worker: it holds %d locks, and %d are possible", r.ShortID(), len(held), mostLocks)
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
	// The worker's descriptor holds the lock now; this share would keep the run owned after it. The run is the worker's, whatever a
	// file server says when this one is closed.
	_ = l.Close()
	for _, f := range held {
		_ = f.Close()
	}
	return nil
}

// Retire lets the process end: at once where it is idle, else after its run.
func (p *Process) Retire() { _ = p.conn.CloseWrite() }

// listen passes on what the process says, and reaps it.
func (p *Process) listen() {
	defer close(p.ends)
	dec := json.NewDecoder(p.conn)
	for {
		var end End
		if err := dec.Decode(&end); err != nil {
			break
		}
		p.ends <- end
	}
	_ = p.cmd.Wait() // the state says how it ended
	_ = p.conn.Close()
	if st := p.cmd.ProcessState; !st.Success() {
		p.ends <- End{Died: errors.New(st.String())}
	}
}

// socketPair returns a connection and the file for the process at its other end.
func socketPair() (*net.UnixConn, *os.File, error) {
	syscall.ForkLock.RLock() // no child may inherit them by accident before they are marked
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
