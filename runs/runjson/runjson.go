// Package runjson defines the JSON form of runs and of their values, for programs. It is stable: fields are added, never renamed or
// removed.
package runjson

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"guild/runs"
	"guild/runs/pyyaml"
)

// Run describes a run.
type Run struct {
	ID         string         `json:"id"`
	ShortID    string         `json:"short_id"`
	Dir        string         `json:"dir"`
	RunDir     string         `json:"run_dir"`   // the same, under the name that Guild AI uses
	Cmd        []string       `json:"cmd"`       // words of the command; empty before the run was started
	Operation  string         `json:"operation"` // see Run.OpSpec
	Opref      string         `json:"opref"`     // form of package opref
	Status     runs.Status    `json:"status"`
	Reason     string         `json:"reason,omitempty"` // see State
	Started    *int64         `json:"started"`          // microseconds since the epoch
	Stopped    *int64         `json:"stopped"`          // microseconds since the epoch; null while it has not ended
	ExitStatus *int           `json:"exit_status"`      // negative: minus the signal
	Host       string         `json:"host"`
	Label      string         `json:"label"`
	Tags       []string       `json:"tags"`
	Marked     bool           `json:"marked"`
	Flags      map[string]any `json:"flags"`
	Comments   []Comment      `json:"comments"`
}

// Comment is a comment on a run.
type Comment struct {
	Body string `json:"body"`
	User string `json:"user"`
	Host string `json:"host"`
	Time int64  `json:"time"` // microseconds since the epoch
}

// Of returns the JSON form of a run, whose state the caller has just read.
func Of(v runs.Viewer, state runs.State) Run {
	r := v.AsView()
	var exit *int
	outcome, ended := r.Outcome()
	if ended {
		exit = &outcome.Exit
	}
	s := Run{
		ID: r.ID, ShortID: r.ShortID(), Dir: r.Dir, RunDir: r.Dir, Cmd: Command(r),
		Operation: r.OpSpec(), Opref: r.Opref().String(),
		Status: state.Status, Reason: state.Reason,
		Started: microsOrNil(r.Started()), Stopped: microsOrNil(outcome.Stopped), ExitStatus: exit,
		Host: state.Owner.Host, Label: r.Label(), Tags: r.Tags(), Marked: r.Marked(),
		Flags: map[string]any{}, Comments: []Comment{},
	}
	if s.Host == "" {
		s.Host, _ = r.AttrString("host")
	}
	for name, v := range r.Flags() {
		s.Flags[name] = Value(v)
	}
	for _, c := range r.Comments() {
		s.Comments = append(s.Comments, Comment{Body: c.Body, User: c.User, Host: c.Host, Time: runs.Micros(c.Time)})
	}
	return s
}

func microsOrNil(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	n := runs.Micros(t)
	return &n
}

// Command returns the words of the command of the run's process, empty where none are recorded.
func Command(r *runs.View) []string {
	v, _ := r.Attr("cmd")
	list, _ := v.([]any)
	words := make([]string, len(list))
	for i, word := range list {
		words[i] = fmt.Sprint(word)
	}
	return words
}

// Value turns a value of an attribute into one that JSON can express: floats that are not finite become strings. Other floats stay
// floats, 3.0 and not 3, so that programs can tell them from integers.
func Value(v any) any {
	switch v := v.(type) {
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return strconv.FormatFloat(v, 'g', -1, 64)
		}
		return jsonFloat(v)
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, e := range v {
			m[k] = Value(e)
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = Value(e)
		}
		return list
	}
	return v
}

// jsonFloat is a finite float64 whose JSON form always has a point or an exponent.
type jsonFloat float64

// MarshalJSON returns the shortest form that is read as the same float.
func (f jsonFloat) MarshalJSON() ([]byte, error) { return []byte(pyyaml.FormatFloat(float64(f))), nil }
