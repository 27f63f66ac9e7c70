package web

import (
	"time"

	"guild/runs"
	"guild/runs/catalog"
)

// shown is what the dashboard knows of a run beyond its status.
type shown struct {
	detail *detail // nil if nobody has needed it
	sched  *scheduler
}

// record is a run in the picture.
type record = catalog.LiveRun[shown]

// picture is what snapshots are made of. One goroutine at a time uses it.
type picture struct {
	*catalog.Live[shown]

	catalog *catalog.Catalog
	choose  func(*catalog.Catalog) ([]*catalog.Snapshot, error) // nil: all runs are chosen
	chosen  map[string]bool
	choice  time.Time // when to choose again
	now     func() time.Time
	listed  []*record // runs in the lists of the last snapshot
}

func newPicture(c *catalog.Catalog, choose func(*catalog.Catalog) ([]*catalog.Snapshot, error), now func() time.Time) *picture {
	x := &picture{catalog: c, choose: choose, now: now}
	x.Live = catalog.NewLive[shown](c.Store, func() time.Time { return x.now() })
	x.Loaded = x.loaded
	return x
}

// loaded forgets what was known of a run that has changed.
func (x *picture) loaded(r *record, changed bool) {
	r.Extra.detail = nil
	if changed && r.Extra.sched == nil && (r.Status == runs.Running || r.Lost) {
		r.Extra.sched = openScheduler(x.Run(r.ID))
	}
}

// refresh looks at what can have changed since the last call.
func (x *picture) refresh() error {
	slow, err := x.Refresh()
	if err != nil {
		return err
	}
	x.readSchedulers()
	if slow {
		for _, r := range x.listed {
			x.Check(r)
			x.checkAttrs(r)
		}
	}
	x.Sweep()
	return x.chooseAgain()
}

// chooseAgain finds out which of the runs are to be shown, as often as that takes a small part of the time.
func (x *picture) chooseAgain() error {
	const share = 10
	start := x.now()
	if x.choose == nil || start.Before(x.choice) {
		return nil
	}
	list, err := choose(x.catalog, x.choose)
	if err != nil {
		return err
	}
	x.chosen = idSet(list)
	x.choice = start.Add(share * x.now().Sub(start))
	return nil
}

// shows reports a run that is to be shown.
func (x *picture) shows(id string) bool { return x.choose == nil || x.chosen[id] }
