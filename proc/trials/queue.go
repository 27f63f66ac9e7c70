package trials

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"

	"guild/opdef"
	"guild/opdef/flagvalue"
	"guild/opdef/resolve"
	"guild/proc"
	"guild/proc/batchplan"
	"guild/proc/dependency"
	"guild/proc/links"
	"guild/proc/pool"
	"guild/proc/recipe"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/prototype"
)

// queue hands out the trials of a batch in order. It implements pool.Work.
type queue struct {
	ctx    context.Context // of the batch
	batch  *Batch
	plan   *batchplan.Plan
	proto  *runs.Run
	recipe *recipe.Recipe
	opspec string // operation of the trials

	template *prototype.Files // of a trial, made from the prototype

	search  *searcher      // chooses the trials of a sequential optimizer; nil for others
	values  []opdef.Values // flag values of the trials, if they are known in advance
	pending []*runs.Run    // trials made from values that are still to be run
	total   int            // number of trials that were pending at first
	frozen  bool           // the batch was staged, and each trial gets files of its own when it is made
	single  bool           // one trial is made, with flags that the plan need not have

	again map[string]bool // trials that were lost and are to be run again, by id

	mu      sync.Mutex
	stopped syscall.Signal // that asked the batch to stop; 0: none
	running []*runs.Run
}

// Stop makes Next return no more trials, since the context has ended, and returns those under way.
func (t *queue) Stop() []*runs.Run { return t.stopFor(proc.EndedBy(t.ctx)) }

// stopFor is Stop for a signal. That of the first call counts.
func (t *queue) stopFor(sig syscall.Signal) []*runs.Run {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped == 0 {
		for _, r := range t.running {
			t.batch.log("INFO", "Stopping trial %s", r.ID)
		}
		t.stopped = sig
	}
	return slices.Clone(t.running)
}

func (t *queue) isStopped() bool { return t.stopSignal() != 0 }

// stopSignal returns the signal that asked the batch to stop, 0 if none did.
func (t *queue) stopSignal() syscall.Signal {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.stopped
}

// start adds a trial to those under way. It reports false if the batch was stopped meanwhile; then the trial must not be started.
func (t *queue) start(r *runs.Run) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped != 0 {
		return false
	}
	t.running = append(t.running, r)
	return true
}

// draft makes a trial from the prototype, and the link to it in the batch.
func (t *queue) draft(vals opdef.Values) (*runs.Draft, error) {
	d, err := t.batch.Store.Draft("")
	if err != nil {
		return nil, err
	}
	err = t.fill(d, vals)
	made := runs.Named(d.ID(), d.Dir())
	if err == nil && (t.frozen || t.single) {
		err = dependency.Forget(made, t.recipe.Requires, t.plan.Values, vals)
	}
	if err == nil && t.frozen {
		err = t.freeze(made, vals)
	}
	if err == nil {
		err = links.Make(d.FinalDir(), t.batch.Run, t.batch.Run.Path(d.ID()))
	}
	if err != nil {
		d.Discard()
		return nil, fmt.Errorf("make a trial: %w", err)
	}
	return d, nil
}

// freeze resolves what a trial requires and the prototype does not have, because it is different for each trial.
func (t *queue) freeze(r *runs.Run, vals opdef.Values) error {
	job := &dependency.Job{Run: r, Recipe: t.recipe, Values: vals, Store: t.batch.Store, Batch: t.batch.Run,
		Say: func(line string) {
			if strings.HasPrefix(line, "WARNING") {
				t.batch.log("WARNING", "%s", strings.TrimPrefix(line, "WARNING: "))
			}
		}}
	err := job.AtStaging(t.ctx)
	var unmet *resolve.NotMetError
	if errors.As(err, &unmet) && !t.plan.Option("stage_trials") {
		return nil // its start tries that again, and fails if need be: other trials may be able to run
	}
	return err
}

// fill writes the attributes of a trial.
func (t *queue) fill(d *runs.Draft, vals opdef.Values) error {
	if err := t.template.Fill(d); err != nil {
		return err
	}
	err := d.SetAttrs(map[string]any{
		"flags":                map[string]any(vals),
		recipe.BatchAttr:       t.batch.Run.ID,
		recipe.BatchTrialsAttr: len(t.values),
	})
	if err != nil {
		return err
	}
	return d.SetLabel(opdef.Label(t.recipe.LabelTemplate, vals))
}

// stage makes all trials and stages them for schedulers.
func (t *queue) stage() error {
	had, err := t.earlier()
	if err != nil {
		return err
	}
	for i, vals := range t.values {
		var r *runs.Run
		if r, had = batchplan.TakeEqual(had, vals); r != nil && t.isSettled(r) {
			if err := t.keep(r); err != nil {
				return err
			}
			continue
		}
		d, err := t.draft(vals)
		if err != nil {
			return err
		}
		t.batch.log("INFO", "Staging trial %d of %d (%s): %s", i+1, len(t.values), d.ID(), describe(t.opspec, vals))
		if _, err := t.batch.Store.CommitStaged(d); err != nil {
			return err
		}
	}
	return nil
}

// prepare makes all trials that are known in advance, so that users can start by hand those that a batch has not started when it ends
// early. With the option --needed it keeps trials that have completed or are under way, and adds the others to those to be run.
func (t *queue) prepare() error {
	had, err := t.earlier()
	if err != nil {
		return err
	}
	for _, vals := range t.values {
		if t.isStopped() {
			break
		}
		var r *runs.Run
		if r, had = batchplan.TakeEqual(had, vals); r == nil {
			d, err := t.draft(vals)
			if err != nil {
				return err
			}
			if r, err = d.Commit(runs.Pending); err != nil {
				return err
			}
		}
		if t.plan.Option("needed") && t.isSettled(r) {
			if err := t.keep(r); err != nil {
				return err
			}
			continue
		}
		t.pending = append(t.pending, r)
	}
	t.total = len(t.pending)
	return nil
}

// isSettled reports, and logs, that a trial has completed or will complete without the batch.
func (t *queue) isSettled(r *runs.Run) bool {
	switch s := r.Status(); s {
	case runs.Completed:
		t.batch.log("INFO", "Trial %s is not needed: %s has completed", r.ID, describe(t.opspec, r.Flags()))
	case runs.Running, runs.Staged:
		t.batch.log("INFO", "Trial %s is not needed: %s is %s", r.ID, describe(t.opspec, r.Flags()), s)
	default:
		return false
	}
	return true
}

// earlier returns runs that can serve as trials, for a batch with the option --needed: first the batch's own trials from an earlier start
// that have completed or will complete without the batch, then other runs of the operation with such a status, then the batch's remaining
// trials.
func (t *queue) earlier() ([]*runs.Run, error) {
	if !t.plan.Option("needed") {
		return nil, nil
	}
	own, err := t.linked()
	if err != nil {
		return nil, err
	}
	rank := func(status runs.Status) int {
		return slices.Index([]runs.Status{runs.Completed, runs.Running, runs.Staged}, status)
	}
	slices.SortStableFunc(own, func(a, b *runs.Run) int { // other statuses have no rank and come last
		return cmp.Compare(uint(rank(a.Status())), uint(rank(b.Status())))
	})
	ref := t.proto.Opref()
	others, err := catalog.Collect(catalog.New(t.batch.Store, nil), func(r *catalog.Snapshot) (*runs.Run, bool) {
		if r.IsBatch() || !r.Opref().SameOperation(ref) || slices.ContainsFunc(own, func(o *runs.Run) bool { return o.ID == r.ID }) {
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

// keep makes a link to a run that serves as a trial, unless there is one.
func (t *queue) keep(r *runs.Run) error {
	link := t.batch.Run.Path(r.ID)
	if _, err := os.Lstat(link); err == nil {
		return nil
	}
	if err := links.Make(r.Dir, t.batch.Run, link); err != nil {
		return fmt.Errorf("link a trial: %w", err)
	}
	return nil
}

// linked returns the runs to which the batch has links.
func (t *queue) linked() ([]*runs.Run, error) {
	return links.Runs(catalog.New(t.batch.Store, nil), t.batch.Run.Dir)
}

// underWay returns the trials that have been started and have not ended.
func (t *queue) underWay() []*runs.Run {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.running)
}

// Next returns the next trial, which the caller then owns and must start. It returns nil if none is left. If the batch was stopped, the
// error is an EarlyEnd.
func (t *queue) Next() (*runs.Lock, error) {
	lock, err := t.obtain()
	if err != nil {
		return nil, err
	}
	if lock != nil && t.start(lock.Run()) {
		r := lock.Run()
		number, total := t.progress()
		t.batch.log("INFO", "Running trial %d of %d (%s): %s", number, total, r.ID, describe(t.opspec, r.Flags()))
		return lock, nil
	}
	if lock != nil {
		lock.Close()
	}
	if sig := t.stopSignal(); sig != 0 {
		t.batch.log("INFO", "Stopping batch (pending trials can be started as needed)")
		return nil, EarlyEnd{proc.ExitCode(-int(sig))}
	}
	return nil, nil
}

// progress returns the number of the trial that Next has just obtained, from 1, and how many there are.
func (t *queue) progress() (number, total int) {
	if t.search != nil {
		return t.search.made, t.search.most
	}
	return t.total - len(t.pending), t.total
}

// obtain takes ownership of the next trial. It returns nil if there is none or the batch was stopped.
func (t *queue) obtain() (*runs.Lock, error) {
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

// take takes ownership of a trial that is pending or to be run again. It returns nil if another process has started or deleted the trial
// meanwhile.
func (t *queue) take(r *runs.Run) (*runs.Lock, error) {
	lock, claim, err := t.batch.Store.Own(r)
	if err == nil {
		// Otherwise the lock, which this process holds now, would make a run with a lost owner look like a running one.
		err = lock.NoteLost()
		again := t.plan.Option("needed") || t.again[r.ID]
		if s := r.Status(); err == nil && (s == runs.Pending || again && (s == runs.Error || s == runs.Terminated)) {
			return lock, nil
		}
		err = errors.Join(err, t.batch.Store.PutBack(lock, claim))
	}
	if err != nil && !errors.Is(err, runs.ErrBusy) && !errors.Is(err, runs.ErrNotStaged) && !errors.Is(err, runs.ErrNotFound) {
		return nil, err
	}
	t.batch.log("INFO", "Skipping %s because its status is '%s' (expected 'pending')", r.ID, r.Status())
	return nil, nil
}

// Ended receives how a trial ended. The error is an EarlyEnd if the batch ends with this trial.
func (t *queue) Ended(r *runs.Run, end pool.End) error {
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
	case t.retry(r):
		return nil
	case end.Err != "":
		t.batch.log("ERROR", "Trial %s exited with an error: (%d) %s", r.ID, end.Exit, end.Err)
	default:
		t.batch.log("ERROR", "Trial %s exited with an error (%d) - %s", r.ID, proc.ExitCode(end.Exit), failureHint(r))
	}
	if !t.plan.Option("fail_on_trial_error") {
		return nil
	}
	t.batch.log("ERROR", "Stopping batch because a trial failed (pending trials can be started as needed)")
	return EarlyEnd{max(proc.ExitCode(end.Exit), 1)}
}

// retry makes a lost trial pending again, at most as often as --retries says, and reports whether it did.
func (t *queue) retry(r *runs.Run) bool {
	most, _ := t.plan.Params["retries"].(int)
	done, _ := r.AttrInt(proc.RetriedAttr)
	st := r.State()
	if !st.Lost || done >= most || t.search != nil {
		return false
	}
	if err := r.SetAttr(proc.RetriedAttr, done+1); err != nil {
		return false
	}
	proc.EndStrays(r)
	if t.again == nil {
		t.again = map[string]bool{}
	}
	t.again[r.ID] = true
	t.pending = append(t.pending, r)
	t.batch.log("WARNING", "Trial %s is run again (retry %d of %d): %s", r.ID, done+1, most, st.Reason)
	return true
}

// failureHint returns the recorded reason why a trial has failed, or where to look for it.
func failureHint(r *runs.Run) string {
	if reason := r.State().Reason; reason != "" {
		return reason
	}
	if st, err := os.Stat(r.GuildPath("output")); err == nil && st.Size() > 0 {
		return "see log for details"
	}
	return fmt.Sprintf("it printed nothing; see 'guild runs info %s'", r.ShortID())
}

// describe returns an operation with the values of its flags, as in "op (a=1, b=2)".
func describe(opspec string, vals opdef.Values) string {
	return fmt.Sprintf("%s (%s)", opspec, strings.Join(flagvalue.FormatAssignments(vals, true), ", "))
}
