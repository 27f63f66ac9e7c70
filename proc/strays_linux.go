package proc

import (
	"bytes"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// strays returns the processes that belong to a run, but for its leader: those whose environment has the run's id, in
// whatever group or session they are. A zombie has none and does not count.
func strays(runID string) []stray {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil
	}
	mark := []byte("RUN_ID=" + runID + "\x00")
	var found []stray
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err == nil && pid != os.Getpid() && hasEnv(name, mark) {
			found = append(found, stray{pid: pid, mark: mark})
		}
	}
	return found
}

func hasEnv(pid string, mark []byte) bool {
	env, err := os.ReadFile("/proc/" + pid + "/environ")
	return err == nil && (bytes.HasPrefix(env, mark) || bytes.Contains(env, append([]byte{0}, mark...)))
}

// stray is a process of a run.
type stray struct {
	pid  int
	mark []byte
}

// in reports whether the process is in the given group.
func (s stray) in(group int) bool {
	pgid, err := unix.Getpgid(s.pid)
	return err == nil && pgid == group
}

// signal sends sig to this very process: by a descriptor that is held while its environment is looked at once more, so that a
// number that has been given to another process meanwhile is not hit.
func (s stray) signal(sig syscall.Signal) {
	fd, err := unix.PidfdOpen(s.pid, 0)
	if err != nil {
		return // it has ended
	}
	defer unix.Close(fd)
	if hasEnv(strconv.Itoa(s.pid), s.mark) {
		_ = unix.PidfdSendSignal(fd, sig, nil, 0)
	}
}
