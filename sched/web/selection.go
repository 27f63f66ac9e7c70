package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/filter"
	"guild/runs/opref"
	"guild/sched/web/reply"
)

// choose asks which runs of the store, as it is now, the dashboard is about, the latest started first. What was read of them is
// saved for others.
func choose(c *catalog.Catalog, among func(*catalog.Catalog) ([]*catalog.Snapshot, error)) ([]*catalog.Snapshot, error) {
	c = c.Fresh()
	list, err := among(c)
	_ = c.Save() // a cache: the answer is as good without
	return list, err
}

func allSnapshots(c *catalog.Catalog) ([]*catalog.Snapshot, error) {
	return filter.Snapshots(c, &filter.Filter{}, nil)
}

// reading waits for its turn to read many runs, which one request at a time does: that bounds the memory. A nil done means that
// the client was answered.
func (s *Server) reading(w http.ResponseWriter, r *http.Request) (done func()) {
	ctx, cancel := context.WithTimeout(r.Context(), answerTimeout)
	defer cancel()
	select {
	case s.readers <- struct{}{}:
		return func() { <-s.readers }
	case <-ctx.Done():
		reply.Fail(w, r, http.StatusServiceUnavailable, "the runs root "+s.catalog.Root()+" does not answer")
		return nil
	}
}

// Matches are the runs that a query asks for.
type Matches struct {
	Total    int                 `json:"total"`    // runs that the dashboard is about
	Matched  int                 `json:"matched"`  // of which the query asks for so many
	Statuses map[runs.Status]int `json:"statuses"` // of those that pass the query's text, whatever statuses it asks for
	Offset   int                 `json:"offset"`   // in the runs that match, of the first one here
	Runs     []Run               `json:"runs"`     // the latest started first, as many as the limit allows
}

const (
	fewRows  = 100
	manyRows = 2000 // in one answer
)

// match reads the query's runs, and what there is to count, when it is its turn. Runs that are left out count nowhere; a nil leftOut
// leaves none out. They may be used until done is called; a nil done
// means that the client was answered.
func (s *Server) match(w http.ResponseWriter, r *http.Request, q *query, leftOut func(*catalog.Snapshot) bool) (list []*catalog.Snapshot, m Matches, done func()) {
	if done = s.reading(w, r); done == nil {
		return nil, m, nil
	}
	all, err := choose(s.catalog, s.choose)
	if err != nil {
		done()
		reply.Fail(w, r, http.StatusInternalServerError, err.Error())
		return nil, m, nil
	}
	if leftOut != nil {
		all = slices.DeleteFunc(slices.Clone(all), leftOut)
	}
	m = Matches{Total: len(all), Statuses: make(map[runs.Status]int), Runs: []Run{}}
	all = filter.Apply(&q.text, all)
	statuses := make([]runs.Status, len(all))
	runs.Each(len(all), func(i int) { statuses[i] = all[i].Status() })
	for i, status := range statuses {
		m.Statuses[status]++
		if len(q.statuses) == 0 || slices.Contains(q.statuses, status) {
			list = append(list, all[i])
		}
	}
	m.Matched = len(list)
	return list, m, done
}

// noExperiment reports a run that is not compared and not drawn: schedulers and the like, whose options would be axes of the chart, and
// batches, unless they were asked for.
func (s *Server) noExperiment(run *catalog.Snapshot) bool {
	return run.Opref().PkgType == opref.Builtin || !s.batches && run.IsBatch()
}

// matches answers with the runs that a query asks for; with ?experiments only those that can be compared.
func (s *Server) matches(w http.ResponseWriter, r *http.Request) {
	q := readQuery(w, r)
	if q == nil {
		return
	}
	var leftOut func(*catalog.Snapshot) bool
	if r.URL.Query().Has("experiments") {
		leftOut = s.noExperiment
	}
	list, m, done := s.match(w, r, q, leftOut)
	if done == nil {
		return
	}
	defer done()
	m.Offset = min(q.offset, len(list))
	for _, run := range list[m.Offset:min(len(list), m.Offset+q.limit)] {
		st := run.State()
		m.Runs = append(m.Runs, newRow(run.AsView(), st.Status, st.Reason, readDetail(run.AsView(), st.Status)))
	}
	reply.JSONIfNew(w, r, reply.Encode(m))
}

// rowsParam reads how many rows are wanted, or from which one on: a number that is at least least. otherwise is for none.
func rowsParam(w http.ResponseWriter, r *http.Request, name string, otherwise, least int) (int, bool) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return otherwise, true
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least {
		reply.Fail(w, r, http.StatusBadRequest, fmt.Sprintf("%s is a number of runs from %d on", name, least))
		return 0, false
	}
	return n, true
}
