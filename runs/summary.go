package runs

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"guild/runs/pyyaml"
)

// Summary describes a run to programs. Its JSON form is stable: fields are added, never renamed or removed.
type Summary struct {
	ID         string           `json:"id"`
	ShortID    string           `json:"short_id"`
	Dir        string           `json:"dir"`
	RunDir     string           `json:"run_dir"`   // the same, by the name that Guild AI has for it
	Cmd        []string         `json:"cmd"`       // words of the command that was run; empty while it was not started
	Operation  string           `json:"operation"` // see Run.OpSpec
	Opref      string           `json:"opref"`     // form of package opref
	Status     Status           `json:"status"`
	Reason     string           `json:"reason,omitempty"` // see State
	Started    *int64           `json:"started"`          // microseconds since the epoch
	Stopped    *int64           `json:"stopped"`          // likewise; null while it has not ended
	ExitStatus *int             `json:"exit_status"`      // negative: minus the signal
	Host       string           `json:"host"`
	Label      string           `json:"label"`
	Tags       []string         `json:"tags"`
	Marked     bool             `json:"marked"`
	Flags      map[string]any   `json:"flags"`
	Comments   []SummaryComment `json:"comments"`
}

// SummaryComment is a Comment in a Summary.
type SummaryComment struct {
	Body string `json:"body"`
	User string `json:"user"`
	Host string `json:"host"`
	Time int64  `json:"time"` // microseconds since the epoch
}

// Summary reads the run, whose state the caller has just read.
func (r *View) Summary(state State) Summary {
	exit, stopped := r.ending()
	ref := r.Opref()
	spec, _ := r.specAndDirOf(ref)
	s := Summary{
		ID: r.ID, ShortID: r.ShortID(), Dir: r.Dir, RunDir: r.Dir, Cmd: r.Cmd(),
		Operation: spec, Opref: ref.String(),
		Status: state.Status, Reason: state.Reason,
		Started: microsOrNil(r.Started()), Stopped: microsOrNil(stopped), ExitStatus: exit,
		Host: state.Owner.Host, Label: r.Label(), Tags: r.Tags(), Marked: r.Marked(),
		Flags: map[string]any{}, Comments: []SummaryComment{},
	}
	if s.Host == "" {
		s.Host, _ = r.AttrString("host")
	}
	for name, v := range r.Flags() {
		s.Flags[name] = JSONValue(v)
	}
	for _, c := range r.Comments() {
		s.Comments = append(s.Comments, SummaryComment{Body: c.Body, User: c.User, Host: c.Host, Time: Micros(c.Time)})
	}
	return s
}

func microsOrNil(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	n := Micros(t)
	return &n
}

// Cmd returns the words of the command of the run's process, empty where none are recorded.
func (r *View) Cmd() []string {
	v, _ := r.Attr("cmd")
	list, _ := v.([]any)
	words := make([]string, len(list))
	for i, word := range list {
		words[i] = fmt.Sprint(word)
	}
	return words
}

// JSONValue turns a value of an attribute into one that JSON can express: floats that are not finite become strings. Other floats stay
// floats, 3.0 and not 3, so that programs can tell them from integers.
func JSONValue(v any) any {
	switch v := v.(type) {
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return strconv.FormatFloat(v, 'g', -1, 64)
		}
		return jsonFloat(v)
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, e := range v {
			m[k] = JSONValue(e)
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = JSONValue(e)
		}
		return list
	}
	return v
}

// jsonFloat is a finite float64 whose JSON form always has a point or an exponent.
type jsonFloat float64

// MarshalJSON returns the shortest form that is read as the same float.
func (f jsonFloat) MarshalJSON() ([]byte, error) { return []byte(pyyaml.FormatFloat(float64(f))), nil }
