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

// choose returns the runs that the dashboard shows, from the current state of the store, latest started first. It saves what it has read in
// the cache.
func choose(c *catalog.Catalog, among func(*catalog.Catalog) ([]*catalog.Snapshot, error)) ([]*catalog.Snapshot, error) {
	c = c.Fresh()
	list, err := among(c)
	_ = c.Save() // only a cache: an error does not matter
	return list, err
}

func allSnapshots(c *catalog.Catalog) ([]*catalog.Snapshot, error) {
	return filter.Snapshots(c, &filter.Filter{}, nil)
}

// reading waits until this request may read many runs. Only one request may do so at a time, which limits memory. A nil done means that the
// client has got a response.
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

// Matches are the runs that match a query.
type Matches struct {
	Total    int                 `json:"total"`    // runs of the dashboard
	Matched  int                 `json:"matched"`  // runs that match the query
	Statuses map[runs.Status]int `json:"statuses"` // of the runs that pass the query's text, with any status
	Offset   int                 `json:"offset"`   // index of the first row among the matching runs
	Runs     []Run               `json:"runs"`     // latest started first, at most the limit
}

const (
	fewRows  = 100
	manyRows = 2000 // most in one response
)

// match waits for its turn, see reading, and returns the runs of a query and their counts. Runs for which leftOut returns true are not
// counted at all; leftOut may be nil. The runs may be used until done is called; a nil done means that the client has got a response.
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

// noExperiment reports whether a run is left out of comparisons and charts: schedulers and the like, whose options would be axes of the
// chart, and batches, unless Config.Batches is set.
func (s *Server) noExperiment(run *catalog.Snapshot) bool {
	return run.Opref().PkgType == opref.Builtin || !s.batches && run.IsBatch()
}

// matches responds with the runs of a query; with ?experiments only those that can be compared.
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

// rowsParam parses a number of rows or an index of a row, which is at least least. otherwise is the default.
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
