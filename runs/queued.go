package runs

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"guild/runs/enginejob"
	"guild/runs/phase"
	"guild/runs/pyyaml"
	"guild/runs/sharedfs"
)

// A queued run is claimed by a scheduler and waits in an engine, such as Slurm, that starts its worker later, perhaps on another host. No
// process holds its LOCK during that time. Two conditions make a run queued, and a worker begins only if both hold:
//
//   - its phase is queued;
//   - its claim is .claimed/.<id>.<engine>~<who>. The name is the token of the engine's job. If an engine executes a job twice,
//     late, or after the run was staged again, its token no longer exists, and it starts nothing.
//
// The claim's name begins with a dot because earlier versions take every other name in .claimed for a claim of their own, and drop it when
// no process holds the run's LOCK.

// ErrNotQueued means that a job of an engine has nothing to do: its run has been started, has ended, or waits under another claim.
var ErrNotQueued = errors.New("run is not queued")

const engineAttr = "engine"

// endedByEngine says why an engine ended the run, empty if it did not.
func (r *View) endedByEngine() string {
	if j, ok := r.EngineJob(); ok && j.EndedBy != "" {
		return "ended by " + j.String() + ": " + j.EndedBy
	}
	return ""
}

// EngineJob reads attrs/engine. ok is false for a run that no engine was given, or where it cannot be read.
func (r *View) EngineJob() (j enginejob.Job, ok bool) {
	j, err := r.readEngineJob()
	return j, err == nil && j.Kind != ""
}

// readEngineJob is EngineJob with an error if the attribute cannot be read. The job is zero if there is none.
func (r *View) readEngineJob() (enginejob.Job, error) {
	data, err := r.attrData(engineAttr)
	if errors.Is(sharedfs.GoneIfStale(err), fs.ErrNotExist) {
		return enginejob.Job{}, nil
	}
	if err != nil {
		return enginejob.Job{}, fmt.Errorf("read the job of run %s: %w", r.ShortID(), err)
	}
	v, _ := pyyaml.Decode(data) // a damaged attribute gives a zero job
	return enginejob.Decode(v), nil
}

// SetEngineJob replaces attrs/engine. Only schedulers call it.
func (r *Run) SetEngineJob(j enginejob.Job) error {
	data, err := pyyaml.Encode(j.Data())
	if err == nil {
		err = replaceFile(r.attrPath(engineAttr), data)
	}
	if err != nil {
		return fmt.Errorf("record the job of run %s: %w", r.ShortID(), err)
	}
	return nil
}

// engineClaimName makes a new token for a run.
func engineClaimName(id, engine string) string {
	return "." + id + "." + engine + "~" + claimant()
}

// JobName returns a short name for the job with a token, for users and engines; no other job has this name. It is on disk before the job is
// submitted, so that the job can be found even if its scheduler is killed meanwhile.
func JobName(token string) string {
	id, _, _ := parseClaim(token)
	sum := sha256.Sum256([]byte(token))
	return fmt.Sprintf("guild-%s-%x", Named(id, "").ShortID(), sum[:4])
}

// parseClaim takes the name of an entry of .claimed apart. engine is empty for the claim of a local worker.
func parseClaim(name string) (id, engine string, ok bool) {
	id = claimedID(name)
	if rest, queued := strings.CutPrefix(id, "."); queued {
		id = rest
		engine, _, ok = strings.Cut(name[len(id)+2:], "~")
		return id, engine, ok && engine != "" && IsName(id)
	}
	return id, "", IsName(id)
}

// Queue gives the claimed run to an engine. Afterwards the phase is queued, attrs/engine has job, and the lock is free; Name is the token
// for the engine's job. After an error the run is staged again, or RecoverClaims will stage it again.
func (c *Claim) Queue(job enginejob.Job) error {
	err := c.queue(job)
	if err == nil {
		return nil
	}
	if c.Lock.phase.Kind == phase.Queued {
		return errors.Join(err, c.store.unqueue(c.Lock, c.name))
	}
	if again := c.Run.sayStaged(); again != nil { // its claim stays, for RecoverClaims to try again
		return errors.Join(err, again, c.Lock.Close())
	}
	return errors.Join(err, c.Release())
}

// sayStaged makes the status file of a run, which queue changes before the phase, say again that it is staged.
func (r *Run) sayStaged() error {
	if err := replaceFile(r.GuildPath("status"), fmt.Appendln(nil, Staged)); err != nil {
		return fmt.Errorf("stage run %s again: %w", r.ShortID(), err)
	}
	return nil
}

func (c *Claim) queue(job enginejob.Job) error {
	name := engineClaimName(c.Run.ID, job.Kind)
	if err := os.Rename(c.store.claimedPath(c.name), c.store.claimedPath(name)); err != nil {
		return fmt.Errorf("queue run %s: %w", c.Run.ShortID(), err)
	}
	c.name = name
	if job.Name == "" {
		job.Name = JobName(name)
	}
	if err := c.store.raiseFormat(); err != nil {
		return err
	}
	// Before the phase, so that a process that sees a queued run can read where it is queued. The status too: versions before this one do
	// not know the phase and go by the status, and none may see a staged run, whenever this process is killed.
	if err := c.Run.SetEngineJob(job); err != nil {
		return err
	}
	if err := replaceFile(c.Run.GuildPath("status"), fmt.Appendln(nil, Pending)); err != nil {
		return fmt.Errorf("queue run %s: %w", c.Run.ShortID(), err)
	}
	if err := c.Lock.begin(phase.Queued, func(phase.Phase) error { return nil }); err != nil {
		return err
	}
	if err := c.Lock.Close(); err != nil {
		return fmt.Errorf("queue run %s: %w", c.Run.ShortID(), err)
	}
	return nil
}

// Queued reports whether the run waits in an engine.
func (r *View) Queued() (bool, error) {
	p, err := r.phase()
	return p.Kind == phase.Queued, err
}

// TakeQueued takes ownership of a queued run for the process that an engine started. claim is the token of its job. It waits while another
// process holds the lock, until ctx ends. The error is ErrNotQueued if the job has nothing to do, and ErrNotFound if this host does not
// see the run.
func (s *Store) TakeQueued(ctx context.Context, id, claim string) (*Lock, error) {
	const first, last = 5 * time.Millisecond, 250 * time.Millisecond
	r := s.run(id)
	for wait := first; ; wait = min(2*wait, last) {
		l, _, err := s.lockNamed(r)
		if err == nil {
			if err = s.checkToken(r, claim); err != nil {
				_ = l.Close()
				return nil, err
			}
			return l, nil
		}
		if !errors.Is(err, ErrBusy) {
			return nil, err
		}
		// A scheduler that still writes, or a process that looks, holds the lock for a moment only; an owner holds it as long as the run
		// takes.
		if err := s.checkToken(r, claim); err != nil {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", err, context.Cause(ctx))
		case <-time.After(wait):
		}
	}
}

// checkToken returns nil if the run is queued under the claim.
func (s *Store) checkToken(r *Run, claim string) error {
	id, engine, ok := parseClaim(claim)
	if !ok || engine == "" || id != r.ID {
		return fmt.Errorf("%q is no claim of an engine to run %s", claim, r.ShortID())
	}
	p, err := r.phase()
	if err != nil {
		return err
	}
	holds, err := r.claimHolds(claim)
	if err != nil {
		return err
	}
	if p.Kind != phase.Queued || !holds {
		return fmt.Errorf("run %s is %s: %w", r.ShortID(), r.Status(), ErrNotQueued)
	}
	return nil
}

// HasClaim reports whether there is a claim of this name: its run waits in an engine or is under way.
func (s *Store) HasClaim(name string) bool {
	_, err := os.Lstat(s.claimedPath(name))
	return err == nil
}

// Unqueue stages a queued run again, at its old place in the queue, and invalidates the token of its job. It reports false, and changes
// nothing, if the run is no longer queued under the claim. The error is ErrBusy if a process holds the run at this moment.
func (s *Store) Unqueue(id, claim string) (bool, error) {
	l, err := s.lockQueued(id, claim)
	if err != nil || l == nil {
		return false, err
	}
	return true, s.unqueue(l, claim)
}

func (s *Store) unqueue(l *Lock, claim string) error {
	if err := l.stagedAgain(); err != nil && l.phase.Kind != phase.Staged {
		return errors.Join(err, l.Close())
	}
	// The claim is renamed to the marker: so the token of the old job is gone before the run can be queued again.
	return (&Claim{Run: l.run, Lock: l, store: s, name: claim}).Release()
}

// EndQueued ends a queued run whose stop was requested: its outcome is exit. It reports false if the run is no longer queued, for example
// because it has just begun.
func (r *Run) EndQueued(exit int) (bool, error) {
	if queued, err := r.Queued(); err != nil || !queued {
		return false, err
	}
	l, err := r.LockWait()
	if errors.Is(err, ErrBusy) || errors.Is(err, ErrNotFound) {
		return false, nil // it is about to begin, or was deleted
	}
	if err != nil {
		return false, err
	}
	defer func() { _ = l.Close() }()
	if err := sharedfs.RefreshDirs(r.GuildPath()); err != nil {
		return false, err
	}
	if queued, err := r.Queued(); err != nil || !queued {
		return false, err
	}
	s := &Store{runs: filepath.Dir(r.Dir)}
	claim, err := s.claimOfQueued(r)
	if err != nil {
		return false, err
	}
	if err := l.Finish(exit); err != nil {
		return false, err
	}
	return true, s.DropClaim(claim)
}

// lockQueued locks a run that is queued under a claim; both results are nil if it is not.
func (s *Store) lockQueued(id, claim string) (*Lock, error) {
	r := s.run(id)
	l, err := r.LockWait()
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	err = sharedfs.RefreshDirs(s.runs, r.GuildPath())
	if err == nil {
		err = s.checkToken(r, claim)
	}
	if err != nil {
		_ = l.Close()
		if errors.Is(err, ErrNotQueued) || errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return nil, err
	}
	return l, nil
}

// claimOfQueued returns the claim of a run if it is queued, else empty. A run of which it is not known what it is gives an error.
func (s *Store) claimOfQueued(r *Run) (string, error) {
	queued, err := r.Queued()
	if err != nil || !queued {
		return "", err
	}
	return s.engineClaim(r.ID)
}

// engineClaim returns the claim under which a run is queued, empty if there is none.
func (s *Store) engineClaim(id string) (string, error) {
	claims, err := s.Claims()
	for _, c := range claims {
		if c.ID == id && c.Engine != "" {
			return c.Name, err
		}
	}
	return "", err
}

// tellEngine lets the scheduler on this host see at once that a queued run has begun: it changes the mode of the claim, and schedulers
// watch the claims. For a run that was not started by the job of an engine it removes the record of an earlier job.
func (l *Lock) tellEngine(claim string) {
	if _, engine, _ := parseClaim(claim); engine == "" {
		_ = sharedfs.RemoveFile(l.run.attrPath(engineAttr)) // it would say of this start what holds for an earlier one
		return
	}
	path := (&Store{runs: filepath.Dir(l.run.Dir)}).claimedPath(claim)
	if st, err := os.Lstat(path); err == nil {
		_ = os.Chmod(path, st.Mode().Perm()) // not its times, which are those of the run's place among those that wait
	}
}

// recoverQueued is RecoverClaims for an engine's claim to a queued run without an owner; l is the run's lock. The claim stays if the job
// remains in the engine without its scheduler, or if that scheduler is alive.
func (s *Store) recoverQueued(l *Lock, m ClaimMarker) (restaged bool, err error) {
	job, err := l.run.readEngineJob()
	if err != nil || job.Survives || s.Lives(job.Scheduler) {
		return false, errors.Join(err, l.Close())
	}
	return true, s.unqueue(l, m.Name)
}

// Lives reports whether the run with this id, for example a scheduler's, is running, or that this cannot be known.
func (s *Store) Lives(id string) bool {
	if !IsName(id) {
		return false
	}
	state := s.run(id).State()
	return state.Status == Running || state.Err != nil
}
