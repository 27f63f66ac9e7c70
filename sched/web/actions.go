package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"guild/sched/web/reply"
)

// Action is a change of runs that a user requests on a page.
type Action struct {
	Do    string   `json:"do"`   // one of Actions
	Runs  []string `json:"runs"` // full ids
	Value string   `json:"value,omitempty"`
}

// Actions are the names of the actions. Action.Value is the label (empty: none), the tag, or the text of the comment.
var Actions = []string{"stop", "restage", "label", "tag", "untag", "comment", "mark", "unmark", "trash"}

// Done is the response to an Action: the output of the command of the same name, and its error.
type Done struct {
	Output string `json:"output"`
	Error  string `json:"error,omitempty"`
}

const (
	actionPath    = "/api/actions"
	maxAction     = 256 << 10 // bytes of a request
	maxActionRuns = 2000
)

// acts reports whether pages of the dashboard can change runs. Those of a dashboard that is open to everybody cannot.
func (s *Server) acts() bool { return s.do != nil && s.access != nil }

// act carries out an action for a page. Package access has already authorised the request and checked that it comes from a page of this
// server.
func (s *Server) act(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		reply.Fail(w, r, http.StatusMethodNotAllowed, "actions are sent by POST")
		return
	}
	a, code, err := readAction(w, r)
	if err == nil {
		code, err = http.StatusNotFound, s.knowsAll(a.Runs)
	}
	if err != nil {
		reply.Fail(w, r, code, err.Error())
		return
	}
	// The action goes on if the browser disconnects: nobody could tell how much of it was done.
	output, err := s.do(context.WithoutCancel(r.Context()), a)
	out := Done{Output: output}
	code = http.StatusOK
	if err != nil {
		out.Error, code = err.Error(), http.StatusConflict
	}
	reply.JSON(w, r, code, reply.Encode(out))
}

func readAction(w http.ResponseWriter, r *http.Request) (a Action, code int, err error) {
	if r.Header.Get("Content-Type") != "application/json" {
		return a, http.StatusUnsupportedMediaType, fmt.Errorf("an action is sent as application/json")
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxAction))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil {
		return a, http.StatusBadRequest, fmt.Errorf("read the action: %w", err)
	}
	switch {
	case !slices.Contains(Actions, a.Do):
		return a, http.StatusBadRequest, fmt.Errorf("%q is no action: %q are", a.Do, Actions)
	case len(a.Runs) == 0 || len(a.Runs) > maxActionRuns:
		return a, http.StatusBadRequest, fmt.Errorf("an action is for 1 to %d runs, and not for %d", maxActionRuns, len(a.Runs))
	case a.Value == "" && slices.Contains([]string{"tag", "untag", "comment"}, a.Do):
		return a, http.StatusBadRequest, fmt.Errorf("%s needs a text", a.Do)
	}
	return a, 0, nil
}

// knowsAll returns an error if one of the runs is not shown by the dashboard; then nothing is done to any of them.
func (s *Server) knowsAll(ids []string) error {
	for _, id := range ids {
		if run, err := s.catalog.Get(id); err != nil || run.ID != id || !s.serves(id) {
			return fmt.Errorf("no run here has the full id %.40q: it may have been deleted; nothing was done", id)
		}
	}
	return nil
}
