package steps

import (
	"context"
	"fmt"
	"slices"

	"guild/proc"
	"guild/proc/pool"
	"guild/runs"
)

// parallelSteps hands out steps that are run several at a time, each when the steps that it comes after have ended. It implements
// pool.Work.
type parallelSteps struct {
	*Steps
	ctx context.Context
}

// Next makes the run of the next step and returns its lock.
func (p *parallelSteps) Next() (*runs.Lock, error) {
	for _, st := range p.steps {
		if p.ctx.Err() != nil {
			return nil, stopped(p.ctx)
		}
		if st.id != "" || slices.ContainsFunc(st.after, func(o *step) bool { return !o.ended }) {
			continue
		}
		if err := p.start(p.ctx, st, hold); err != nil {
			return nil, err
		}
		if st.ran {
			return p.own(st)
		}
		st.ended = true
		if err := p.check(st); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// own takes ownership of the run of a step.
func (p *parallelSteps) own(st *step) (*runs.Lock, error) {
	lock, claim, err := p.Store.Own(p.run(st.id))
	if err != nil {
		return nil, fmt.Errorf("start step %s: %w", st.Name, err)
	}
	if err := p.Store.DropClaim(claim); err != nil {
		lock.Close()
		return nil, err
	}
	return lock, nil
}

// Ended checks the run of a step that has ended.
func (p *parallelSteps) Ended(r *runs.Run, end pool.End) error {
	st := p.steps[slices.IndexFunc(p.steps, func(st *step) bool { return st.ran && st.id == r.ID })]
	st.ended = true
	switch {
	case end.Err != "":
		p.log("ERROR", "step %s: %s", st.Name, end.Err)
		return Failed{Exit: max(end.Exit, 1)}
	case end.Exit != 0:
		return Failed{Exit: proc.ExitCode(end.Exit)}
	}
	return p.check(st)
}

// Stop returns the runs under way. Next returns no more, since the context has ended.
func (p *parallelSteps) Stop() []*runs.Run {
	var list []*runs.Run
	for _, st := range p.steps {
		if st.ran && !st.ended {
			list = append(list, p.run(st.id))
		}
	}
	return list
}
