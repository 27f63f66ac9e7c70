package cmd

import (
	"context"
	"io"
	"os"

	"guild/proc"
	"guild/proc/pool"
	"guild/runs"
	"guild/runs/console"
)

// Worker runs runs that another process owns and passes on. `guild sys worker RUNDIR [HOME [CLAIM]]` inherits the lock of one run;
// `guild sys worker --serve HOME` is a worker process of a pool.
type Worker struct {
	Serve     bool
	NameLines bool
	RunDir    string `arg:""`
	Home      string `arg:"" optional:""`
	Claim     string `arg:"" optional:""`
}

// Run runs the run or runs. Their output is also written to standard output.
func (w *Worker) Run(ctx context.Context) error {
	var echo io.Writer
	if !isNull(os.Stdout) {
		echo = os.Stdout
	}
	if w.Serve {
		return pool.Serve(ctx, runs.Open(w.RunDir), echo, w.NameLines)
	}
	run := runs.At(w.RunDir)
	lock, err := runs.AdoptLock(run, proc.LockFD)
	if err != nil {
		return err
	}
	defer lock.Close()
	signals, release := proc.StopSignals()
	defer release()
	worker := &proc.Worker{Lock: lock, Claim: w.Claim, Echo: echo, Signals: signals, Say: proc.SayTo(echo),
		Env: proc.WorkerEnv()}
	if w.Home != "" {
		worker.Store = runs.Open(w.Home)
	}
	res, err := worker.Run(ctx)
	if err != nil {
		return err
	}
	return exitStatus(res.Exit)
}

// isNull reports whether f is /dev/null.
func isNull(f *os.File) bool {
	st, err := f.Stat()
	if err != nil {
		return true
	}
	null, err := os.Stat(os.DevNull)
	return err == nil && os.SameFile(st, null)
}

// exitTimedOut is the exit code of `guild run --stop-after` if the time was up, as in Guild AI: 256 minus SIGTERM.
const exitTimedOut = 241

// exitStatus maps a run's exit status to that of the process: 128 plus the signal for a run that one ended.
func exitStatus(exit int) error {
	if exit == 0 {
		return nil
	}
	return console.Exit(proc.ExitCode(exit))
}
