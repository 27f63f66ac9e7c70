package web

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/compare"
	"guild/runs/natural"
	"guild/runs/pyyaml"
	"guild/runs/values"
	"guild/sched/web/reply"
	"guild/sched/web/study"
)

// Study is the progress and result of a batch.
type Study struct {
	Run
	Gone       bool                `json:"gone,omitempty"` // the batch's own run has been deleted
	Now        time.Time           `json:"now"`
	Planned    int                 `json:"planned,omitempty"`
	Statuses   map[runs.Status]int `json:"statuses"`            // of trials
	Expected   time.Time           `json:"expected,omitzero"`   // when the last trial is likely to end; zero: cannot be estimated
	Objectives []string            `json:"objectives"`          // columns to choose from: the optimizer's objective, then the scalars of the trials
	Objective  *Objective          `json:"objective,omitempty"` // nil: there are no scalars
	Second     *Objective          `json:"second,omitempty"`
	Flags      []StudyFlag         `json:"flags"`            // flags that differ among the trials
	Best       int                 `json:"best"`             // index in Trials; -1: none has completed with a result
	Trials     []Trial             `json:"trials"`           // in the order of starting
	More       int                 `json:"more,omitempty"`   // number of trials left out: the latest ones
	Filter     string              `json:"filter,omitempty"` // expression that selects the trials; empty: there is none
}

// Objective is a column, in the notation of guild compare, and its goal.
type Objective struct {
	Name string     `json:"name"`
	Goal study.Goal `json:"goal"`
}

// StudyFlag is a flag that differs among the trials.
type StudyFlag struct {
	Name    string   `json:"name"`
	Numeric bool     `json:"numeric,omitempty"` // all values are numbers
	Share   *float64 `json:"share"`             // of the variance of the objective that it explains, see study.Importance; null: unknown
}

// Trial is a run of a batch.
type Trial struct {
	Run
	Values []*string `json:"values"`          // of Study.Flags; null if the trial lacks the flag
	Result *float64  `json:"result"`          // of the objective; null if not finite
	Second *float64  `json:"second"`          // of the second objective
	Best   bool      `json:"best,omitempty"`  // better than all trials before it
	Front  bool      `json:"front,omitempty"` // no other trial is better in one objective and as good in the other
}

// maxTrials is the most trials in one response.
const maxTrials = 5000

// study responds with the Study of a batch: ?objective=COLUMN with ?goal=min or max, and ?second=COLUMN with ?second-goal=.
func (s *Server) study(w http.ResponseWriter, r *http.Request) {
	done := s.reading(w, r)
	if done == nil {
		return
	}
	defer done()
	all := s.batchesOf(s.snapshots())
	i := slices.IndexFunc(all, func(b *batch) bool { return b.id == r.PathValue("id") })
	if i < 0 {
		reply.Fail(w, r, http.StatusNotFound, "no batch here has this full id: it may have been deleted")
		return
	}
	b := all[i]
	trials := b.trials
	out := &Study{Run: b.shown(), Gone: b.run == nil, Now: s.clock.now(), Planned: s.plannedOf(b), Statuses: map[runs.Status]int{},
		More: max(0, len(trials)-maxTrials)}
	trials = trials[:len(trials)-out.More]
	read := make([]*values.Values, len(trials))
	runs.Each(len(trials), func(i int) {
		read[i] = values.Of(trials[i])
		read[i].Scalars() // reads them, which takes time
	})
	params := r.URL.Query()
	var meant *Objective
	if b.run != nil {
		meant = meantObjective(b.run.AsView())
	}
	out.Objectives = objectives(meant, read)
	first, err := chosenObjective(params.Get("objective"), params.Get("goal"), meant, out.Objectives)
	if err != nil {
		failObjective(w, r, "objective", err)
		return
	}
	second, err := chosenObjective(params.Get("second"), params.Get("second-goal"), nil, nil)
	if err != nil {
		failObjective(w, r, "second", err)
		return
	}
	out.Objective, out.Second = first.shown(), second.shown()
	if !slices.ContainsFunc(trials, func(t *catalog.Snapshot) bool { id, _ := t.AttrString("batch"); return id != b.id }) {
		out.Filter = "attr:batch = '" + b.id + "'"
	}
	out.fill(trials, read, first, second)
	reply.JSONIfNew(w, r, reply.Encode(out))
}

func failObjective(w http.ResponseWriter, r *http.Request, param string, err error) {
	var syntax *compare.SyntaxError
	if errors.As(err, &syntax) {
		failSyntax(w, r, param, syntax.Text, err)
		return
	}
	reply.Fail(w, r, http.StatusBadRequest, err.Error())
}

// objective is an Objective with its column. Nil is none.
type objective struct {
	Objective
	column compare.Column
}

func (o *objective) shown() *Objective {
	if o == nil {
		return nil
	}
	return &o.Objective
}

// of returns the objective of a run; NaN if it has none that is finite.
func (o *objective) of(v *values.Values) float64 {
	if o == nil {
		return math.NaN()
	}
	n, ok := pyyaml.Number(o.column.Of(v))
	if !ok || math.IsInf(n, 0) {
		return math.NaN()
	}
	return n
}

// meantObjective returns the objective of a batch's optimizer; nil if it names none.
func meantObjective(batch *runs.View) *Objective {
	text, _ := batch.AttrString("objective")
	name, negative := strings.CutPrefix(text, "-")
	switch {
	case name == "":
		return nil
	case negative:
		return &Objective{name, study.Max}
	}
	return &Objective{name, study.Min}
}

// stepScalar is a counter that many programs log beside their results; it is not an objective.
const stepScalar = "step"

// objectives returns the columns to choose from.
func objectives(meant *Objective, read []*values.Values) []string {
	list := []string{}
	if meant != nil {
		list = append(list, meant.Name)
	}
	found := map[string]bool{}
	for _, v := range read {
		for _, s := range v.Scalars() {
			if !s.IsSystem() && s.Key() != stepScalar {
				found[s.Key()] = true
			}
		}
	}
	names := slices.SortedFunc(maps.Keys(found), natural.Compare)
	for _, name := range names[:min(len(names), maxScalars)] {
		if name = columnName(name); !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// columnName returns the name of a scalar, quoted if compare.Parse needs that.
func columnName(key string) string {
	if columns, err := compare.Parse(key); err == nil && len(columns) == 1 && columns[0].Kind() == compare.Scalar {
		if name, plain := columns[0].Plain(); plain && name == key {
			return key
		}
	}
	if strings.Contains(key, "'") {
		return `"` + key + `"`
	}
	return "'" + key + "'"
}

const defaultObjective = "loss" // of an optimizer without another one

// chosenObjective returns the objective that the client asks for; otherwise the optimizer's, or the minimum of loss or of the first scalar.
func chosenObjective(name, goal string, meant *Objective, among []string) (*objective, error) {
	if goal != "" && goal != string(study.Min) && goal != string(study.Max) {
		return nil, errors.New("goal is min or max")
	}
	var o Objective
	switch {
	case name != "":
		o = Objective{name, study.Min}
		if meant != nil && meant.Name == name {
			o = *meant
		}
	case meant != nil:
		o = *meant
	case slices.Contains(among, defaultObjective):
		o = Objective{defaultObjective, study.Min}
	case len(among) > 0:
		o = Objective{among[0], study.Min}
	default:
		return nil, nil
	}
	if goal != "" {
		o.Goal = study.Goal(goal)
	}
	columns, err := compare.Parse(o.Name)
	if err != nil {
		return nil, err
	}
	if len(columns) != 1 {
		return nil, fmt.Errorf("an objective is one column, not %d", len(columns))
	}
	return &objective{o, columns[0]}, nil
}

// fill computes the rest of the study from the trials. As for optimizers, only completed trials have a result.
func (out *Study) fill(trials []*catalog.Snapshot, read []*values.Values, first, second *objective) {
	flags := differing(read)
	out.Flags, out.Trials, out.Best = []StudyFlag{}, []Trial{}, -1
	results, seconds := make([]float64, len(trials)), make([]float64, len(trials))
	progress := study.Progress{Left: max(0, out.Planned-len(trials)-out.More)}
	for i, run := range trials {
		st := run.State()
		out.Statuses[st.Status]++
		t := Trial{Run: newRow(run.AsView(), st.Status, st.Reason, readDetail(run.AsView(), st.Status))}
		results[i], seconds[i] = math.NaN(), math.NaN()
		switch {
		case st.Status == runs.Completed:
			results[i], seconds[i] = first.of(read[i]), second.of(read[i])
			if t.Seconds > 0 {
				progress.Took = append(progress.Took, between(t.Since, t.Stopped))
			}
		case st.Status == runs.Running:
			progress.Running = append(progress.Running, t.Since)
		case !st.Status.Ended():
			progress.Left++
		}
		t.Result, t.Second = finite(results[i]), finite(seconds[i])
		for _, name := range flags {
			t.Values = append(t.Values, flagText(read[i], name))
		}
		out.Trials = append(out.Trials, t)
	}
	if first != nil {
		best := study.BestSoFar(results, first.Goal)
		for i, at := range best {
			out.Trials[i].Best = at == i
			out.Best = at
		}
	}
	if first != nil && second != nil {
		for i, on := range study.Front(results, seconds, first.Goal, second.Goal) {
			out.Trials[i].Front = on
		}
	}
	for _, name := range flags {
		out.Flags = append(out.Flags, studyFlag(name, read, results))
	}
	if end, ok := progress.End(out.Now); ok && out.Status == string(runs.Running) || ok && progress.Left == 0 {
		out.Expected = end
	}
}

// differing returns the names of flags that differ among the trials.
func differing(read []*values.Values) []string {
	first, differ := map[string]string{}, map[string]bool{}
	for i, v := range read {
		flags := v.Flags()
		for name, value := range flags {
			text := valueText(value)
			if before, had := first[name]; had && before != text || !had && i > 0 {
				differ[name] = true
			} else {
				first[name] = text
			}
		}
		for name := range first {
			if _, has := flags[name]; !has {
				differ[name] = true
			}
		}
	}
	return slices.SortedFunc(maps.Keys(differ), natural.Compare)
}

// flagText returns the value of a flag as YAML; nil if the run has no such flag.
func flagText(v *values.Values, name string) *string {
	value, has := v.Flags()[name]
	if !has {
		return nil
	}
	text := valueText(value)
	return &text
}

func studyFlag(name string, read []*values.Values, results []float64) StudyFlag {
	f := StudyFlag{Name: name, Numeric: true}
	levels := make([]study.Level, len(read))
	for i, v := range read {
		value, has := v.Flags()[name]
		if !has { // not counted as a value: the flag was added later
			f.Numeric = false
			continue
		}
		levels[i].Text = valueText(value)
		if levels[i].Number, levels[i].Numeric = pyyaml.Number(value); !levels[i].Numeric {
			f.Numeric = false
		}
	}
	if share, ok := study.Importance(levels, results); ok {
		f.Share = &share
	}
	return f
}
