package sched

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
)

// forwarders are the programs that run as first process of a container and end together with the program that they start.
var forwarders = []string{"tini", "dumb-init", "docker-init", "catatonit", "podman-init", "guild"}

// Place describes the environment in which a process runs.
type Place struct {
	Getenv  func(string) string
	Cgroup  string   // content of /proc/self/cgroup; empty if there is none
	Parents []string // names of the ancestors up to the first process, without guild's own processes
	InRoot  func(path string) bool
}

// ThisPlace returns the Place of this process.
func ThisPlace() Place {
	cgroup, _ := os.ReadFile("/proc/self/cgroup") // exists on Linux only
	return Place{Getenv: os.Getenv, Cgroup: string(cgroup), Parents: parents(), InRoot: func(path string) bool {
		_, err := os.Stat(path)
		return err == nil
	}}
}

// EndsAll returns the Slurm job, systemd unit or container that kills everything this process has started as soon as it ends. It is empty
// if there is none.
func (p Place) EndsAll() string {
	if id := p.Getenv("SLURM_JOB_ID"); id != "" {
		return "Slurm job " + id
	}
	if unit := p.unit(); p.Getenv("INVOCATION_ID") != "" && unit != "" {
		return "systemd unit " + unit
	}
	if p.inContainer() && len(p.Parents) <= 1 && !slices.ContainsFunc(p.Parents, func(name string) bool { return !slices.Contains(forwarders, name) }) {
		return "a container"
	}
	return ""
}

// unit returns the systemd service of the process; sessions of users are scopes and do not count.
func (p Place) unit() string {
	for line := range strings.Lines(p.Cgroup) {
		if name := path.Base(strings.TrimSpace(line)); strings.HasSuffix(name, ".service") {
			return name
		}
	}
	return ""
}

func (p Place) inContainer() bool {
	return p.InRoot("/.dockerenv") || p.InRoot("/run/.containerenv") || p.Getenv("container") != "" || p.Getenv("KUBERNETES_SERVICE_HOST") != ""
}

// parents returns the names of the ancestors of this process. A process that was started from outside of a container has a parent that is
// invisible inside; its name is empty.
func parents() []string {
	var names []string
	for pid := os.Getppid(); ; {
		if pid == 0 {
			return append(names, "")
		}
		data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			return append(names, "")
		}
		name, rest, ok := cutStat(string(data))
		if !ok {
			return append(names, "")
		}
		if name != "guild" || pid == 1 {
			names = append(names, name)
		}
		if pid == 1 {
			return names
		}
		var state string
		if _, err := fmt.Sscan(rest, &state, &pid); err != nil {
			return append(names, "")
		}
	}
}

// cutStat parses `PID (NAME) STATE PPID …`; NAME may contain parentheses.
func cutStat(stat string) (name, rest string, ok bool) {
	from, to := strings.IndexByte(stat, '('), strings.LastIndexByte(stat, ')')
	if from < 0 || to < from {
		return "", "", false
	}
	return stat[from+1 : to], stat[to+1:], true
}
