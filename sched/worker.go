package sched

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"guild/proc"
	"guild/runs"
)

// worker is a slot's process and the run that it owns.
type worker struct {
	slot  int // from 1
	run   *runs.Run
	claim string
	needs *needs
	cmd   *exec.Cmd
	since time.Time
}

// startWorker hands a claimed run to a process of its own. Its output joins the scheduler's. On an error the claim is still
// the caller's.
func startWorker(store *runs.Store, c *runs.Claim, env []string) (*worker, error) {
	cmd, err := proc.WorkerCommand(store, c.Lock, c.Name())
	if err != nil {
		return nil, err
	}
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	// A session of its own: what stops the scheduler is not meant for the runs under way.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start a worker: %w", err)
	}
	// The child holds the lock now; this share would keep the run owned after it.
	if err := c.Lock.Close(); err != nil {
		return nil, fmt.Errorf("start a worker: %w", err)
	}
	return &worker{run: c.Run, claim: c.Name(), cmd: cmd, since: time.Now()}, nil
}
