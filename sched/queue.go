package sched

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"guild/runs"
)

// queue holds the staged runs that a scheduler knows.
type queue struct {
	store   *runs.Store
	markers []runs.Marker     // in the order in which they are to start
	entries map[string]*entry // by run id, for the markers
}

// entry is one staged run.
type entry struct {
	needs   *needs // nil until read
	reason  string // why it was not started at the last look
	ignored bool   // this scheduler can never start the run
	over    bool   // the run no longer waits

	shortSince    time.Time // since when it waits for resources; zero if it does not
	failedSince   time.Time // when a run that it comes after was first seen to have failed though it may be started again
	unlistedSince time.Time // when the run that it waits for was first seen staged but missing in the queue
}

func newQueue(store *runs.Store) *queue {
	return &queue{store: store, entries: map[string]*entry{}}
}

// refresh reads the markers again.
func (q *queue) refresh() error {
	markers, err := q.store.Staged(q.markers)
	if err != nil {
		return err
	}
	entries := make(map[string]*entry, len(markers))
	for _, m := range markers {
		entries[m.ID] = cmp.Or(q.entries[m.ID], &entry{})
	}
	q.markers, q.entries = markers, entries
	return nil
}

// readAgain forgets entries of runs whose needs have changed, for example by new tags, so that the next look reads them; also ignored runs.
func (q *queue) readAgain(opts *Options) {
	for id, e := range q.entries {
		if e.needs == nil || e.needs.unchanged(q.run(id)) {
			continue
		}
		n, err := readNeeds(q.run(id), opts)
		if err == nil && n.same(e.needs) {
			e.needs.stamp = n.stamp
			continue
		}
		*e = entry{}
	}
}

func (q *queue) run(id string) *runs.Run {
	return runs.Named(id, filepath.Join(q.store.Root(), id))
}

// remove forgets runs that are no longer staged.
func (q *queue) remove(gone map[string]bool) {
	if len(gone) == 0 {
		return
	}
	q.markers = slices.DeleteFunc(q.markers, func(m runs.Marker) bool { return gone[m.ID] })
	for id, is := range gone {
		if is {
			delete(q.entries, id)
		}
	}
}

// startable reports whether a run waits that this scheduler can start now or later.
func (q *queue) startable() bool {
	for _, e := range q.entries {
		if !e.ignored {
			return true
		}
	}
	return false
}

// starts reports whether a run waits here that this scheduler does not ignore.
func (q *queue) starts(id string) bool {
	e := q.entries[id]
	return e != nil && !e.ignored
}

func isScheduler(r *runs.Run) bool {
	return slices.Contains(Kinds[:], Kind(r.Opref().OpSpec()))
}

func joinIDs(ids []string) string { return strings.Join(ids, ", ") }
