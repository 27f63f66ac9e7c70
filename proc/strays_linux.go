package proc

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"guild/runs"
	"guild/runs/process"
)

// strays returns the processes of a run other than this one, in any process group or session: those whose environment names the run.
// A zombie has no environment and is not returned.
func strays(r *runs.Run) []stray {
	var found []stray
	for _, pid := range otherProcesses() {
		if belongs(pid, r) {
			found = append(found, stray{pid: pid, run: r})
		}
	}
	return found
}

// otherProcesses returns the pids of all processes that this process can see, without its own.
func otherProcesses() []int {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil
	}
	var pids []int
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil && pid != os.Getpid() {
			pids = append(pids, pid)
		}
	}
	return pids
}

// withProcesses returns the runs of a store to which processes on this system belong.
func withProcesses(s *runs.Store) []*runs.Run {
	seen := map[string]bool{}
	var found []*runs.Run
	for _, pid := range otherProcesses() {
		id := value(environment(pid), "RUN_ID")
		if id == "" || seen[id] {
			continue
		}
		seen[id] = true
		if r, err := s.Get(id); err == nil {
			found = append(found, r)
		}
	}
	return found
}

// belongs reports whether the environment of a process names a run. It compares the directory too, since a copy of the store has runs with
// the same ids.
func belongs(pid int, r *runs.Run) bool {
	env := environment(pid)
	if value(env, "RUN_ID") != r.ID {
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

// environment returns the environment of a process, or nothing if it has ended. A process has no environment for a moment while it executes
// another program (execve); environment waits for that, up to a second, since it can take long on a busy machine.
func environment(pid int) []byte {
	const patience, looks = time.Second, 5
	dir := "/proc/" + strconv.Itoa(pid)
	settled := 0 // how often in a row the process was not in execve
	for deadline := time.Now().Add(patience); settled < looks && time.Now().Before(deadline); {
		env, err := os.ReadFile(dir + "/environ")
		if err != nil || len(env) > 0 {
			return env
		}
		if _, err := os.Readlink(dir + "/exe"); err != nil {
			return nil // a kernel thread or a zombie
		}
		if settled++; inExec(dir) {
			settled = 0
			time.Sleep(time.Millisecond)
		}
	}
	return nil
}

// inExec reports whether a process is in execve and has no environment yet: field 51 of its stat file is 0, see proc_pid_stat(5).
func inExec(dir string) bool {
	stat, err := os.ReadFile(dir + "/stat")
	if err != nil {
		return false
	}
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:]) // the first one is field 3
	return len(fields) > 48 && string(fields[48]) == "0"
}

// value returns the value of a variable in the content of a file /proc/PID/environ, in which a zero byte ends each variable.
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

// under reports whether the process, or one of its ancestors, is the owner or is in the owner's pid name space, if that is not this one. A
// process that has lost its parent in a name space gets the first process there as its parent, so that it stays under the owner.
func (s stray) under(owner process.Identity) bool {
	if owner.PID <= 0 || owner.Boot != process.Self().Boot {
		return false
	}
	here := owner.SameSystem()
	for pid, ok := s.pid, true; ok && pid > 0; pid, ok = parent(pid) {
		if here && pid == owner.PID {
			return owner.Alive()
		}
		// An error means that the process belongs to another user, or has ended.
		if ns, err := os.Readlink("/proc/" + strconv.Itoa(pid) + "/ns/pid"); !here && err == nil && ns == owner.PIDNS {
			return true
		}
	}
	return false
}

// parent returns the parent of a process. It reports false if the process has ended.
func parent(pid int) (int, bool) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, false
	}
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:]) // the first one is field 3
	if len(fields) < 2 {
		return 0, false
	}
	ppid, err := strconv.Atoi(string(fields[1]))
	return ppid, err == nil
}

// signal sends a signal to the process if it still belongs to the run. It checks that while it holds a pidfd, so that the signal cannot
// reach another process that has got the same pid.
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

// signalTree signals a process of a run and, two seconds later, those of its descendants that are left, also if they belong to other runs.
// The delay is for operations that end their descendants themselves: a batch of Guild AI takes a trial that is killed at once for one that
// has failed, and goes on.
func signalTree(r *runs.Run, pid int, sig syscall.Signal) error {
	root := stray{pid: pid, run: r}
	if !belongs(pid, r) {
		return fmt.Errorf("process %d, which run %s names, is not of that run: it has ended, or is another user's", pid, r.ShortID())
	}
	below := descendants(pid)
	root.signal(sig)
	const patience, look = 2 * time.Second, 20 * time.Millisecond
	alive := func(p stray) bool { return belongs(p.pid, p.run) }
	for deadline := time.Now().Add(patience); sig != syscall.SIGKILL && slices.ContainsFunc(below, alive) && time.Now().Before(deadline); {
		time.Sleep(look)
	}
	for _, p := range below {
		p.signal(sig)
	}
	return nil
}

// descendants returns the descendants of a process that belong to a run, each with its run.
func descendants(root int) []stray {
	children := map[int][]int{}
	for _, pid := range otherProcesses() {
		if ppid, ok := parent(pid); ok {
			children[ppid] = append(children[ppid], pid)
		}
	}
	var found []stray
	for queue := children[root]; len(queue) > 0; queue = queue[1:] {
		pid := queue[0]
		queue = append(queue, children[pid]...)
		if dir := value(environment(pid), "RUN_DIR"); dir != "" {
			found = append(found, stray{pid: pid, run: runs.At(dir)})
		}
	}
	return found
}
