package proc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"guild/proc/hook"
	"guild/proc/recipe"
	"guild/proc/usage"
	"guild/runs"
	"guild/runs/phase"
	"guild/runs/replace"
	"guild/runs/scalars"
	"guild/runs/words"
)

// Worker runs one run that this process owns, from Begin to Finish.
type Worker struct {
	Store *runs.Store // the store of the run; nil for a run directory outside of a store
	Lock  *runs.Lock
	Claim string            // name of the claim; empty if the run was not staged
	Env   map[string]string // added to the operation's environment

	// Held are open files with locks (flock) on resources that the run uses alone, such as GPUs. The operation inherits them, so that
	// its remaining processes keep the locks if this process is killed. When the run has ended, the locks are released in all processes.
	Held []*os.File

	Stdin      *os.File  // standard input of the operation; nil is /dev/null
	Echo       io.Writer // receives the output, too; may be nil
	WholeLines bool      // write only whole lines to Echo, which other workers share
	Prefix     string    // before each line of the operation in Echo; may be empty
	NameLines  bool      // if this run starts several at a time, they write their names before their lines in its output
	Foreground bool      // Stdin is a terminal whose keys are for the operation

	Debug func(format string, args ...any) // receives details for debugging; may be nil
	Say   func(line string)                // receives what is done before the operation starts, and warnings; may be nil

	Signals <-chan os.Signal // see StopSignals; the first one that asks to end is passed on to the operation, the second one kills it
	Grace   time.Duration    // from the request to stop to SIGKILL; zero is DefaultGrace

	hooks           *hook.Hooks        // nil: the run has no hooks
	startHooksEnded chan struct{}      // nil: no hooks were started
	endStartHooks   context.CancelFunc // nil: no hooks were started
}

// outputPatience is how long the worker waits for the output of processes that the operation has left behind.
const outputPatience = time.Second

// Result says how a run ended.
type Result struct {
	Exit     int  // exit status, or minus the signal
	Stopped  bool // it was asked to stop, or its time was up
	TimedOut bool // stopped because its time was up
	Deleted  bool // deleted, as its operation says for successful runs

	deletes bool // the run is to be deleted
}

// Run starts the operation and returns when the outcome is on disk, the console has received all output and the hooks have ended. An error
// means that the run could not be started, or that its output (IncompleteOutput) or outcome could not be recorded. A run that could not be
// started gets status error and the reason.
func (w *Worker) Run(ctx context.Context) (Result, error) {
	defer w.unlockHeld()
	res, err := w.execute(ctx)
	w.endHooks(res.deletes)
	if res.deletes {
		err = w.delete(&res)
	}
	return res, err
}

// execute runs the operation until its outcome is on disk.
func (w *Worker) execute(ctx context.Context) (Result, error) {
	run := w.Lock.Run()
	owner := runs.Self()
	owner.Claim = w.Claim
	_, again := run.Owner()
	if again {
		killStrays(run) // left by an earlier worker that was killed: two operations must not work in the same run
	}
	// An earlier process may have been killed while it replaced files of the run.
	recovered := replace.Recover(run.Dir, run.GuildPath())
	// Read the recipe before Begin. This host may freeze after Begin until the run was staged again with other flags; it must not
	// start the run with those.
	rec, flags, unreadable := recipe.ReadWithFlags(run)
	if recovered != nil {
		unreadable = recovered
	}
	was := w.before(again)
	if err := w.Lock.Begin(owner); err != nil {
		if w.Lock.Begun() {
			return w.fail(err)
		}
		return Result{}, Scarce(err)
	}
	if unreadable != nil {
		return w.fail(unreadable)
	}
	launch, err := w.prepare(ctx, rec, flags, was)
	var stopped *stoppedError
	if errors.As(err, &stopped) {
		exit := -int(stopped.signal)
		return Result{Exit: exit, Stopped: true}, w.end(exit)
	}
	if err != nil {
		return w.fail(err)
	}
	// Preparing can take long, and this host may have been frozen. Check that no other owner has taken over the run.
	if err := w.Lock.Touch(); errors.Is(err, runs.ErrBusy) || errors.Is(err, runs.ErrNotFound) {
		return w.fail(err)
	}
	if again {
		if err := errors.Join(scalars.Clear(run), usage.Forget(run)); err != nil {
			return w.fail(err)
		}
	}
	out, err := newRecorder(run, launch.Capture, w.Echo, w.WholeLines, w.Prefix)
	if err != nil {
		return w.fail(err)
	}
	w.startHooks()
	res, err := w.operate(launch, out)
	recErr := out.close()
	if err != nil {
		out.drain() // nothing was printed; this closes the file
		return w.fail(err)
	}
	err = w.finish(res.Exit, phase.LossOf(recErr))
	if err == nil {
		_ = w.dropClaim() // on an error the recovery of a scheduler drops it
	}
	out.drain()
	if err := errors.Join(recErr, err); err != nil {
		return res, err
	}
	res.deletes = res.Exit == 0 && launch.DeleteOnSuccess && w.Store != nil
	return res, nil
}

// delete moves a successful run to the trash, if its operation is configured so.
func (w *Worker) delete(res *Result) error {
	if err := w.Lock.Close(); err != nil {
		return fmt.Errorf("delete run %s: %w", w.Lock.Run().ShortID(), err)
	}
	if err := w.Store.Delete(w.Lock.Run(), false); err != nil {
		return err
	}
	res.Deleted = true
	return nil
}

// fail records that the operation could not be started, and why. It returns the cause, also if recording fails, which often has the same
// cause. A staged run that could not be started for lack of resources (see ScarceError) becomes staged again.
func (w *Worker) fail(cause error) (Result, error) {
	lack := Scarce(cause)
	var none *ScarceError
	if errors.As(lack, &none) {
		if w.Claim != "" && w.Store != nil && w.Store.Unstart(w.Lock, w.Claim) == nil {
			return Result{Exit: 1}, fmt.Errorf("run %s stays staged, for it could not be started: %w", w.Lock.Run().ShortID(), lack)
		}
		cause = lack
	}
	reason := cause.Error()
	if cure := Cure(cause); cure != "" {
		reason += ". " + cure
	}
	_ = w.Lock.NoteFailure(reason)
	_ = w.end(1)
	return Result{Exit: 1}, cause
}

// end records the outcome of a run whose operation was not started.
func (w *Worker) end(exit int) error {
	err := w.Lock.Finish(exit)
	if err == nil {
		_ = w.dropClaim() // on an error the recovery of a scheduler drops it
	}
	return err
}

// unlockHeld releases the locks in Held.
func (w *Worker) unlockHeld() {
	for _, f := range w.Held {
		_ = unix.Flock(int(f.Fd()), unix.LOCK_UN)
		_ = f.Close()
	}
	w.Held = nil
}

// dropClaim removes the claim of the run, which has ended, after it has released the locks: a process that sees the claim gone finds its
// resources free.
func (w *Worker) dropClaim() error {
	w.unlockHeld()
	if w.Store == nil {
		return nil
	}
	return w.Store.DropClaim(w.Claim)
}

// operate starts the operation and waits for its end.
func (w *Worker) operate(launch *launch, rec *recorder) (Result, error) {
	// On Linux the kernel kills the operation when the thread that started it ends (see groupAttr), so this thread must not end.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	pr, pw, err := os.Pipe()
	if err != nil {
		return Result{}, fmt.Errorf("start the operation: %w", err)
	}
	defer pr.Close()
	cmd := exec.Command(launch.Argv[0], launch.Argv[1:]...)
	cmd.Dir = launch.Dir
	cmd.Env = launch.Env
	cmd.Stdin, cmd.Stdout, cmd.Stderr = w.stdin(), pw, pw
	cmd.ExtraFiles = w.Held
	cmd.SysProcAttr = groupAttr(w.Foreground, w.Stdin)
	w.debug("starting %s in %s", words.Join(launch.Argv), launch.Dir)
	if err := cmd.Start(); err != nil {
		pw.Close()
		return Result{}, startFault(launch.Argv[0], launch.Dir, err)
	}
	pw.Close()
	read := make(chan struct{})
	go func() {
		rec.readFrom(pr)
		close(read)
	}()
	g := group{pid: cmd.Process.Pid}
	exited := make(chan struct{})
	go func() {
		g.await(w.Foreground, w.Stdin)
		close(exited)
	}()
	var sampler *usage.Sampler
	if launch.Sample {
		sampler = usage.Start(w.Lock.Run(), g.pid, launch.GPUs)
	}
	watch := &watch{worker: w, group: g, exited: exited}
	if launch.StopAfter > 0 {
		watch.timeUp, watch.started = time.After(launch.StopAfter), time.Now()
	}
	stopped := watch.run()
	sampled, unrecorded := sampler.Stop()
	_ = cmd.Wait() // the state says how it ended
	w.recordUsage(sampled.With(usage.Of(cmd.ProcessState)), unrecorded)
	if w.Foreground {
		takeTerminal(w.Stdin)
	}
	select {
	case <-read:
	case <-time.After(outputPatience):
		_ = pr.SetReadDeadline(time.Now())
		<-read
	}
	res := Result{Exit: ExitStatus(cmd.ProcessState), Stopped: stopped, TimedOut: watch.timedOut}
	switch {
	case stopped && launch.Stoppable:
		res.Exit = 0
	case stopped && runs.StatusFor(res.Exit) != runs.Terminated:
		// It was asked to end and did so with an exit code of its own, or was killed because it did not: it has neither completed nor
		// failed. Ctrl-C of the user stays Ctrl-C for whoever reads the exit status of guild.
		res.Exit = -int(watch.asked)
	case w.Foreground && runs.StatusFor(128-res.Exit) == runs.Terminated:
		// Ctrl-C reaches the operation alone. This exit status says, as in shells, that a signal has ended it.
		res.Exit = 128 - res.Exit
	}
	return res, nil
}

// recordUsage records the resources that the operation has used, unless another owner has taken over the run. An error does not fail the
// run.
func (w *Worker) recordUsage(peak usage.Peak, unrecorded error) {
	err := w.Lock.Touch()
	if err == nil {
		err = peak.Record(w.Lock.Run())
	}
	if err := errors.Join(unrecorded, err); err != nil {
		w.debug("what the run has used of the machine is not recorded: %v", err)
	}
}

func (w *Worker) debug(format string, args ...any) {
	if w.Debug != nil {
		w.Debug(format, args...)
	}
}

func (w *Worker) stdin() io.Reader {
	if w.Stdin == nil {
		return nil
	}
	return w.Stdin
}

func (w *Worker) grace() time.Duration {
	if w.Grace > 0 {
		return w.Grace
	}
	return DefaultGrace
}

// ExitCode returns the exit code of a process that reports the exit status of a run: 128 plus the signal if exit is minus a signal.
func ExitCode(exit int) int {
	if exit < 0 {
		return 128 - exit
	}
	return exit
}

// ExitStatus returns the exit code of a process, or minus the signal that has ended it.
func ExitStatus(st *os.ProcessState) int {
	if ws, ok := st.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return -int(ws.Signal())
	}
	return st.ExitCode()
}
