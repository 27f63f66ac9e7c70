package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"guild/runs"
	"guild/runs/sharedfs"
)

// RelistEvery is the time between two looks at what seldom changes: the list of names, and pending runs.
const RelistEvery = 5 * time.Second

const (
	newest      = 2000                   // runs that are read at once
	readBudget  = 100 * time.Millisecond // per Sweep, for the first reading of runs beyond them
	sweepBudget = 5 * time.Millisecond   // per Sweep, once all are read
	settleTime  = 3 * time.Second        // a directory that changed later than this may change again unseen
	datedFor    = time.Hour              // the end of a run that changed within this time is read, however many newer runs there are
)

// Live is a picture of the runs of a store that is cheap to keep up to date, for a process that shows runs for a long time: it has their
// statuses, and knows which have changed since the last Refresh. Its user attaches an E to each run. Only one goroutine may use it at a
// time.
type Live[E any] struct {
	store *runs.Store
	now   func() time.Time

	// Loaded is called after a run was read again; changed says that its directory has changed since the last reading. It may be nil.
	Loaded func(r *LiveRun[E], changed bool)
	// Newest is the number of runs that are read as soon as they are found: the most recently changed ones. Sweep reads the others.
	Newest int

	all       map[string]*LiveRun[E]
	rootMtime time.Time
	relisted  time.Time
	listing   int
	behind    []string // names to be swept; the next one is the last
	markers   []runs.Marker
	marked    map[string]bool
}

// LiveRun is a run in a Live picture.
type LiveRun[E any] struct {
	ID      string
	Changed time.Time   // modification time of .guild when it was read
	Read    time.Time   // when it was read; zero: not yet
	Status  runs.Status // empty for a run that no longer exists
	Reason  string      // see runs.State
	Lost    bool        // its owner was lost
	Ended   time.Time   // when the run ended; zero: it has not, or it ended long ago and is not among the newest
	Extra   E

	listed int // number of the latest listing that contains it
}

// NewLive returns an empty picture; now is its clock.
func NewLive[E any](s *runs.Store, now func() time.Time) *Live[E] {
	return &Live[E]{store: s, now: now, Newest: newest, all: map[string]*LiveRun[E]{}}
}

// All returns the runs in the picture, by id.
func (x *Live[E]) All() map[string]*LiveRun[E] { return x.all }

// Markers returns the markers of the staged runs, in the order of staging.
func (x *Live[E]) Markers() []runs.Marker { return x.markers }

// Marked reports whether a run has a marker.
func (x *Live[E]) Marked(id string) bool { return x.marked[id] }

// Run returns the run of an id.
func (x *Live[E]) Run(id string) *runs.Run { return runs.Named(id, filepath.Join(x.store.Root(), id)) }

// Refresh reads what may have changed since the last call. slow says that it also looked at what seldom changes, as it does every
// RelistEvery.
func (x *Live[E]) Refresh() (slow bool, err error) {
	if slow, err = x.list(); err != nil {
		return slow, err
	}
	if x.markers, err = x.store.Staged(x.markers); err != nil {
		return slow, err
	}
	x.marked = make(map[string]bool, len(x.markers))
	for _, m := range x.markers {
		x.marked[m.ID] = true
		if r := x.all[m.ID]; r != nil && r.Status != runs.Staged {
			x.Check(r) // staged again
		}
	}
	for _, r := range x.all {
		if x.Moving(r) || slow && r.Status == runs.Pending {
			x.Check(r)
		}
	}
	return slow, nil
}

// Moving reports whether each Refresh checks the run again. A staged run need not be checked while its marker exists.
func (x *Live[E]) Moving(r *LiveRun[E]) bool {
	switch r.Status {
	case runs.Running:
		return true
	case runs.Staged:
		return !x.marked[r.ID]
	}
	return false
}

// list reads the names in the root if it has changed, or RelistEvery has passed. slow reports that the time was the reason.
func (x *Live[E]) list() (slow bool, err error) {
	now := x.now()
	slow = now.Sub(x.relisted) >= RelistEvery
	mtime, err := sharedfs.DirTime(x.store.Root())
	if errors.Is(err, fs.ErrNotExist) {
		clear(x.all)
		return slow, nil
	}
	if err != nil {
		return slow, fmt.Errorf("read the runs root: %w", err)
	}
	if !slow && mtime.Equal(x.rootMtime) {
		return false, nil
	}
	ids, err := x.store.IDs()
	if err != nil {
		return slow, err
	}
	if slow {
		x.relisted = now
	}
	x.rootMtime = mtime
	x.listing++
	var added []*LiveRun[E]
	for _, id := range ids {
		r := x.all[id]
		if r == nil {
			at, err := sharedfs.DirTime(x.Run(id).GuildPath())
			if err != nil {
				continue // not a run, or removed again
			}
			r = &LiveRun[E]{ID: id, Changed: at}
			x.all[id] = r
			added = append(added, r)
		}
		r.listed = x.listing
	}
	maps.DeleteFunc(x.all, func(_ string, r *LiveRun[E]) bool { return r.listed != x.listing })
	slices.SortFunc(added, func(a, b *LiveRun[E]) int { return b.Changed.Compare(a.Changed) })
	for _, r := range added[:min(len(added), x.Newest)] {
		x.Check(r)
		x.date(r)
	}
	return slow, nil
}

// Sweep checks runs that nothing else checks, for a limited time: first runs beyond the newest that were never read, then all of them again
// and again, in case a user has started one without a scheduler.
func (x *Live[E]) Sweep() {
	if len(x.behind) == 0 {
		x.behind = slices.SortedFunc(maps.Keys(x.all), func(a, b string) int {
			return x.all[b].Read.Compare(x.all[a].Read) // runs that were never read come last, and so are next
		})
	}
	start := x.now()
	for len(x.behind) > 0 {
		last := len(x.behind) - 1
		r := x.all[x.behind[last]]
		budget := sweepBudget
		if r != nil && r.Read.IsZero() {
			budget = readBudget
		}
		if x.now().Sub(start) > budget {
			return
		}
		x.behind = x.behind[:last]
		if r != nil {
			x.Check(r)
		}
	}
}

// Check reads the run again if its directory has changed. A deleted run is removed from the picture.
func (x *Live[E]) Check(r *LiveRun[E]) {
	mtime, err := sharedfs.DirTime(x.Run(r.ID).GuildPath())
	if errors.Is(err, fs.ErrNotExist) {
		delete(x.all, r.ID)
		var none E
		r.Status, r.Extra = "", none
		return
	}
	if err != nil {
		return
	}
	// A running run is always checked: its owner can die without a change of the directory.
	if r.Status != runs.Running && mtime.Equal(r.Changed) && r.Read.Sub(mtime) > settleTime {
		return
	}
	x.load(r, mtime)
}

func (x *Live[E]) load(r *LiveRun[E], mtime time.Time) {
	st := x.Run(r.ID).State()
	first := r.Read.IsZero()
	changed := first || !mtime.Equal(r.Changed)
	news := changed || st.Status != r.Status
	r.Changed, r.Read, r.Ended = mtime, x.now(), time.Time{}
	r.Status, r.Reason, r.Lost = st.Status, st.Reason, st.Lost
	if news && x.Loaded != nil {
		x.Loaded(r, changed)
	}
	if !first || x.now().Sub(mtime) < datedFor {
		x.date(r)
	}
}

// date reads when a run ended.
func (x *Live[E]) date(r *LiveRun[E]) {
	if !r.Status.Ended() {
		return
	}
	run := x.Run(r.ID)
	_ = sharedfs.RefreshDirs(run.GuildPath("attrs")) // for names that another host has just written
	r.Ended = run.AttrTime("stopped")
	if r.Ended.IsZero() {
		r.Ended = r.Changed // the last sign of life of a lost owner
	}
}
