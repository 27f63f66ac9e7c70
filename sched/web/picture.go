package web

import (
	"time"

	"guild/runs"
	"guild/runs/catalog"
)

// shown has what the dashboard knows of a run beyond its status.
type shown struct {
	detail *detail // nil until needed
	sched  *scheduler
}

// record is a run of the picture.
type record = catalog.LiveRun[shown]

// picture is the state from which snapshots are built. Only one goroutine may use it at a time.
type picture struct {
	*catalog.Live[shown]

	catalog *catalog.Catalog
	choose  func(*catalog.Catalog) ([]*catalog.Snapshot, error) // nil: all runs are shown
	chosen  map[string]bool
	choice  time.Time // when to choose again
	now     func() time.Time
	listed  []*record // runs in the last snapshot
}

func newPicture(c *catalog.Catalog, choose func(*catalog.Catalog) ([]*catalog.Snapshot, error), now func() time.Time) *picture {
	x := &picture{catalog: c, choose: choose, now: now}
	x.Live = catalog.NewLive[shown](c.Store, func() time.Time { return x.now() })
	x.Loaded = x.loaded
	return x
}

// loaded drops the details of a run that was read again.
func (x *picture) loaded(r *record, changed bool) {
	r.Extra.detail = nil
	if changed && r.Extra.sched == nil && (r.Status == runs.Running || r.Lost) {
		r.Extra.sched = openScheduler(x.Run(r.ID))
	}
}

// refresh reads what may have changed since the last call.
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

// chooseAgain selects the runs to show, for at most a tenth of the time.
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

// shows reports whether a run is to be shown.
func (x *picture) shows(id string) bool { return x.choose == nil || x.chosen[id] }
