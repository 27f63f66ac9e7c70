package proc

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"

	"guild/opdef"
	"guild/proc/recipe"
	"guild/runs"
	"guild/runs/catalog"
)

// Trials hands out the trials of a batch to whoever runs them, in order.
type Trials struct {
	batch  *Batch
	plan   *plan
	proto  *runs.Run
	recipe *recipe.Recipe
	opspec string // of the trials

	template *runs.Template // of them, made of the prototype

	search  *searcher      // of a sequential optimizer
	values  []opdef.Values // of the trials that are known ahead
	pending []*runs.Run    // made of them, still to be run

	mu      sync.Mutex
	stopped bool
	running []*runs.Run
}

// Stop says that no more trials are to be started, and returns those under way.
func (t *Trials) Stop() []*runs.Run {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.stopped {
		for _, r := range t.running {
			t.batch.log("INFO", "Stopping trial %s", r.ID)
		}
	}
	t.stopped = true
	return slices.Clone(t.running)
}

func (t *Trials) isStopped() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.stopped
}

// start takes note of a trial that is about to be started. It must not be where the batch was told to stop meanwhile.
func (t *Trials) start(r *runs.Run) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.stopped {
		t.running = append(t.running, r)
	}
	return !t.stopped
}

// draft makes a run out of the prototype, and the link to it.
func (t *Trials) draft(vals opdef.Values) (*runs.Draft, error) {
	d, err := t.batch.Store.Draft("")
	if err != nil {
		return nil, err
	}
	if err := t.fill(d, vals); err != nil {
		d.Discard()
		return nil, err
	}
	return d, nil
}

func (t *Trials) fill(d *runs.Draft, vals opdef.Values) error {
	if err := t.template.Fill(d); err != nil {
		return err
	}
	err := d.SetAttrs(map[string]any{
		"flags":   map[string]any(vals),
		attrBatch: t.batch.Run.ID,
	})
	if err != nil {
		return err
	}
	if err := d.SetLabel(opdef.Label(t.recipe.LabelTemplate, vals)); err != nil {
		return err
	}
	if err := linkTo(d.FinalDir(), t.batch.Run, t.batch.Run.Path(d.ID())); err != nil {
		return fmt.Errorf("link a trial: %w", err)
	}
	return nil
}

// stage leaves all trials to schedulers.
func (t *Trials) stage() error {
	had, err := t.earlier()
	if err != nil {
		return err
	}
	for _, vals := range t.values {
		var r *runs.Run
		if r, had = unused(had, vals); r != nil && t.isSettled(r) {
			if err := t.keep(r); err != nil {
				return err
			}
			continue
		}
		d, err := t.draft(vals)
		if err != nil {
			return err
		}
		t.batch.log("INFO", "Staging trial %s: %s", d.ID(), Describe(t.opspec, vals))
		if _, err := t.batch.Store.CommitStaged(d); err != nil {
			return err
		}
	}
	return nil
}

// prepare makes all trials that are known ahead, so that those which a batch that ends early has not started can be started by
// hand. A batch that is to run only what is needed keeps the trials that have completed or are under way, and runs the others again.
func (t *Trials) prepare() error {
	had, err := t.earlier()
	if err != nil {
		return err
	}
	for _, vals := range t.values {
		if t.isStopped() {
			break
		}
		var r *runs.Run
		if r, had = unused(had, vals); r == nil {
			d, err := t.draft(vals)
			if err != nil {
				return err
			}
			if r, err = d.Commit(runs.Pending); err != nil {
				return err
			}
		}
		if t.plan.is("needed") && t.isSettled(r) {
			if err := t.keep(r); err != nil {
				return err
			}
			continue
		}
		t.pending = append(t.pending, r)
	}
	return nil
}

// isSettled tells, and says, that a trial has completed or will without the batch.
func (t *Trials) isSettled(r *runs.Run) bool {
	switch s := r.Status(); s {
	case runs.Completed:
		t.batch.log("INFO", "Trial %s is not needed: %s has completed", r.ID, Describe(t.opspec, r.Flags()))
	case runs.Running, runs.Staged:
		t.batch.log("INFO", "Trial %s is not needed: %s is %s", r.ID, Describe(t.opspec, r.Flags()), s)
	default:
		return false
	}
	return true
}

// earlier are the runs that a batch need not make anew which is to run only what is needed: its trials of an earlier start,
// completed ones first, and then runs of other starts of the operation that have completed or will. To those it gets links.
func (t *Trials) earlier() ([]*runs.Run, error) {
	if !t.plan.is("needed") {
		return nil, nil
	}
	own, err := t.linked()
	if err != nil {
		return nil, err
	}
	rank := func(status runs.Status) int {
		return slices.Index([]runs.Status{runs.Completed, runs.Running, runs.Staged}, status)
	}
	slices.SortStableFunc(own, func(a, b *runs.Run) int { // what is not settled has no rank and comes last
		return cmp.Compare(uint(rank(a.Status())), uint(rank(b.Status())))
	})
	ref := t.proto.Opref()
	others, err := catalog.Collect(catalog.New(t.batch.Store, nil), func(r *catalog.Snapshot) (*runs.Run, bool) {
		if r.IsBatch() || !sameOperation(r.Opref(), ref) || slices.ContainsFunc(own, func(o *runs.Run) bool { return o.ID == r.ID }) {
			return nil, false
		}
		return r.Run(), rank(r.Status()) >= 0
	})
	if err != nil {
		return nil, err
	}
	settled := 0
	for settled < len(own) && rank(own[settled].Status()) >= 0 {
		settled++
	}
	return slices.Concat(own[:settled], others, own[settled:]), nil
}

// keep gives the batch a link to a run that serves as its trial.
func (t *Trials) keep(r *runs.Run) error {
	link := t.batch.Run.Path(r.ID)
	if _, err := os.Lstat(link); err == nil {
		return nil
	}
	if err := linkTo(r.Dir, t.batch.Run, link); err != nil {
		return fmt.Errorf("link a trial: %w", err)
	}
	return nil
}

// linked are the trials that the batch has links to.
func (t *Trials) linked() ([]*runs.Run, error) {
	return (&runFinder{store: catalog.New(t.batch.Store, nil), within: t.batch.Run.Dir}).candidates()
}

// underWay are the trials that have been started and have not ended.
func (t *Trials) underWay() []*runs.Run {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.running)
}

// Next takes the next trial, which the caller then owns and is to start. It is nil where none is left, and the error a BatchEnd
// where the batch was told to stop.
func (t *Trials) Next() (*runs.Lock, error) {
	lock, err := t.obtain()
	if err != nil {
		return nil, err
	}
	if lock != nil && t.start(lock.Run()) {
		r := lock.Run()
		t.batch.log("INFO", "Running trial %s: %s", r.ID, Describe(t.opspec, r.Flags()))
		return lock, nil
	}
	if lock != nil {
		lock.Close()
	}
	if t.isStopped() {
		t.batch.log("INFO", "Stopping batch (pending trials can be started as needed)")
		return nil, BatchEnd{exitStopped}
	}
	return nil, nil
}

// obtain owns the next trial. It is nil where there is none, or the batch was told to stop.
func (t *Trials) obtain() (*runs.Lock, error) {
	if t.search != nil && !t.isStopped() {
		return t.search.next()
	}
	for len(t.pending) > 0 && !t.isStopped() {
		r := t.pending[0]
		t.pending = t.pending[1:]
		if lock, err := t.take(r); lock != nil || err != nil {
			return lock, err
		}
	}
	return nil, nil
}

// take owns a trial that is to be run: a pending one, or one that is to be run again. It is nil where somebody else has done something with it meanwhile.
func (t *Trials) take(r *runs.Run) (*runs.Lock, error) {
	lock, claim, err := t.batch.Store.Own(r)
	if err == nil {
		if s := r.Status(); s == runs.Pending || t.plan.is("needed") && (s == runs.Error || s == runs.Terminated) {
			return lock, nil
		}
		err = t.batch.Store.PutBack(lock, claim)
	}
	if err != nil && !errors.Is(err, runs.ErrBusy) && !errors.Is(err, runs.ErrNotStaged) && !errors.Is(err, runs.ErrNotFound) {
		return nil, err
	}
	t.batch.log("INFO", "Skipping %s because its status is '%s' (expected 'pending')", r.ID, r.Status())
	return nil, nil
}

// Ended takes note of how a trial ended. The error, a BatchEnd, says that the batch ends with it.
func (t *Trials) Ended(r *runs.Run, end End) error {
	t.mu.Lock()
	t.running = slices.DeleteFunc(t.running, func(o *runs.Run) bool { return o.ID == r.ID })
	t.mu.Unlock()
	switch {
	case end.Exit == 0 && end.Err == "":
		if t.search != nil {
			t.search.done++
		}
		return nil
	case t.isStopped() || runs.StatusFor(end.Exit) == runs.Terminated && end.Err == "":
		t.batch.log("INFO", "Trial %s was terminated", r.ID)
		return nil
	case end.Err != "":
		t.batch.log("ERROR", "Trial %s exited with an error: (%d) %s", r.ID, end.Exit, end.Err)
	default:
		t.batch.log("ERROR", "Trial %s exited with an error (%d) - %s", r.ID, ExitCode(end.Exit), trialFault(r))
	}
	if !t.plan.is("fail_on_trial_error") {
		return nil
	}
	t.batch.log("ERROR", "Stopping batch because a trial failed (pending trials can be started as needed)")
	return BatchEnd{max(ExitCode(end.Exit), 1)}
}

// trialFault says where people learn why a trial has failed: the reason, or what it printed, which stands above in the log.
func trialFault(r *runs.Run) string {
	if reason := r.State().Reason; reason != "" {
		return reason
	}
	if st, err := os.Stat(r.GuildPath("output")); err == nil && st.Size() > 0 {
		return "see log for details"
	}
	return fmt.Sprintf("it printed nothing; see 'guild runs info %s'", r.ShortID())
}
