package usage

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	treeSource = "/proc"
	maxrssUnit = 1024 // bytes, see getrusage(2)

	ticks = 100 // per second: CPU time in /proc/PID/stat, on every architecture that Go supports
)

// measureTree measures a process and its descendants, as long as there are any.
func measureTree(root int) func() (Totals, bool) {
	return func() (Totals, bool) {
		pids := descendants(root)
		t := Totals{Source: treeSource}
		alive := false
		for _, pid := range pids {
			alive = t.addProcess("/proc/"+strconv.Itoa(pid)) || alive
		}
		if alive {
			t.takeCgroup(root, pids)
		}
		return t, alive
	}
}

// descendants returns the pids of a process and of its descendants. It reads the children of each thread, which costs less than to read
// all processes of a machine with many.
func descendants(root int) []int {
	pids := []int{root}
	for i := 0; i < len(pids); i++ {
		dir := "/proc/" + strconv.Itoa(pids[i]) + "/task"
		threads, _ := os.ReadDir(dir) // it may have ended
		for _, thread := range threads {
			children, _ := os.ReadFile(dir + "/" + thread.Name() + "/children")
			for field := range bytes.FieldsSeq(children) {
				if pid, err := strconv.Atoi(string(field)); err == nil {
					pids = append(pids, pid)
				}
			}
		}
	}
	return pids
}

// addProcess adds the use of one process, given its directory in /proc, and of the children that it has waited for. It reports whether the
// process exists.
func (t *Totals) addProcess(dir string) bool {
	stat, err := os.ReadFile(dir + "/stat")
	if err != nil {
		return false
	}
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:]) // the first one is field 3, see proc_pid_stat(5)
	if len(fields) < 22 {
		return false
	}
	for _, f := range fields[11:15] { // utime, stime, cutime, cstime
		n, _ := strconv.ParseInt(string(f), 10, 64)
		t.CPU += time.Duration(n) * time.Second / ticks
	}
	pages, _ := strconv.ParseInt(string(fields[21]), 10, 64)
	t.Memory += pages * int64(os.Getpagesize())
	io, _ := os.ReadFile(dir + "/io") // some kernels have none
	t.Read += value(io, "read_bytes: ")
	t.Written += value(io, "write_bytes: ")
	return true
}

// takeCgroup takes CPU and Memory from the cgroup of the root process, if it holds the given processes and at most this one besides.
func (t *Totals) takeCgroup(root int, pids []int) {
	dir, ok := cgroupOf("/proc/" + strconv.Itoa(root) + "/cgroup")
	if !ok || !onlyHas(dir+"/cgroup.procs", pids) {
		return
	}
	memory, err := os.ReadFile(dir + "/memory.stat")
	if err != nil {
		return
	}
	cpu, err := os.ReadFile(dir + "/cpu.stat")
	if err != nil {
		return
	}
	t.Source = dir
	t.Memory = value(memory, "anon ") + value(memory, "shmem ")
	t.CPU = time.Duration(value(cpu, "usage_usec ")) * time.Microsecond
}

// cgroupOf returns the directory of the cgroup (version 2) that a file /proc/PID/cgroup names.
func cgroupOf(file string) (dir string, ok bool) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", false
	}
	for line := range strings.Lines(string(data)) {
		if path, found := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "0::/"); found {
			return "/sys/fs/cgroup/" + path, !strings.Contains(path, "..") // it is outside of this container
		}
	}
	return "", false
}

// onlyHas reports whether a file cgroup.procs lists exactly the given processes, with or without this process.
func onlyHas(file string, pids []int) bool {
	data, err := os.ReadFile(file)
	if err != nil {
		return false
	}
	in := map[int]bool{}
	for field := range bytes.FieldsSeq(data) {
		if pid, err := strconv.Atoi(string(field)); err == nil {
			in[pid] = true
		}
	}
	delete(in, os.Getpid())
	for _, pid := range pids {
		if !in[pid] {
			return false
		}
	}
	return len(in) == len(pids)
}

// value returns the number after a name at the start of a line, or zero.
func value(data []byte, name string) int64 {
	for line := range bytes.Lines(data) {
		if rest, ok := bytes.CutPrefix(line, []byte(name)); ok {
			n, _ := strconv.ParseInt(string(bytes.TrimSpace(rest)), 10, 64)
			return n
		}
	}
	return 0
}
