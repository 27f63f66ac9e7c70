package cmd

import (
	"context"
	"fmt"
	"io"
	"os"

	"guild/proc"
	"guild/runs"
)

// Worker owns runs whose locks it inherits: `guild sys worker RUNDIR [HOME [CLAIM]]` has one run, `guild sys worker --serve HOME`
// one after the other, from whoever started it.
type Worker struct {
	Serve  bool
	RunDir string `arg:""`
	Home   string `arg:"" optional:""`
	Claim  string `arg:"" optional:""`
}

// Run runs the run or runs.
func (w *Worker) Run(ctx context.Context) error {
	if w.Serve {
		return RunWorker(ctx, []string{"--serve", w.RunDir})
	}
	return RunWorker(ctx, []string{w.RunDir, w.Home, w.Claim})
}

// RunWorker is Worker without a command line parser. Its output goes to the scheduler that started it, or nowhere.
func RunWorker(ctx context.Context, args []string) error {
	if len(args) == 0 || len(args) > 3 {
		return fmt.Errorf("sys worker takes a run directory, a Guild home and a claim")
	}
	var console io.Writer
	if !isNull(os.Stdout) {
		console = os.Stdout
	}
	if args[0] == "--serve" && len(args) == 2 {
		return proc.Serve(ctx, runs.Open(args[1]), console)
	}
	args = append(args, make([]string, 3-len(args))...)
	run := runs.At(args[0])
	lock, err := runs.AdoptLock(run, proc.LockFD)
	if err != nil {
		return err
	}
	defer lock.Close()
	w := &proc.Worker{Lock: lock, Claim: args[2], Echo: console, Signals: proc.StopSignals(), Say: proc.SayTo(console),
		Env: proc.WorkerEnv()}
	if args[1] != "" {
		w.Store = runs.Open(args[1])
	}
	res, err := w.Run(ctx)
	if err != nil {
		return err
	}
	return exitStatus(res.Exit)
}

// isNull reports that nobody reads f.
func isNull(f *os.File) bool {
	st, err := f.Stat()
	if err != nil {
		return true
	}
	null, err := os.Stat(os.DevNull)
	return err == nil && os.SameFile(st, null)
}

// exitError is a command's exit code where the command has said what there is to say.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// ExitCode is the exit code of the process.
func (e exitError) ExitCode() int { return int(e) }

// ExitTimedOut is the exit code of `guild run --stop-after` where the time was up, as people know it from Guild AI: 256 less SIGTERM.
const ExitTimedOut = 241

// exitStatus maps a run's exit status to that of the process: 128 plus the signal for a run that one ended.
func exitStatus(exit int) error {
	if exit == 0 {
		return nil
	}
	return exitError(proc.ExitCode(exit))
}
