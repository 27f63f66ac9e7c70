package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"guild/runs"
	"guild/runs/filter"
)

// selected are the runs that this dashboard is about, the latest started first. What is learnt of them is saved for others.
func (s *Server) selected() ([]*runs.Run, error) {
	store := s.store.Fresh()
	list, err := s.choose(store)
	_ = store.SaveIndex() // a cache: the answer is as good without
	return list, err
}

func surveyAll(store *runs.Store) ([]*runs.Run, error) {
	return filter.Survey(store, &filter.Filter{}, nil)
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
		fail(w, r, http.StatusServiceUnavailable, "the runs root "+s.store.Root()+" does not answer")
		return nil
	}
}

// Matches are the runs that a query asks for.
type Matches struct {
	Total    int                 `json:"total"`    // runs that the dashboard is about
	Matched  int                 `json:"matched"`  // of which the query asks for so many
	Statuses map[runs.Status]int `json:"statuses"` // of those that pass the query's text, whatever statuses it asks for
	Runs     []Run               `json:"runs"`     // the latest started, as many as the limit allows
}

const (
	fewRows  = 100
	manyRows = 2000
)

// match reads the query's runs, and what there is to count.
func (s *Server) match(q *query) ([]*runs.Run, Matches, error) {
	all, err := s.selected()
	if err != nil {
		return nil, Matches{}, err
	}
	m := Matches{Total: len(all), Statuses: make(map[runs.Status]int), Runs: []Run{}}
	all = q.text.Apply(all)
	statuses := make([]runs.Status, len(all))
	runs.Each(len(all), func(i int) { statuses[i] = all[i].Status() })
	for _, status := range statuses {
		m.Statuses[status]++
	}
	list := q.statuses.Apply(all)
	m.Matched = len(list)
	return list, m, nil
}

// matches answers with the runs that a query asks for.
func (s *Server) matches(w http.ResponseWriter, r *http.Request) {
	q := readQuery(w, r)
	if q == nil {
		return
	}
	limit, ok := limitParam(w, r)
	if !ok {
		return
	}
	done := s.reading(w, r)
	if done == nil {
		return
	}
	defer done()
	list, m, err := s.match(q)
	if err != nil {
		fail(w, r, http.StatusInternalServerError, err.Error())
		return
	}
	for _, run := range list[:min(len(list), limit)] {
		st := run.State()
		m.Runs = append(m.Runs, newRow(run, st.Status, st.Reason, readDetail(run, st.Status)))
	}
	answerIfNew(w, r, encode(m))
}

// limitParam reads how many rows are wanted.
func limitParam(w http.ResponseWriter, r *http.Request) (int, bool) {
	text := r.URL.Query().Get("limit")
	if text == "" {
		return fewRows, true
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		fail(w, r, http.StatusBadRequest, "limit is a number of runs from 1 on")
		return 0, false
	}
	return min(n, manyRows), true
}

// answerIfNew answers with 304 where the client has the very same already.
func answerIfNew(w http.ResponseWriter, r *http.Request, data []byte) {
	tag := etag(data)
	w.Header().Set("ETag", tag)
	if slices.Contains(r.Header.Values("If-None-Match"), tag) {
		deadline(w)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	answer(w, r, http.StatusOK, data)
}
