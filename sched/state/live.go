package state

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"guild/runs"
)

// pausedFile is present below .guild of a scheduler's run while it is to start nothing. Anybody may make and remove it.
const pausedFile = "paused"

// Pause makes a scheduler start nothing from its next look on, or lets it start again.
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

// Paused reports whether a scheduler is to start nothing.
func Paused(r *runs.Run) bool {
	_, err := os.Lstat(r.GuildPath(pausedFile))
	return err == nil
}

// Live returns what the schedulers that run have published, on whatever host, the longest at work first. It looks through the whole
// root: who has the runs that are running calls Of.
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

// Of is Live for the schedulers among some runs.
func Of(among []*runs.Run) []*State {
	var list []*State
	for _, r := range among {
		if !IsScheduler(r) || r.Status() != runs.Running {
			continue
		}
		s, err := Read(r)
		if err != nil {
			continue // it has begun at this moment
		}
		s.Paused = Paused(r)
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b *State) int { return a.Started.Compare(b.Started) })
	return list
}
