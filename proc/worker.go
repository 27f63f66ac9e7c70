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
	"guild/runs"
	"guild/runs/replace"
	"guild/runs/scalars"
	"guild/runs/words"
)

// Worker runs one run that this process owns, from Begin to Finish.
type Worker struct {
	Store *runs.Store // the store of the run; nil for a run directory outside of any
	Lock  *runs.Lock
	Claim string            // name of the claim for a run that was staged
	Env   map[string]string // added to the operation's environment

	// Held are open files with locks (flock) of what the run uses alone, such as GPUs. The operation inherits them: where this process is
	// killed, what is left of the operation still holds them. They are unlocked, in all processes, when the run has ended.
	Held []*os.File

	Stdin      *os.File  // given to the operation; nil is /dev/null
	Echo       io.Writer // console that sees the output too; may be nil
	WholeLines bool      // the console is shared with other workers
	Foreground bool      // Stdin is a terminal whose keys are for the operation

	Debug func(format string, args ...any) // is told more; may be nil
	Say   func(line string)                // is told what is done before the operation starts; may be nil

	Signals <-chan os.Signal // see StopSignals: the first is passed on to the operation, the second kills it
	Grace   time.Duration    // from the request to stop to SIGKILL; zero is DefaultGrace

	hooks           *hook.Hooks        // nil: the run has none
	startHooksEnded chan struct{}      // nil: none were started
	endStartHooks   context.CancelFunc // likewise
}

// lingering is how long output is awaited from processes that the operation left behind, which hold its pipe.
const lingering = time.Second

// Result of a run.
type Result struct {
	Exit     int  // exit status, or minus the signal
	Stopped  bool // somebody asked for the stop, or its time was up
	TimedOut bool // its time was up
	Deleted  bool // removed as configured

	deletes bool // to be removed
}

// Run starts the operation and returns when the outcome is on disk, the console has caught up, and the hooks have ended. An error means
// that the run could not be started or its outcome not be written; where it could not be started, the run's status says so too.
func (w *Worker) Run(ctx context.Context) (Result, error) {
	defer w.unlockHeld()
	res, err := w.see(ctx)
	w.endHooks(res.deletes)
	if res.deletes {
		err = w.delete(&res)
	}
	return res, err
}

// see sees the run through, until its outcome is on disk.
func (w *Worker) see(ctx context.Context) (Result, error) {
	run := w.Lock.Run()
	owner := runs.Self()
	owner.Claim = w.Claim
	_, again := run.Owner()
	if again {
		killStrays(run) // of an earlier worker that was killed: two operations must not be at work in one run
	}
	// Whoever changed the run before may have been killed halfway.
	recovered := replace.Recover(run.Dir, run.GuildPath())
	// Read before Begin, it is what the run was to be started with: a host that is frozen after Begin, until the run has been
	// staged again with other flags, must not start it with those.
	order, unreadable := readOrder(run)
	if recovered != nil {
		unreadable = recovered
	}
	if err := w.Lock.Begin(owner); err != nil {
		if w.Lock.Begun() {
			return w.fail(err)
		}
		return Result{}, scarce(err)
	}
	if unreadable != nil {
		return w.fail(unreadable)
	}
	launch, err := w.prepare(ctx, order)
	if errors.Is(err, errStopped) {
		err := w.end(-int(syscall.SIGTERM))
		return Result{Exit: -int(syscall.SIGTERM), Stopped: true}, err
	}
	if err != nil {
		return w.fail(err)
	}
	// To prepare can take long, or this host can have been frozen meanwhile: another owner may have taken the run over.
	if err := w.Lock.Touch(); errors.Is(err, runs.ErrBusy) || errors.Is(err, runs.ErrNotFound) {
		return w.fail(err)
	}
	if again {
		if err := scalars.Clear(run); err != nil {
			return w.fail(err)
		}
	}
	rec, err := newRecorder(run, launch.Capture, w.Echo, w.WholeLines)
	if err != nil {
		return w.fail(err)
	}
	w.startHooks()
	res, err := w.operate(launch, rec)
	recErr := rec.close()
	if err != nil {
		rec.drain() // nothing was printed: this is to close the file
		return w.fail(err)
	}
	err = w.finish(res.Exit, runs.LossOf(recErr))
	if err == nil {
		_ = w.dropClaim() // one that stays is dropped by a scheduler's recovery
	}
	rec.drain()
	if err := errors.Join(recErr, err); err != nil {
		return res, err
	}
	res.deletes = res.Exit == 0 && launch.DeleteOnSuccess && w.Store != nil
	return res, nil
}

// delete moves the run to the trash, as its operation wants it on success.
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

// fail records that the operation could not be started, and why. The cause is what people need to know, also where the record
// fails for the same reason. A run that waited for a scheduler, and for which this process or host has no means at the moment,
// waits again.
func (w *Worker) fail(cause error) (Result, error) {
	lack := scarce(cause)
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
		_ = w.dropClaim() // left to a scheduler's recovery
	}
	return err
}

// unlockHeld gives up what the run had alone.
func (w *Worker) unlockHeld() {
	for _, f := range w.Held {
		_ = unix.Flock(int(f.Fd()), unix.LOCK_UN)
		_ = f.Close()
	}
	w.Held = nil
}

// dropClaim says that the run is not under way any more: who waits for what it had finds that free.
func (w *Worker) dropClaim() error {
	w.unlockHeld()
	if w.Store == nil {
		return nil
	}
	return w.Store.DropClaim(w.Claim)
}

// operate starts the operation and sees it through.
func (w *Worker) operate(launch *Launch, rec *recorder) (Result, error) {
	// On Linux the operation is killed when the thread that started it ends (see groupAttr): this one must stay.
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
	watch := &watch{worker: w, group: g, exited: exited}
	if launch.StopAfter > 0 {
		watch.timeUp, watch.started = time.After(launch.StopAfter), time.Now()
	}
	stopped := watch.run()
	_ = cmd.Wait() // the state says how it ended
	if w.Foreground {
		takeTerminal(w.Stdin)
	}
	select {
	case <-read:
	case <-time.After(lingering):
		_ = pr.SetReadDeadline(time.Now())
		<-read
	}
	res := Result{Exit: exitStatus(cmd.ProcessState), Stopped: stopped, TimedOut: watch.timedOut}
	switch {
	case stopped && launch.Stoppable:
		res.Exit = 0
	case stopped && runs.StatusFor(res.Exit) != runs.Terminated:
		// It was told to end and did so in good order, with whatever code, or was killed because it did not: it has neither
		// completed nor failed.
		res.Exit = -int(syscall.SIGTERM)
	case w.Foreground && runs.StatusFor(128-res.Exit) == runs.Terminated:
		// Ctrl-C reaches the operation alone, which says by this exit status, as shells do, that it obeyed.
		res.Exit = 128 - res.Exit
	}
	return res, nil
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

// ExitCode is the exit code that tells a shell of an exit status: 128 plus the signal where one ended the operation.
func ExitCode(exit int) int {
	if exit < 0 {
		return 128 - exit
	}
	return exit
}

// exitStatus is the exit code, or minus the signal that ended the process.
func exitStatus(st *os.ProcessState) int {
	if ws, ok := st.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return -int(ws.Signal())
	}
	return st.ExitCode()
}
