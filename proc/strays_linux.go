package proc

import (
	"bytes"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"

	"guild/runs"
)

// strays returns the processes that belong to a run, but for this one: those whose environment names it, in whatever group or
// session they are. A zombie has none and does not count.
func strays(r *runs.Run) []stray {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil
	}
	var found []stray
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err == nil && pid != os.Getpid() && belongs(pid, r) {
			found = append(found, stray{pid: pid, run: r})
		}
	}
	return found
}

// belongs looks for a run in a process's environment. In a copy of the store there are runs of the same ids, so the directory
// counts, too.
func belongs(pid int, r *runs.Run) bool {
	env, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
	if err != nil || value(env, "RUN_ID") != r.ID {
		return false
	}
	dir := value(env, "RUN_DIR")
	if dir == r.Dir {
		return true
	}
	there, err := os.Stat(dir)
	if err != nil {
		return false
	}
	here, err := os.Stat(r.Dir)
	return err == nil && os.SameFile(there, here)
}

// value of a variable in the form of environ, in which each ends with a zero byte.
func value(env []byte, name string) string {
	for v := range bytes.SplitSeq(env, []byte{0}) {
		if rest, ok := bytes.CutPrefix(v, []byte(name+"=")); ok {
			return string(rest)
		}
	}
	return ""
}

// stray is a process of a run.
type stray struct {
	pid int
	run *runs.Run
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
	if belongs(s.pid, s.run) {
		_ = unix.PidfdSendSignal(fd, sig, nil, 0)
	}
}
