package proc

import (
	"fmt"
	"syscall"

	"guild/runs"
)

// stray is a process of a run that left its group. This system does not tell which there are.
type stray struct{}

func strays(*runs.Run) []stray { return nil }

func withProcesses(*runs.Store) []*runs.Run { return nil }

func (stray) in(int) bool { return false }

func (stray) signal(syscall.Signal) {}

// signalTree would signal a process of a run and all below it. This system does not tell whose a process is.
func signalTree(r *runs.Run, pid int, _ syscall.Signal) error {
	return fmt.Errorf("run %s was started by Guild AI as process %d: stop it with Guild AI, or end the process", r.ShortID(), pid)
}
