package cmd

import (
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/sched/state"
)

// reasons determines why runs wait. It reads the published states of the schedulers on first use.
type reasons struct {
	catalog *catalog.Catalog
	read    bool
	live    []*state.State
}

// of returns the reason why a run waits; empty for a run that does not wait.
func (w *reasons) of(r *runs.Run, status runs.Status) string {
	if status == runs.Pending {
		return state.WhyWaits(w.catalog.Store, r)
	}
	if status != runs.Staged {
		return ""
	}
	if !w.read {
		w.read = true
		running, _ := w.catalog.Snapshots(func(s *catalog.Snapshot) bool { return s.Status() == runs.Running })
		list := make([]*runs.Run, len(running))
		for i, s := range running {
			list[i] = s.AsView().Run()
		}
		w.live = state.Of(list)
	}
	return state.Why(w.live, r)
}

// short returns a reason for a line of a listing.
func short(reason string) string {
	const most = 60 // characters
	if text := []rune(console.OneLine(reason)); len(text) > most {
		return string(text[:most-3]) + "..."
	}
	return console.OneLine(reason)
}
