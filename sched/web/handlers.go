package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"guild/runs"
	"guild/sched/web/reply"
)

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "status") // relative: a proxy may serve it below another path
		w.WriteHeader(http.StatusFound)
	})
	mux.HandleFunc("/status", func(w http.ResponseWriter, r *http.Request) { file(w, r, "status.html") })
	mux.HandleFunc("/static/{name...}", func(w http.ResponseWriter, r *http.Request) { file(w, r, r.PathValue("name")) })
	mux.HandleFunc("/api/status", s.status)
	mux.HandleFunc("/api/schedulers", s.schedulers)
	mux.HandleFunc("/api/events", s.events)
	mux.HandleFunc("/api/runs", s.matches)
	mux.HandleFunc("/api/compare", s.table)
	mux.HandleFunc("/api/scalars", s.scalars)
	mux.HandleFunc("/api/scalars.csv", s.scalarsCSV)
	mux.HandleFunc("/api/scalars/events", s.scalarEvents)
	mux.HandleFunc("/api/runs/{id}", s.run)
	mux.HandleFunc("/api/runs/{id}/output", s.output)
	mux.HandleFunc("/api/runs/{id}/events", s.outputEvents)
	mux.HandleFunc("/api/runs/{id}/output/search", s.searchOutput)
	mux.HandleFunc("/api/runs/{id}/shown/{path...}", s.shown)
	mux.HandleFunc("/api/runs/{id}/source", s.source)
	if s.acts() {
		mux.HandleFunc(actionPath, s.act)
	}
	mux.HandleFunc("/api/diff", s.diff)
	mux.HandleFunc("/api/studies", s.studies)
	mux.HandleFunc("/api/studies/{id}", s.study)
	mux.HandleFunc("/api/runs/{id}/files", s.files)
	mux.HandleFunc("/api/runs/{id}/files/{path...}", s.content)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		reply.Fail(w, r, http.StatusNotFound, "no such page: the dashboard is at /status")
	})
	return mux
}

// status responds with a Snapshot that is no older than a look.
func (s *Server) status(w http.ResponseWriter, r *http.Request) {
	s.serveFrame(w, r, func(f *frame) []byte { return f.data })
}

// schedulers responds with the Lanes.
func (s *Server) schedulers(w http.ResponseWriter, r *http.Request) {
	s.serveFrame(w, r, func(f *frame) []byte { return f.lanes() })
}

// serveFrame responds with a part of the latest look at the store, or waits for the first look.
func (s *Server) serveFrame(w http.ResponseWriter, r *http.Request, part func(*frame) []byte) {
	ctx, cancel := context.WithTimeout(r.Context(), answerTimeout)
	defer cancel()
	defer s.poller.watch()()
	for {
		f, renewed := s.poller.look()
		if f != nil {
			reply.JSON(w, r, http.StatusOK, part(f))
			return
		}
		select {
		case <-renewed:
		case <-ctx.Done():
			reply.Fail(w, r, http.StatusServiceUnavailable, "the runs root "+s.catalog.Root()+" does not answer")
			return
		}
	}
}

// run responds with the Detail of a run.
func (s *Server) run(w http.ResponseWriter, r *http.Request) {
	if run, ok := s.find(w, r); ok {
		reply.JSON(w, r, http.StatusOK, reply.Encode(s.describe(run.AsView())))
	}
}

func (s *Server) output(w http.ResponseWriter, r *http.Request) {
	run, ok := s.find(w, r)
	if !ok {
		return
	}
	offset, ok := bytesParam(w, r, "offset", latest)
	if !ok {
		return
	}
	limit, ok := bytesParam(w, r, "limit", maxChunk)
	if !ok {
		return
	}
	out, err := (&tail{run: run, next: offset, most: min(limit, maxChunk)}).read()
	switch {
	case errors.Is(err, runs.ErrNotFound):
		reply.Fail(w, r, http.StatusNotFound, err.Error())
	case err != nil:
		reply.Fail(w, r, http.StatusForbidden, err.Error())
	default:
		reply.JSON(w, r, http.StatusOK, reply.Encode(out))
	}
}

// find returns the run whose full id is in the path, or responds with an error.
func (s *Server) find(w http.ResponseWriter, r *http.Request) (*runs.Run, bool) {
	run, err := s.catalog.Get(r.PathValue("id"))
	if err != nil || !s.serves(run.ID) {
		reply.Fail(w, r, http.StatusNotFound, "no run here has this full id: it may have been deleted")
		return nil, false
	}
	return run, true
}

// bytesParam parses a number of bytes in the query.
func bytesParam(w http.ResponseWriter, r *http.Request, name string, otherwise int64) (int64, bool) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return otherwise, true
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		reply.Fail(w, r, http.StatusBadRequest, name+" is a number of bytes from 0 on")
		return 0, false
	}
	return n, true
}
