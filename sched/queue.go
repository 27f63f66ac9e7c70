package sched

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"guild/runs"
)

// queue is what a scheduler knows of the staged runs.
type queue struct {
	store   *runs.Store
	markers []runs.Marker     // in the order of starting
	entries map[string]*entry // by run id, for the markers
}

// entry is one staged run.
type entry struct {
	needs   *needs // nil until read
	reason  string // why it was not started at the last look
	ignored bool   // this scheduler can never start it
	over    bool   // it does not wait any more

	shortSince    time.Time // since when it waits for resources; zero: it does not
	failedSince   time.Time // when a run that it comes after was first seen to have failed that may be started again
	unlistedSince time.Time // when the run that it waits for was first seen to be staged and not in the queue
}

func newQueue(store *runs.Store) *queue {
	return &queue{store: store, entries: map[string]*entry{}}
}

// refresh lists the markers again.
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

// readAgain makes the next look read what the runs need that have changed, such as their tags, also those that were judged unfit.
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

// startable reports whether some run waits that this scheduler may start some day.
func (q *queue) startable() bool {
	for _, e := range q.entries {
		if !e.ignored {
			return true
		}
	}
	return false
}

// starts tells whether a run waits that this scheduler may start, or that itself waits for such a run.
func (q *queue) starts(id string) bool {
	e := q.entries[id]
	return e != nil && !e.ignored
}

func isScheduler(r *runs.Run) bool {
	return slices.Contains(Kinds[:], Kind(r.Opref().OpSpec()))
}

func joinIDs(ids []string) string { return strings.Join(ids, ", ") }
