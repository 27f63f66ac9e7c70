package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"guild/proc"
	"guild/proc/environ"
	"guild/proc/joborder"
	"guild/runs"
	"guild/runs/console"
	"guild/runs/process"
)

// Work is the command of an engine's job: it takes ownership of a queued run and runs it. A job that is started twice or too late prints
// that there is nothing to do, and succeeds. `guild sys work --serve` does this for one job after the other.
type Work struct {
	RunDir   string `arg:"" optional:"" help:"Run directory, as this host sees it."`
	Home     string `arg:"" optional:"" help:"Guild home."`
	Claim    string `arg:"" optional:"" help:"Token of the job: the name of the run's claim."`
	UntilEOF bool   `name:"until-eof" help:"Stop the run when standard input ends: whoever started this job is gone then."`
	Serve    bool   `help:"Read jobs from standard input, a line each, and answer each with a line."`
}

// Run runs the run. The exit status is that of the operation.
func (w *Work) Run(ctx context.Context, con *console.Console) error {
	signals, release := proc.StopSignals()
	defer release()
	if w.Serve {
		return serveJobs(ctx, signals, os.Stdin, os.Stdout)
	}
	if w.RunDir == "" || w.Home == "" || w.Claim == "" {
		return errors.New("a job needs RUN-DIR, HOME and CLAIM")
	}
	if w.UntilEOF {
		passed, end, err := stopAtEOF(signals, os.Stdin)
		if err != nil {
			return err
		}
		signals = passed
		defer end()
	}
	exit, nothing, err := runJob(ctx, signals, w.RunDir, w.Home, w.Claim)
	if nothing != nil {
		con.Notef("guild: %s\n", joborder.NothingToDo(nothing))
		return nil
	}
	if err != nil {
		return err
	}
	removeEmpty(os.Getenv(environ.JobOutput), os.Stdout)
	return exitStatus(exit)
}

// lockPatience is how long a job waits for the lock of a queued run.
const lockPatience = 30 * time.Second

// runJob takes ownership of a queued run, runs it and returns its exit status. nothing says why there was nothing to do.
func runJob(ctx context.Context, signals <-chan os.Signal, runDir, home, claim string) (exit int, nothing, err error) {
	store := runs.Open(home)
	if filepath.Dir(filepath.Clean(runDir)) != store.Root() {
		return 0, nil, fmt.Errorf("%s is no run directory of %s", runDir, store.Root())
	}
	lock, err := takeQueued(ctx, store, filepath.Base(filepath.Clean(runDir)), claim)
	switch {
	case errors.Is(err, runs.ErrNotQueued):
		return 0, err, nil
	case errors.Is(err, runs.ErrNotFound):
		return 0, nil, fmt.Errorf("host %s does not see %s: mount the runs root there: %w", process.Hostname(), runDir, err)
	case err != nil:
		return 0, nil, err
	}
	defer lock.Close()
	worker := &proc.Worker{Store: store, Lock: lock, Claim: claim, Signals: signals, Grace: proc.EnvGrace(), Env: proc.WorkerEnv()}
	res, err := worker.Run(ctx)
	if errors.Is(err, runs.ErrBusy) { // it was staged again meanwhile
		return 0, err, nil
	}
	return res.Exit, nil, err
}

// removeEmpty removes the file with the output of a job if it is empty and out is that file. It usually is, since the output of the operation is in
// the run.
func removeEmpty(path string, out *os.File) {
	if path == "" {
		return
	}
	st, err := os.Lstat(path)
	if err != nil || !st.Mode().IsRegular() || st.Size() > 0 {
		return
	}
	if own, err := out.Stat(); err == nil && os.SameFile(st, own) {
		_ = os.Remove(path)
	}
}

func takeQueued(ctx context.Context, store *runs.Store, id, claim string) (*runs.Lock, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, lockPatience, errors.New("it was held for "+lockPatience.String()))
	defer cancel()
	return store.TakeQueued(ctx, id, claim)
}
