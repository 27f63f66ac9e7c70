package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"guild/runs/phase"
	"guild/runs/sharedfs"
)

// phase reads the phase that the run is in. The error is ErrNewer where a later version of this program has given the run a phase that
// this one does not know.
func (r *View) phase() (phase.Phase, error) {
	p, _, err := r.phases()
	return p, err
}

// phases is phase that also returns obsolete names with a higher count, see phase.Latest.
func (r *View) phases() (p phase.Phase, over []string, err error) {
	if r.source != nil {
		if p, _ := phase.Parse(r.source.Phase()); p.Kind != phase.Running { // for a running phase the lock decides whether it is true
			return p, nil, nil
		}
	}
	const looks = 2 // during a rename some file systems show neither name
	for range looks {
		names, err := sharedfs.Names(r.GuildPath())
		if err != nil {
			return phase.None, nil, fmt.Errorf("look at run %s: %w", r.ShortID(), sharedfs.GoneIfStale(err))
		}
		var newer string
		if p, over, newer = phase.Latest(names); newer != "" {
			return phase.None, nil, r.newer(newer)
		}
		if p != phase.None {
			break
		}
	}
	return p, over, nil
}

// makeFirstPhase is for a directory that no other process writes: a draft, or a run that Guild AI made, under its lock.
func (r *Run) makeFirstPhase() error {
	path := r.GuildPath(phase.First.Name())
	if os.Link(r.lockPath(), path) == nil { // costs less than a file of its own
		return nil
	}
	if err := createMarker(path); err != nil {
		return fmt.Errorf("make run %s: %w", r.ShortID(), err)
	}
	return nil
}

// look reads the phase while the lock is held, which a look at the lock after it proves.
func (l *Lock) look() (phase.Phase, error) {
	p, over, err := l.run.phases()
	if err == nil && p == phase.None {
		p, err = phase.First, l.run.makeFirstPhase()
	}
	if err == nil {
		err = l.Verify()
	}
	for _, name := range over { // which would count higher than the next phase
		if err == nil {
			err = sharedfs.RemoveFile(l.run.GuildPath(name))
		}
	}
	return p, err
}

// enter ends phase from and begins phase to. The error is ErrBusy if from is over, ErrNotFound if the run no longer exists.
func (l *Lock) enter(from, to phase.Phase) error {
	r := l.run
	err := os.Rename(r.GuildPath(from.Name()), r.GuildPath(to.Name()))
	if err != nil {
		now, lookErr := r.phase()
		switch {
		case lookErr == nil && now == to:
			// A file server that was asked twice, for its first answer got lost, says no although it has done it.
		case errors.Is(lookErr, fs.ErrNotExist):
			return ErrNotFound
		case errors.Is(sharedfs.GoneIfStale(err), fs.ErrNotExist):
			return l.superseded()
		default:
			return err
		}
	}
	l.phase = to
	return nil
}

func (l *Lock) superseded() error {
	return fmt.Errorf("run %s is no longer owned by this process: %w", l.run.ShortID(), ErrBusy)
}
