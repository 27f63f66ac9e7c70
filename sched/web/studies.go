package web

import (
	"cmp"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"guild/runs"
	"guild/runs/catalog"
	"guild/sched/web/reply"
)

// Studies are the batches that a query asks for, also those whose own run is gone: guild deletes that of a grid when it has succeeded, and
// its trials still name it.
type Studies struct {
	Total    int                 `json:"total"`    // batches that the dashboard is about
	Matched  int                 `json:"matched"`  // of which the query asks for so many: one whose own run is gone matches with any of its trials
	Statuses map[runs.Status]int `json:"statuses"` // of those that pass the query's text, whatever statuses it asks for
	Studies  []StudyRow          `json:"studies"`  // the latest started first, as many as the limit allows
}

// StudyRow is a batch in the list of studies.
type StudyRow struct {
	Run
	Gone    bool `json:"gone,omitempty"`    // its own run has been deleted
	Trials  int  `json:"trials"`            // that have been made
	Ended   int  `json:"ended"`             // of these
	Planned int  `json:"planned,omitempty"` // trials in all; 0: not known
}

// batch is a batch with its trials.
type batch struct {
	id     string
	run    *catalog.Snapshot   // nil: it is gone
	trials []*catalog.Snapshot // the first started first
}

// studies answers with the Studies that ?filter=TEXT and ?status=STATUS ask for, as for matches.
func (s *Server) studies(w http.ResponseWriter, r *http.Request) {
	q := readQuery(w, r)
	if q == nil {
		return
	}
	statuses := q.statuses
	q.statuses = nil // those of batches are meant, not those of runs
	matched, _, done := s.match(w, r, q, nil)
	if done == nil {
		return
	}
	defer done()
	passes := make(map[string]bool, len(matched))
	for _, run := range matched {
		passes[run.ID] = true
	}
	out := &Studies{Statuses: map[runs.Status]int{}, Studies: []StudyRow{}}
	all := s.batchesOf(s.snapshots())
	out.Total = len(all)
	for _, b := range all {
		if b.run != nil && !passes[b.id] || b.run == nil && !slices.ContainsFunc(b.trials, func(t *catalog.Snapshot) bool { return passes[t.ID] }) {
			continue
		}
		row := b.row()
		out.Statuses[runs.Status(row.Status)]++
		if len(statuses) > 0 && !slices.Contains(statuses, runs.Status(row.Status)) {
			continue
		}
		if out.Matched++; out.Matched <= q.limit {
			row.Planned = s.plannedOf(b)
			out.Studies = append(out.Studies, row)
		}
	}
	reply.JSONIfNew(w, r, reply.Encode(out))
}

// row is what the list says of a batch, but for how many trials it is to have.
func (b *batch) row() StudyRow {
	row := StudyRow{Run: b.shown(), Gone: b.run == nil, Trials: len(b.trials)}
	for _, t := range b.trials {
		if t.Status().Ended() {
			row.Ended++
		}
	}
	return row
}

// shown is a batch as a run. One that is gone is known by its trials alone.
func (b *batch) shown() Run {
	if b.run != nil {
		st := b.run.State()
		return newRow(b.run.AsView(), st.Status, st.Reason, readDetail(b.run.AsView(), st.Status))
	}
	first, last := b.trials[0], b.trials[len(b.trials)-1]
	row := Run{ID: b.id, ShortID: b.id[:min(8, len(b.id))], Op: first.OpSpec(), Status: string(runs.Completed), Since: sane(first.Started()),
		Stopped: sane(last.AttrTime("stopped"))}
	if slices.ContainsFunc(b.trials, func(t *catalog.Snapshot) bool { return !t.Status().Ended() }) {
		row.Status, row.Stopped = string(runs.Running), time.Time{}
	}
	return row
}

// snapshots are all runs that the dashboard is about, the latest started first.
func (s *Server) snapshots() []*catalog.Snapshot {
	list, err := choose(s.catalog, s.choose)
	if err != nil {
		return nil
	}
	return list
}

// batchesOf finds the batches among runs, the latest started first. The trials of one that is there are those that its directory has links
// to; those of one that is gone name it.
func (s *Server) batchesOf(list []*catalog.Snapshot) []*batch {
	all := make(map[string]*catalog.Snapshot, len(list))
	for _, run := range list {
		all[run.ID] = run
	}
	of := make([]string, len(list))
	runs.Each(len(list), func(i int) { of[i], _ = list[i].AttrString("batch") })
	gone := map[string]*batch{}
	var found []*batch
	for i, run := range list {
		switch id := of[i]; {
		case run.IsBatch():
			found = append(found, &batch{id: run.ID, run: run, trials: trialsOf(run.AsView(), all)})
		case id == "" || all[id] != nil || !runs.IsName(id):
		case gone[id] == nil:
			gone[id] = &batch{id: id, trials: []*catalog.Snapshot{run}}
			found = append(found, gone[id])
		default:
			gone[id].trials = append(gone[id].trials, run)
		}
	}
	for _, b := range gone {
		inOrder(b.trials)
	}
	return found
}

// inOrder sorts runs by when they were started.
func inOrder(list []*catalog.Snapshot) {
	slices.SortFunc(list, func(a, b *catalog.Snapshot) int {
		return cmp.Or(a.Started().Compare(b.Started()), cmp.Compare(a.ID, b.ID))
	})
}

// plannedOf is how many trials a batch is to have in all, 0 if that is not known; never fewer than it has. Of one whose own run is gone,
// its latest trial may tell.
func (s *Server) plannedOf(b *batch) int {
	if s.planned == nil {
		return 0
	}
	id := b.id
	if b.run == nil {
		id = b.trials[len(b.trials)-1].ID
	}
	run, err := s.catalog.Get(id)
	if err != nil {
		return 0
	}
	if n := s.planned(run); n > 0 {
		return max(n, len(b.trials))
	}
	return 0
}

// trialsOf are the runs to which the directory of a batch has links, the first started first.
func trialsOf(batch *runs.View, all map[string]*catalog.Snapshot) []*catalog.Snapshot {
	entries, err := os.ReadDir(batch.Dir)
	if err != nil {
		return nil
	}
	var list []*catalog.Snapshot
	for _, e := range entries {
		if e.Type()&os.ModeSymlink == 0 {
			continue
		}
		// By the name alone, as in links.
		target, err := os.Readlink(filepath.Join(batch.Dir, e.Name()))
		if t := all[filepath.Base(target)]; err == nil && t != nil && t.ID != batch.ID {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b *catalog.Snapshot) int {
		return cmp.Or(a.Started().Compare(b.Started()), cmp.Compare(a.ID, b.ID))
	})
	return slices.CompactFunc(list, func(a, b *catalog.Snapshot) bool { return a.ID == b.ID })
}

// seconds between two times, 0 if one is not known or they are in the wrong order.
func between(from, to time.Time) time.Duration {
	if from.IsZero() || to.Before(from) {
		return 0
	}
	return to.Sub(from)
}
