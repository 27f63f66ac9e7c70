package state

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"guild/runs"
)

// pausedFile exists below .guild of a scheduler's run while the scheduler is paused. Anybody may create and remove it.
const pausedFile = "paused"

// Pause pauses a scheduler from its next look at the queue on, or resumes it.
func Pause(r *runs.Run, pause bool) error {
	if pause {
		if err := r.ReplaceFile(pausedFile, nil); err != nil {
			return fmt.Errorf("pause scheduler %s: %w", r.ShortID(), err)
		}
		return nil
	}
	if err := os.Remove(r.GuildPath(pausedFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("resume scheduler %s: %w", r.ShortID(), err)
	}
	return nil
}

// Paused reports whether a scheduler is paused.
func Paused(r *runs.Run) bool {
	_, err := os.Lstat(r.GuildPath(pausedFile))
	return err == nil
}

// Live returns the published states of the running schedulers on all hosts, sorted by start, earliest first. It reads the whole root; a
// caller that already has the list of running runs should call Of.
func Live(store *runs.Store) ([]*State, error) {
	ids, err := store.IDs()
	if err != nil {
		return nil, err
	}
	var list []*runs.Run
	for _, id := range ids {
		if r, err := store.Get(id); err == nil && IsScheduler(r) {
			list = append(list, r)
		}
	}
	return Of(list), nil
}

// Of returns the published states of the running schedulers among the given runs, sorted by start.
func Of(among []*runs.Run) []*State {
	var list []*State
	for _, r := range among {
		if !IsScheduler(r) || r.Status() != runs.Running {
			continue
		}
		s, err := Read(r)
		if err != nil {
			continue // it has not published its first state yet
		}
		s.Paused = Paused(r)
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b *State) int { return a.Started.Compare(b.Started) })
	return list
}
