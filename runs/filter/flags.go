package filter

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"guild/runs"
	"guild/runs/timerange"
)

// Flags are the filter options of a command, to be embedded in its struct. The tag short2 is a short option of two letters; see
// package grammar.
type Flags struct {
	Expr      string   `name:"filter" short:"F" placeholder:"EXPR" group:"Filters" help:"Runs for which EXPR holds: tests of attributes, flags and scalars such as lr > 0.1, op = train, loss is not undefined, label contains 'a b', status in [error,terminated], started > yesterday, joined by and, or, not and parentheses. The prefixes attr:, flag: and scalar: say what a name is." complete:"filter-name"`
	Operation []string `name:"operation" short2:"Fo" sep:"none" placeholder:"VAL" group:"Filters" help:"Runs of operation VAL: its name, with the model or without, where * and ? stand for other characters, or a regular expression that starts with ^ or ends in $. May be repeated." complete:"run-operation"`
	Label     []string `name:"label" short2:"Fl" sep:"none" placeholder:"VAL" group:"Filters" help:"Runs whose label contains VAL; - for runs without a label. May be repeated." complete:"label"`
	Unlabeled bool     `name:"unlabeled" short2:"Fu" group:"Filters" help:"Runs without a label."`
	Tag       []string `name:"tag" short2:"Ft" sep:"none" placeholder:"TAG" group:"Filters" help:"Runs with the tag TAG. May be repeated." complete:"tag"`
	Comment   []string `name:"comment" short2:"Fc" sep:"none" placeholder:"VAL" group:"Filters" help:"Runs with a comment that contains VAL. May be repeated."`
	Marked    bool     `name:"marked" short2:"Fm" group:"Filters" help:"Marked runs."`
	Unmarked  bool     `name:"unmarked" short2:"Fn" group:"Filters" help:"Runs that are not marked."`
	Started   string   `name:"started" short2:"Fs" placeholder:"RANGE" group:"Filters" help:"Runs started within RANGE: today, this week, '3 days ago', 'last 2 hours', 'after 2026-05-01 14:00', 'before yesterday', 'between 9:00 and 12:30'." complete:"one-of:today,yesterday,this week,last week,this month,last hour,last 2 hours,last 7 days"`
	Digest    string   `name:"digest" short2:"Fd" placeholder:"VAL" group:"Filters" help:"Runs whose source code digest starts with VAL." complete:"digest"`

	Running    bool `name:"running" short2:"Sr" group:"Filters" help:"Runs that are running."`
	Completed  bool `name:"completed" short2:"Sc" group:"Filters" help:"Runs that completed."`
	Error      bool `name:"error" short2:"Se" group:"Filters" help:"Runs that failed."`
	Terminated bool `name:"terminated" short2:"St" group:"Filters" help:"Runs that were stopped."`
	Pending    bool `name:"pending" short2:"Sp" group:"Filters" help:"Runs that are made and not started."`
	Staged     bool `name:"staged" short2:"Ss" group:"Filters" help:"Runs that wait for a scheduler."`

	NotRunning    bool `name:"not-running" group:"Filters" help:"Runs of any other status than running."`
	NotCompleted  bool `name:"not-completed" group:"Filters" help:"Likewise for completed."`
	NotError      bool `name:"not-error" group:"Filters" help:"Likewise for error."`
	NotTerminated bool `name:"not-terminated" group:"Filters" help:"Likewise for terminated."`
	NotPending    bool `name:"not-pending" group:"Filters" help:"Likewise for pending."`
	NotStaged     bool `name:"not-staged" group:"Filters" help:"Likewise for staged."`
}

// Filter returns the filter that the options describe. A run passes if every option matches; of several values of one option, one
// must match.
func (f *Flags) Filter() (*Filter, error) {
	var filter Filter
	if len(f.Operation) > 0 {
		ops, err := operations(f.Operation)
		if err != nil {
			return nil, err
		}
		filter.And(ops)
	}
	if f.Unlabeled && len(f.Label) > 0 {
		return nil, errors.New("--unlabeled and --label exclude each other: give one of them")
	}
	if f.Marked && f.Unmarked {
		return nil, errors.New("--marked and --unmarked exclude each other: give one of them")
	}
	if len(f.Label) > 0 {
		filter.And(func(r *runs.View) bool { return matchLabel(r.Label(), f.Label) })
	}
	if f.Unlabeled {
		filter.And(func(r *runs.View) bool { return r.Label() == "" })
	}
	if len(f.Tag) > 0 {
		filter.And(func(r *runs.View) bool { return matchTags(r.Tags(), f.Tag) })
	}
	if len(f.Comment) > 0 {
		filter.And(func(r *runs.View) bool { return matchComments(r.Comments(), f.Comment) })
	}
	if f.Marked || f.Unmarked {
		filter.And(func(r *runs.View) bool { return r.Marked() == f.Marked })
	}
	if f.Started != "" {
		span, err := timerange.Parse(f.Started, time.Now())
		if err != nil {
			return nil, fmt.Errorf("--started: %w", err)
		}
		filter.And(func(r *runs.View) bool {
			at := r.Started()
			return !at.IsZero() && span.Contains(at)
		})
	}
	if f.Digest != "" {
		filter.And(func(r *runs.View) bool {
			digest, _ := r.AttrString("sourcecode_digest")
			return strings.HasPrefix(digest, f.Digest)
		})
	}
	// The status comes last: for a running run it requires a test of the run's lock.
	if only, not := f.statuses(); only != nil || not != nil {
		filter.And(func(r *runs.View) bool {
			s := r.Status()
			return !not[s] && (only == nil || only[s])
		})
	}
	if f.Expr != "" {
		e, err := ParseExpr(f.Expr, time.Now())
		if err != nil {
			return nil, err
		}
		filter.And(e.Match)
		filter.expr = e
	}
	return &filter, nil
}

// statuses returns the statuses that were asked for, or if there are none, the statuses that were excluded: `--not-error --staged`
// is the same as `--staged`, while `--not-error --not-staged` excludes both.
func (f *Flags) statuses() (only, not map[runs.Status]bool) {
	for _, o := range []struct {
		status   runs.Status
		yes, nay bool
	}{
		{runs.Running, f.Running, f.NotRunning},
		{runs.Completed, f.Completed, f.NotCompleted},
		{runs.Error, f.Error, f.NotError},
		{runs.Terminated, f.Terminated, f.NotTerminated},
		{runs.Pending, f.Pending, f.NotPending},
		{runs.Staged, f.Staged, f.NotStaged},
	} {
		if o.yes {
			only = with(only, o.status)
		}
		if o.nay {
			not = with(not, o.status)
		}
	}
	if only != nil {
		return only, nil
	}
	return nil, not
}

func with(set map[runs.Status]bool, s runs.Status) map[runs.Status]bool {
	if set == nil {
		set = map[runs.Status]bool{}
	}
	set[s] = true
	return set
}
