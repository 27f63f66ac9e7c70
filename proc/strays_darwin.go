package proc

import (
	"fmt"
	"syscall"

	"guild/runs"
	"guild/runs/process"
)

// stray would be a process of a run. This system does not show the environment of processes, by which they are found.
type stray struct{}

func strays(*runs.Run) []stray { return nil }

func withProcesses(*runs.Store) []*runs.Run { return nil }

func (stray) in(int) bool { return false }

func (stray) under(process.Identity) bool { return false }

func (stray) signal(syscall.Signal) {}

// signalTree returns an error: this system does not show which run a process belongs to.
func signalTree(r *runs.Run, pid int, _ syscall.Signal) error {
	return fmt.Errorf("run %s was started by Guild AI as process %d: stop it with Guild AI, or end the process", r.ShortID(), pid)
}
