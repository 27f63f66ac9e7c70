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

// Studies are the batches that match a query, including those whose own run is gone: guild deletes the run of a successful grid search,
// whose trials still name it.
type Studies struct {
	Total    int                 `json:"total"`    // batches of the dashboard
	Matched  int                 `json:"matched"`  // batches that match the query; one whose own run is gone matches if one of its trials does
	Statuses map[runs.Status]int `json:"statuses"` // of the batches that pass the query's text, with any status
	Studies  []StudyRow          `json:"studies"`  // latest started first, at most the limit
}

// StudyRow is a batch in the list of studies.
type StudyRow struct {
	Run
	Gone    bool `json:"gone,omitempty"`    // its own run has been deleted
	Trials  int  `json:"trials"`            // number of trials so far
	Ended   int  `json:"ended"`             // number of ended trials
	Planned int  `json:"planned,omitempty"` // number of trials in all; 0: unknown
}

// batch is a batch with its trials.
type batch struct {
	id     string
	run    *catalog.Snapshot   // nil: it has been deleted
	trials []*catalog.Snapshot // first started first
}

// studies responds with the Studies for ?filter=TEXT and ?status=STATUS, see matches.
func (s *Server) studies(w http.ResponseWriter, r *http.Request) {
	q := readQuery(w, r)
	if q == nil {
		return
	}
	statuses := q.statuses
	q.statuses = nil // statuses are applied to batches below, not to runs
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

// row returns the batch's row in the list, without the number of planned trials.
func (b *batch) row() StudyRow {
	row := StudyRow{Run: b.shown(), Gone: b.run == nil, Trials: len(b.trials)}
	for _, t := range b.trials {
		if t.Status().Ended() {
			row.Ended++
		}
	}
	return row
}

// shown returns the batch as a run. If its own run is gone, it is built from the trials.
func (b *batch) shown() Run {
	if b.run != nil {
		st := b.run.State()
		return newRow(b.run.AsView(), st.Status, st.Reason, readDetail(b.run.AsView(), st.Status))
	}
	first, last := b.trials[0], b.trials[len(b.trials)-1]
	row := Run{ID: b.id, ShortID: b.id[:min(8, len(b.id))], Op: first.OpSpec(), Status: string(runs.Completed), Since: jsonTime(first.Started()),
		Stopped: jsonTime(last.AttrTime("stopped"))}
	if slices.ContainsFunc(b.trials, func(t *catalog.Snapshot) bool { return !t.Status().Ended() }) {
		row.Status, row.Stopped = string(runs.Running), time.Time{}
	}
	return row
}

// snapshots returns all runs of the dashboard, latest started first.
func (s *Server) snapshots() []*catalog.Snapshot {
	list, err := choose(s.catalog, s.choose)
	if err != nil {
		return nil
	}
	return list
}

// batchesOf returns the batches among runs, latest started first. The directory of a batch has links to its trials; the trials of a deleted
// batch name it.
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

// inOrder sorts runs by start.
func inOrder(list []*catalog.Snapshot) {
	slices.SortFunc(list, func(a, b *catalog.Snapshot) int {
		return cmp.Or(a.Started().Compare(b.Started()), cmp.Compare(a.ID, b.ID))
	})
}

// plannedOf returns the number of trials of a batch in all, at least as many as it has; 0 if unknown. If the batch's own run is gone, its
// latest trial may have the number.
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

// trialsOf returns the runs to which a batch's directory has links, first started first.
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
		// Only the name counts, see links.
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

// between returns the duration between two times; 0 if from is unknown or they are in the wrong order.
func between(from, to time.Time) time.Duration {
	if from.IsZero() || to.Before(from) {
		return 0
	}
	return to.Sub(from)
}
