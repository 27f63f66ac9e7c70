package web

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"guild/runs"
	"guild/runs/catalog"
)

const (
	relistEvery = 5 * time.Second
	newest      = 2000                   // runs that are read at once
	readBudget  = 100 * time.Millisecond // per look, for the first reading of runs beyond them
	sweepBudget = 5 * time.Millisecond   // per look, once all are read
	settleTime  = 3 * time.Second        // a directory that changed later than this may change again unseen
)

// record is what the index knows of one name in the root.
type record struct {
	id     string
	listed int       // number of the listing that saw it last
	mtime  time.Time // of .guild when the record was read
	read   time.Time // when; zero: not yet
	status runs.Status
	reason string    // see runs.State
	ended  time.Time // zero: not, or before the newest
	detail *detail   // nil where nobody has needed it
	sched  *scheduler
}

// lost reports a run whose owner ended without an outcome.
func (r *record) lost() bool { return r.status == runs.Error && r.reason != "" }

// index is a picture of the root that is cheap to keep up to date. One goroutine at a time uses it.
type index struct {
	catalog   *catalog.Catalog
	choose    func(*catalog.Catalog) ([]*catalog.Snapshot, error) // nil: all runs are chosen
	chosen    map[string]bool
	choice    time.Time // when to choose again
	now       func() time.Time
	newest    int // see the constant
	records   map[string]*record
	rootMtime time.Time
	relisted  time.Time
	listing   int
	behind    []string // names to be swept, the next one last
	markers   []runs.Marker
	marked    map[string]bool
	shown     []*record // runs in the lists of the last snapshot
}

func newIndex(c *catalog.Catalog, choose func(*catalog.Catalog) ([]*catalog.Snapshot, error), now func() time.Time) *index {
	return &index{catalog: c, choose: choose, now: now, newest: newest, records: make(map[string]*record)}
}

// refresh looks at what can have changed since the last call.
func (x *index) refresh() error {
	slow, err := x.list()
	if err != nil {
		return err
	}
	if x.markers, err = x.catalog.Staged(x.markers); err != nil {
		return err
	}
	x.marked = make(map[string]bool, len(x.markers))
	for _, m := range x.markers {
		x.marked[m.ID] = true
		if r := x.records[m.ID]; r != nil && r.status != runs.Staged {
			x.check(r) // staged again
		}
	}
	for _, r := range x.records {
		if x.moving(r) || slow && r.status == runs.Pending {
			x.check(r)
		}
	}
	x.readSchedulers()
	if slow {
		for _, r := range x.shown {
			x.check(r)
			x.checkAttrs(r)
		}
	}
	x.sweep()
	return x.chooseAgain()
}

// chooseAgain finds out which of the runs are to be shown, as often as that takes a small part of the time.
func (x *index) chooseAgain() error {
	const share = 10
	start := x.now()
	if x.choose == nil || start.Before(x.choice) {
		return nil
	}
	list, err := choose(x.catalog, x.choose)
	if err != nil {
		return err
	}
	x.chosen = make(map[string]bool, len(list))
	for _, r := range list {
		x.chosen[r.ID] = true
	}
	x.choice = start.Add(share * x.now().Sub(start))
	return nil
}

// shows reports a run that is to be shown.
func (x *index) shows(id string) bool { return x.choose == nil || x.chosen[id] }

// moving reports a run that must be asked again at each look. A staged one tells by its marker when it goes.
func (x *index) moving(r *record) bool {
	switch r.status {
	case runs.Running:
		return true
	case runs.Staged:
		return !x.marked[r.id]
	}
	return false
}

// list reads the names in the root when it changed, or not lately. It reports whether it did because of the time.
func (x *index) list() (slow bool, err error) {
	now := x.now()
	slow = now.Sub(x.relisted) >= relistEvery
	mtime, err := dirMtime(x.catalog.Root())
	if errors.Is(err, fs.ErrNotExist) {
		clear(x.records)
		return slow, nil
	}
	if err != nil {
		return slow, fmt.Errorf("read the runs root: %w", err)
	}
	if !slow && mtime.Equal(x.rootMtime) {
		return false, nil
	}
	ids, err := x.catalog.IDs()
	if err != nil {
		return slow, err
	}
	if slow {
		x.relisted = now
	}
	x.rootMtime = mtime
	x.listing++
	var added []*record
	for _, id := range ids {
		r := x.records[id]
		if r == nil {
			st, err := os.Stat(x.guildDir(id))
			if err != nil || !st.IsDir() {
				continue // not a run, or gone again
			}
			r = &record{id: id, mtime: st.ModTime()}
			x.records[id] = r
			added = append(added, r)
		}
		r.listed = x.listing
	}
	maps.DeleteFunc(x.records, func(_ string, r *record) bool { return r.listed != x.listing })
	slices.SortFunc(added, func(a, b *record) int { return b.mtime.Compare(a.mtime) })
	for i, r := range added {
		if i == x.newest {
			break
		}
		x.check(r)
		x.date(r)
	}
	return slow, nil
}

// sweep checks runs that nothing else checks, as many as the budget allows: those beyond the newest for the first time, then
// all of them again and again, for a start that no scheduler had a part in.
func (x *index) sweep() {
	if len(x.behind) == 0 {
		x.behind = slices.SortedFunc(maps.Keys(x.records), func(a, b string) int {
			return x.records[b].read.Compare(x.records[a].read) // those never read come last, and so are next
		})
	}
	start := x.now()
	for len(x.behind) > 0 {
		last := len(x.behind) - 1
		r := x.records[x.behind[last]]
		budget := sweepBudget
		if r != nil && r.read.IsZero() {
			budget = readBudget
		}
		if x.now().Sub(start) > budget {
			return
		}
		x.behind = x.behind[:last]
		if r != nil {
			x.check(r)
		}
	}
}

// check reads the record again if its directory changed.
func (x *index) check(r *record) {
	mtime, err := dirMtime(x.guildDir(r.id))
	if errors.Is(err, fs.ErrNotExist) {
		delete(x.records, r.id)
		r.status, r.detail, r.sched = "", nil, nil
		return
	}
	if err != nil {
		return
	}
	// A running one is asked always: its owner can vanish without a trace in the directory.
	if r.status != runs.Running && mtime.Equal(r.mtime) && r.read.Sub(mtime) > settleTime {
		return
	}
	x.load(r, mtime)
}

func (x *index) load(r *record, mtime time.Time) {
	run := x.run(r.id)
	st := run.State()
	first := r.read.IsZero()
	changed := first || !mtime.Equal(r.mtime)
	if changed || st.Status != r.status {
		r.detail = nil
	}
	r.mtime, r.read, r.status, r.reason = mtime, x.now(), st.Status, st.Reason
	if changed && r.sched == nil && (st.Status == runs.Running || r.lost()) {
		r.sched = openScheduler(run)
	}
	r.ended = time.Time{}
	if !first { // it changed a moment ago
		x.date(r)
	}
}

// date finds out when a run ended.
func (x *index) date(r *record) {
	if !r.status.Ended() {
		return
	}
	run := x.run(r.id)
	attrsMtime(&run.View) // asks the file server for the names that another host has just written
	r.ended = run.AttrTime("stopped")
	if r.ended.IsZero() {
		r.ended = r.mtime // a lost one gave its last sign then
	}
}

func (x *index) run(id string) *runs.Run {
	return runs.Named(id, filepath.Join(x.catalog.Root(), id))
}

func (x *index) guildDir(id string) string { return filepath.Join(x.catalog.Root(), id, ".guild") }

// dirMtime opens the directory, which makes an NFS client ask the server for it.
func dirMtime(dir string) (time.Time, error) {
	f, err := os.Open(dir)
	if err != nil {
		return time.Time{}, err
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return time.Time{}, err
	}
	if !st.IsDir() {
		return time.Time{}, fs.ErrNotExist
	}
	return st.ModTime(), nil
}
