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
	"guild/runs"
	"guild/runs/console"
	"guild/runs/process"
)

// Work is the command of an engine's job: it takes ownership of a queued run and runs it. A job that is started twice or too late prints
// that there is nothing to do, and succeeds.
type Work struct {
	RunDir   string `arg:"" help:"Run directory, as this host sees it."`
	Home     string `arg:"" help:"Guild home."`
	Claim    string `arg:"" help:"Token of the job: the name of the run's claim."`
	UntilEOF bool   `name:"until-eof" help:"Stop the run when standard input ends: whoever started this job is gone then."`
}

// lockPatience is how long a job waits for the lock of a queued run.
const lockPatience = 30 * time.Second

// Run runs the run. The exit status is that of the operation.
func (w *Work) Run(ctx context.Context, con *console.Console) error {
	store := runs.Open(w.Home)
	if filepath.Dir(filepath.Clean(w.RunDir)) != store.Root() {
		return fmt.Errorf("%s is no run directory of %s", w.RunDir, store.Root())
	}
	lock, err := takeQueued(ctx, store, filepath.Base(filepath.Clean(w.RunDir)), w.Claim)
	if errors.Is(err, runs.ErrNotQueued) {
		con.Notef("guild: nothing to do: %v\n", err)
		return nil
	}
	if errors.Is(err, runs.ErrNotFound) {
		return fmt.Errorf("host %s does not see %s: mount the runs root there: %w", process.Hostname(), w.RunDir, err)
	}
	if err != nil {
		return err
	}
	defer lock.Close()
	signals, release := proc.StopSignals()
	defer release()
	if w.UntilEOF {
		var end func()
		if signals, end, err = stopAtEOF(signals, os.Stdin); err != nil {
			return err
		}
		defer end()
	}
	worker := &proc.Worker{Store: store, Lock: lock, Claim: w.Claim, Signals: signals, Grace: proc.EnvGrace(),
		Env: proc.WorkerEnv()}
	res, err := worker.Run(ctx)
	if errors.Is(err, runs.ErrBusy) {
		con.Notef("guild: nothing to do: %v\n", err) // it was staged again meanwhile
		return nil
	}
	if err != nil {
		return err
	}
	removeEmpty(os.Getenv(environ.JobOutput), os.Stdout)
	return exitStatus(res.Exit)
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
