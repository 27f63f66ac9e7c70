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

// Studies are the batches that a query asks for.
type Studies struct {
	Total    int                 `json:"total"` // these three as in Matches, of batches
	Matched  int                 `json:"matched"`
	Statuses map[runs.Status]int `json:"statuses"`
	Studies  []StudyRow          `json:"studies"` // the latest started first, as many as the limit allows
}

// StudyRow is a batch in the list of studies.
type StudyRow struct {
	Run
	Trials  int `json:"trials"`            // that have been made
	Ended   int `json:"ended"`             // of these
	Planned int `json:"planned,omitempty"` // trials in all; 0: not known
}

// studies answers with the Studies that ?filter=TEXT and ?status=STATUS ask for, as for matches.
func (s *Server) studies(w http.ResponseWriter, r *http.Request) {
	q := readQuery(w, r)
	if q == nil {
		return
	}
	list, m, done := s.match(w, r, q, func(run *catalog.Snapshot) bool { return !run.IsBatch() })
	if done == nil {
		return
	}
	defer done()
	out := &Studies{Total: m.Total, Matched: m.Matched, Statuses: m.Statuses, Studies: []StudyRow{}}
	var all map[string]*catalog.Snapshot
	for _, batch := range list[:min(len(list), q.limit)] {
		if all == nil {
			all = s.snapshots()
		}
		st := batch.State()
		row := StudyRow{Run: newRow(batch.AsView(), st.Status, st.Reason, readDetail(batch.AsView(), st.Status))}
		trials := trialsOf(batch.AsView(), all)
		for _, t := range trials {
			if t.Status().Ended() {
				row.Ended++
			}
		}
		row.Trials = len(trials)
		row.Planned = s.plannedOf(batch.ID, row.Trials)
		out.Studies = append(out.Studies, row)
	}
	reply.JSONIfNew(w, r, reply.Encode(out))
}

// snapshots are all runs that the dashboard is about, by id.
func (s *Server) snapshots() map[string]*catalog.Snapshot {
	list, err := choose(s.catalog, s.choose)
	if err != nil {
		return map[string]*catalog.Snapshot{}
	}
	all := make(map[string]*catalog.Snapshot, len(list))
	for _, run := range list {
		all[run.ID] = run
	}
	return all
}

// plannedOf is how many trials a batch is to have in all, 0 where that is not known; never fewer than it has.
func (s *Server) plannedOf(id string, have int) int {
	if s.planned == nil {
		return 0
	}
	batch, err := s.catalog.Get(id)
	if err != nil {
		return 0
	}
	if n := s.planned(batch); n > 0 {
		return max(n, have)
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

// seconds between two times, 0 where one is not known or they are in the wrong order.
func between(from, to time.Time) time.Duration {
	if from.IsZero() || to.Before(from) {
		return 0
	}
	return to.Sub(from)
}
