package runs

import (
	"errors"
	"fmt"
	"time"

	"guild/runs/phase"
	"guild/runs/sharedfs"
)

// Begin records that the owner starts the run: it removes what an earlier start left, then the status is Running. The error is ErrBusy if
// another owner has superseded this one. After an error, Begun reports whether the run has to be ended or put back, or is unchanged.
func (l *Lock) Begin(o Owner) error {
	err := l.begin(phase.Running, func(p phase.Phase) error {
		o.Nonce = p.Nonce
		if err := l.SetOwner(o); err != nil {
			return err
		}
		return l.touch()
	})
	if err != nil {
		return err
	}
	l.tellEngine(o.Claim)
	return l.Verify() // the last moment to see that this would be a second start
}

// stagedAgain clears what an earlier start left, and the status is Staged.
func (l *Lock) stagedAgain() error {
	return l.begin(phase.Staged, func(phase.Phase) error { return nil })
}

// begin enters a new phase of the given kind. announce is called with it before that, and can refuse it by an error.
func (l *Lock) begin(kind phase.Kind, announce func(phase.Phase) error) error {
	r := l.run
	failed := func(err error) error { return fmt.Errorf("record that run %s is %s: %w", r.ShortID(), kind, err) }
	for {
		from, err := l.look()
		if err != nil {
			return err
		}
		to := from.Next(kind, Micros(time.Now()))
		if err := announce(to); err != nil {
			return err
		}
		// The stop request is removed first: a request made when the run is seen to be running is meant for this start.
		if err := sharedfs.RemoveFile(r.stopPath()); err != nil {
			return failed(err)
		}
		files := r.derivedFiles(to)
		if err := files.prepare(); err != nil { // what a full disk does not allow is found out here
			files.discard()
			return failed(err)
		}
		err = l.enter(from, to)
		if errors.Is(err, ErrBusy) {
			files.discard()
			continue // a superseded owner wrote in between: the next look shows which of the two this is
		}
		if err != nil {
			files.discard()
			return failed(err)
		}
		now, err := r.writeDerived(to, files)
		if err == nil && now != to {
			return l.superseded()
		}
		if err != nil {
			return failed(err)
		}
		return nil
	}
}

// Finish records how the run ended: exit is the exit status, or minus the signal that ended it. It ends the start that this process
// began or, if it began none, the phase that the run is in. An owner that another one has superseded, or whose lock another one has
// now, writes nothing and gets ErrBusy. An error about derived files comes after the outcome is on disk.
func (l *Lock) Finish(exit int) error { return l.FinishWith(exit, phase.NoLoss) }

// FinishWith is Finish for a run of which some output was lost.
func (l *Lock) FinishWith(exit int, loss phase.Loss) error {
	if err := l.verifyWait(); err != nil {
		return err
	}
	from := l.phase
	if from.Kind != phase.Running {
		var err error
		if from, err = l.look(); err != nil {
			return err
		}
	}
	now := time.Now()
	to := from.Next(phase.Ended, from.Started)
	to.Exit, to.Stopped, to.Loss = exit, Micros(now), loss
	files := l.run.derivedFiles(to)
	prepared := files.prepare()
	if err := l.enter(from, to); err != nil {
		files.discard()
		return fmt.Errorf("record how run %s ended: %w", l.run.ShortID(), err)
	}
	_, derived := l.run.writeDerived(to, files)
	var synced error
	if now.Sub(time.UnixMicro(from.Started)) >= worthSyncing {
		synced = sharedfs.SyncDir(l.run.GuildPath())
	}
	for _, err := range []error{prepared, derived, synced} {
		if err != nil {
			return fmt.Errorf("record how run %s ended: %w", l.run.ShortID(), err)
		}
	}
	return nil
}

// Begun reports whether this process has begun a start of the run that has not ended.
func (l *Lock) Begun() bool { return l.phase.Kind == phase.Running }

// Ended reports whether Finish has put the outcome on disk, whatever error came after that.
func (l *Lock) Ended() bool { return l.phase.Kind == phase.Ended }

// worthSyncing is how long a run takes whose outcome is synced to disk, which costs milliseconds.
const worthSyncing = time.Second

// NoteLost records that the owner of a running run was lost: the lock, which this process holds now, was free. An owner that was only cut
// off from the file server can then no longer record its outcome. NoteLost does nothing to a run with another status.
func (l *Lock) NoteLost() error {
	r := l.run
	from, err := l.look()
	if err != nil || r.recordedStatus() != Running {
		return err
	}
	return l.lose(from)
}

// lose ends a running phase without an outcome.
func (l *Lock) lose(from phase.Phase) error {
	if err := l.follow(from, from.Next(phase.Lost, from.Started)); err != nil {
		return fmt.Errorf("record that the owner of run %s was lost: %w", l.run.ShortID(), err)
	}
	return nil
}

// Settle writes the derived files of the run, in case its owner was killed before it could. If the run is running and its owner, a process
// of this system, has certainly ended, Settle records that it was lost. If all is well it changes nothing.
func (l *Lock) Settle() error {
	r := l.run
	p, err := r.phase()
	if err != nil {
		return err
	}
	if now, ok := r.startedByGuildAI(p); ok {
		if err := l.adoptOutcome(p, now); err != nil {
			return fmt.Errorf("record the outcome of run %s, which Guild AI started: %w", r.ShortID(), err)
		}
		return nil
	}
	if p.Kind == phase.Running {
		if o, ok := r.Owner(); ok && o.Nonce == p.Nonce && o.SameSystem() && !o.Alive() {
			return l.NoteLost()
		}
		if err := sharedfs.RemoveFile(r.GuildPath(remoteMarker)); err != nil { // else Guild AI lists it as running forever
			return fmt.Errorf("mend the files of run %s: %w", r.ShortID(), err)
		}
	}
	files := r.unownedFiles(p).wrong()
	if err = files.prepare(); err == nil {
		_, err = r.writeDerived(p, files)
	}
	if err != nil {
		files.discard()
		return fmt.Errorf("mend the files of run %s: %w", r.ShortID(), err)
	}
	return nil
}

// Outcome is how a run ended.
type Outcome struct {
	Exit    int       // exit status, or minus the signal
	Stopped time.Time // zero if unknown
}

// Outcome returns the outcome of the latest start. ok is false if that has not ended or its owner was lost.
func (r *View) Outcome() (o Outcome, ok bool) {
	p, err := r.phase()
	if err != nil {
		return Outcome{}, false
	}
	_, byGuildAI := r.startedByGuildAI(p)
	switch {
	case p.Kind == phase.Ended && !byGuildAI:
		return Outcome{p.Exit, time.UnixMicro(p.Stopped)}, true
	case p.Kind == phase.Made, byGuildAI:
		if exit, ok := r.AttrInt("exit_status"); ok {
			return Outcome{exit, r.AttrTime("stopped")}, true
		}
	}
	return Outcome{}, false
}
