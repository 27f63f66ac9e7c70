package sched

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
)

// forwarders are programs that run as the first process of a container and end with the program that they start.
var forwarders = []string{"tini", "dumb-init", "docker-init", "catatonit", "podman-init", "guild"}

// Place is what a process can know of where it runs.
type Place struct {
	Getenv  func(string) string
	Cgroup  string   // content of /proc/self/cgroup
	Parents []string // names of the programs above this one, without guild's own, up to the first process
	InRoot  func(path string) bool
}

// ThisPlace is where this process runs.
func ThisPlace() Place {
	cgroup, _ := os.ReadFile("/proc/self/cgroup") // which other systems than Linux do not have
	return Place{Getenv: os.Getenv, Cgroup: string(cgroup), Parents: parents(), InRoot: func(path string) bool {
		_, err := os.Stat(path)
		return err == nil
	}}
}

// EndsAll names the Slurm job, systemd unit or container that ends all that this process has started once it ends itself. It is empty
// where nothing does.
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

// unit is the service that the process belongs to. Sessions of users are scopes.
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

// parents names the programs above this process. A process that was started from outside of a container has a parent that is not seen
// there, and so does not end with it.
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

// cutStat takes `PID (NAME) STATE PPID …` apart; a name can have parentheses.
func cutStat(stat string) (name, rest string, ok bool) {
	from, to := strings.IndexByte(stat, '('), strings.LastIndexByte(stat, ')')
	if from < 0 || to < from {
		return "", "", false
	}
	return stat[from+1 : to], stat[to+1:], true
}
