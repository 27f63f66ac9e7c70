package runs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gofrs/flock"
	"golang.org/x/sys/unix"

	"guild/runs/phase"
	"guild/runs/plainfile"
	"guild/runs/process"
	"guild/runs/sharedfs"
)

// Guild AI tells the status of a run by files in .guild, in this order:
//
//	LOCK.remote       running
//	PENDING           pending; its queues leave such a run alone
//	STAGED            staged; its queues start such a run
//	attrs/exit_status completed, error or terminated
//	LOCK              running if it contains the id of a process that exists; else error
//
// Both programs can use one runs root: this program writes an empty LOCK.remote for a run that is running, and PENDING for one that waits,
// so that Guild AI lists it with the right status, does not delete it as a failed run, and never starts it. (Guild AI prints the content
// of LOCK.remote, the name of a remote, if it has any.) These files are derived from the phase; this program does not believe them in a
// run that has a phase, and a recovery removes those that a crash left.
//
// Two changes that Guild AI or a person makes in a run of this program are obeyed: STAGED in a run that has ended stages it again, see
// Store.StageMarked, and a start by Guild AI, which sets attrs/started, replaces the outcome, see View.startedByGuildAI.
const (
	remoteMarker  = "LOCK.remote"
	pendingMarker = "PENDING"
	stagedMarker  = "STAGED"
)

// createMarker creates an empty file.
func createMarker(path string) error {
	f, err := plainfile.OpenFile(path, os.O_CREATE|os.O_WRONLY|unix.O_NOFOLLOW, 0o666)
	if err != nil {
		return err
	}
	return f.Close()
}

// foreignState returns the state of a run without files of this program by the files that Guild AI reads.
func (r *View) foreignState() State {
	switch {
	case r.hasGuild(remoteMarker):
		return State{Status: Running, Reason: "it runs on a remote", Foreign: true}
	case r.hasGuild(pendingMarker):
		return State{Status: Pending}
	case r.hasGuild(stagedMarker):
		return State{Status: Staged}
	}
	if exit, ok := r.AttrInt("exit_status"); ok {
		if exit < 0 { // for Guild AI, which does not ask by which signal
			return State{Status: Terminated}
		}
		return State{Status: StatusFor(exit)}
	}
	// LOCK contains a process id and nothing else. Of another host it says nothing.
	if pid, ok := r.foreignPID(); ok {
		if host, _ := r.AttrString("host"); host == process.Hostname() {
			if _, err := process.Start(pid); err == nil {
				return State{Status: Running, Owner: Owner{Identity: process.Identity{Host: host, PID: pid}}, Foreign: true}
			}
		}
	}
	return State{Status: Error, Reason: "it has no outcome"}
}

// markerState is foreignState for a run in phase p without a status file. If this program made the run, PENDING is its own and says nothing.
func (r *View) markerState(p phase.Phase) State {
	if p != phase.None && r.hasGuild(pendingMarker) {
		return State{Status: Error, Reason: "its status file is missing or holds no status"}
	}
	return r.foreignState()
}

func (r *View) foreignPID() (int, bool) {
	return parseInt(sharedfs.ReadFile(r.lockPath()))
}

// startedByGuildAI reports whether Guild AI has started the run since phase p began or, where p is an ended one, since it ended; it returns
// the state of that start. The evidence is attrs/started, which is later; if the clocks of the two hosts differ by more than the time
// between the two, the start is overlooked. A run that waits is taken for started only without the marker that Guild AI removes then.
func (r *View) startedByGuildAI(p phase.Phase) (State, bool) {
	since := max(p.Started, p.Stopped)
	switch p.Kind {
	case phase.Queued, phase.Running:
		return State{}, false
	case phase.Staged:
		if r.hasGuild(pendingMarker) {
			return State{}, false
		}
	case phase.Made:
		if p == phase.None || r.hasGuild(pendingMarker) || !r.statusFile().Waits() {
			return State{}, false
		}
		since = Micros(r.AttrTime("initialized"))
	}
	if started, _ := parseInt(r.attrData("started")); since <= 0 || int64(started) <= since {
		return State{}, false
	}
	return r.foreignState(), true
}

// stagedAfter reports whether Guild AI or a person has marked a run as staged that is in phase p, an ended one.
func (r *View) stagedAfter(p phase.Phase) bool {
	return p.Over() && r.hasGuild(stagedMarker) && !r.hasGuild(pendingMarker)
}

// adoptOutcome records the outcome of a start by Guild AI after phase from. It changes nothing while that start is under way.
func (l *Lock) adoptOutcome(from phase.Phase, now State) error {
	r := l.run
	if !now.Status.Ended() {
		return nil
	}
	to := from.Next(phase.Lost, Micros(r.AttrTime("started")))
	if exit, ok := r.AttrInt("exit_status"); ok {
		to.Kind, to.Exit, to.Stopped = phase.Ended, exit, Micros(time.Now())
		if t := r.AttrTime("stopped"); !t.IsZero() {
			to.Stopped = Micros(t)
		}
	}
	return l.follow(from, to)
}

// follow begins a phase and writes its derived files. The phase begins also if the files cannot be written.
func (l *Lock) follow(from, to phase.Phase) error {
	files := l.run.derivedFiles(to)
	prepared := files.prepare()
	if err := l.enter(from, to); err != nil {
		files.discard()
		return err
	}
	if _, err := l.run.writeDerived(to, files); err != nil {
		return err
	}
	return prepared
}

// StageMarked stages the runs that Guild AI, or a person, has marked with the file STAGED: runs of Guild AI, and runs of this program that
// have ended. Runs in which something has changed within the time quiet may be copies that are not complete: it counts them in fresh and
// leaves them for a later call. The cost is one look at a name for each run. It returns the ids of the runs that were staged, also with an
// error about others.
func (s *Store) StageMarked(quiet time.Duration) (staged []string, fresh int, err error) {
	if err := s.CheckFormat(); err != nil {
		return nil, 0, err
	}
	ids, err := s.IDs()
	if err != nil || len(ids) == 0 {
		return nil, 0, err
	}
	marked := make([]bool, len(ids))
	Each(len(ids), func(i int) {
		_, err := os.Lstat(s.run(ids[i]).GuildPath(stagedMarker))
		marked[i] = err == nil && s.run(ids[i]).markedStaged()
	})
	if !slices.Contains(marked, true) {
		return nil, 0, nil
	}
	settled := s.now().Add(-quiet)
	var failed []error
	for i, id := range ids {
		if !marked[i] {
			continue
		}
		changed, err := lastChangeBelow(s.run(id).Dir)
		found := false
		if err == nil && changed.After(settled) {
			fresh++
			continue
		}
		if err == nil {
			found, err = s.stageUnmarked(s.run(id), settled)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("stage run %s: %w", id, err))
		} else if found {
			staged = append(staged, id)
		}
	}
	return staged, fresh, errors.Join(failed...)
}

// takeMarked stages an owned run that Guild AI or a user has marked with STAGED, and releases the lock of the run. Queues of Guild AI
// choose runs under a lock of their own, which takeMarked holds during this: either a queue has taken the run, which is then no longer
// staged, or no queue will.
func (s *Store) takeMarked(l *Lock) (bool, error) {
	r := l.run
	unlock, err := s.lockGuildAI()
	if err != nil {
		return false, errors.Join(err, l.Close())
	}
	defer unlock()
	if err := sharedfs.RefreshDirs(r.GuildPath()); err != nil {
		return false, errors.Join(err, l.Close())
	}
	if !r.markedStaged() {
		return false, l.Close()
	}
	if err := createMarker(r.GuildPath(pendingMarker)); err != nil { // from here on Guild AI leaves it alone
		return false, errors.Join(err, l.Close())
	}
	if err := r.SetAttr("id", r.ID); err != nil { // a copy has the id of its original
		return false, errors.Join(err, l.Close())
	}
	if err := s.Restage(l); err != nil {
		return false, errors.Join(err, ignoreClosed(l.Close()))
	}
	return true, nil
}

func ignoreClosed(err error) error {
	if errors.Is(err, fs.ErrClosed) {
		return nil
	}
	return err
}

// markedStaged reports whether takeMarked stages the run: it has the marker STAGED, and this program has not started it, or has ended it.
// PENDING beside STAGED is left by a takeMarked, or by a queue of Guild AI, that was killed between the two.
func (r *Run) markedStaged() bool {
	p, err := r.phase()
	if err != nil || !r.hasGuild(stagedMarker) {
		return false
	}
	recorded, err := r.readStatus()
	return p == phase.None || p.Kind == phase.Made && err == nil && recorded == "" || p.Over()
}

// guildAIPatience is how long lockGuildAI waits. A queue of Guild AI holds the lock while it lists the runs.
const guildAIPatience = 5 * time.Second

// lockGuildAI takes the lock under which queues of Guild AI choose runs.
func (s *Store) lockGuildAI() (unlock func(), err error) {
	dir := filepath.Join(filepath.Dir(s.runs), "locks")
	if err := s.MakeDir(dir); err != nil {
		return nil, fmt.Errorf("lock the queues of Guild AI: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), guildAIPatience)
	defer cancel()
	lock := flock.New(filepath.Join(dir, "run-status"))
	switch got, err := lock.TryLockContext(ctx, 10*time.Millisecond); {
	case errors.Is(err, context.DeadlineExceeded) || err == nil && !got:
		return nil, fmt.Errorf("a queue of Guild AI holds %s: %w", lock.Path(), ErrBusy)
	case err != nil:
		return nil, fmt.Errorf("lock the queues of Guild AI: %w", err)
	}
	return func() { _ = lock.Unlock() }, nil
}

// clearAfterLoss is Settle for a running run, if nobody owns it.
func (r *Run) clearAfterLoss() error {
	if owned, err := r.Owned(); owned || err != nil {
		return err
	}
	l, err := r.TryLock()
	if errors.Is(err, ErrBusy) || errors.Is(err, ErrNotFound) || errors.Is(err, fs.ErrPermission) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(l.Settle(), l.Close())
}
