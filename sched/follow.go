package sched

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"guild/proc/pool"
	"guild/runs"
	"guild/sched/engine"
)

// The least and the greatest time between two questions to an engine about waiting jobs. The time grows while nothing changes.
const (
	askAtMost  = 5 * time.Second
	askAtLeast = time.Minute
)

// A job is lost if the engine did not know it in so many successful looks, over at least this time. If that is wrong, the run merely loses
// its place in the engine's queue.
const (
	lostLooks = 3
	lostAfter = 15 * time.Second
)

// pollSchedule determines when the scheduler asks the engine for the states of its jobs.
type pollSchedule struct {
	timer *time.Timer // nil until the first job
	at    time.Time   // when to ask next; zero while the engine is being asked
	gap   time.Duration
	asked time.Time // when the engine was asked last
}

// due fires when the engine should be asked.
func (p *pollSchedule) due() <-chan time.Time {
	if p.timer == nil {
		return nil
	}
	return p.timer.C
}

func (p *pollSchedule) isTime() bool { return !p.at.IsZero() && !time.Now().Before(p.at) }

// begin notes that the engine is being asked. Call now, soon or later afterwards.
func (p *pollSchedule) begin() { p.at, p.asked = time.Time{}, time.Now() }

// now asks as soon as the minimum time since the last question has passed.
func (p *pollSchedule) now() { p.by(p.asked.Add(askAtMost), askAtMost) }

// soon asks after the minimum time, since something has changed.
func (p *pollSchedule) soon() { p.by(time.Now().Add(askAtMost), askAtMost) }

// later asks after twice the previous time, up to the maximum.
func (p *pollSchedule) later() {
	gap := min(2*max(p.gap, askAtMost), askAtLeast)
	p.by(time.Now().Add(gap), gap)
}

// by asks at the given time, or at an earlier one if that was planned: changes in quick succession must not postpone a question.
func (p *pollSchedule) by(at time.Time, gap time.Duration) {
	p.gap = gap
	if !p.at.IsZero() && !p.at.After(at) {
		return
	}
	p.at = at
	if p.timer == nil {
		p.timer = time.NewTimer(time.Until(at))
		return
	}
	p.timer.Reset(time.Until(at))
}

// follow finds out what became of the jobs. The claims, read once, show which runs have ended; the engine knows which have begun or are
// lost.
func (s *Scheduler) follow(ctx context.Context) {
	if !s.traits.Queues || len(s.jobs) == 0 && len(s.unexplained) == 0 {
		return
	}
	claims, err := s.store.Claims()
	s.problem("claims", err)
	if err != nil {
		return
	}
	there := make(map[string]bool, len(claims))
	for _, c := range claims {
		there[c.Name] = true
	}
	for token, j := range s.jobs {
		if !there[token] {
			s.ended(ctx, j)
		}
	}
	s.ask(ctx)
}

// ask asks the engine, if it is time: about waiting jobs, and whether the engine itself ended the runs that failed or were terminated.
func (s *Scheduler) ask(ctx context.Context) {
	if !s.poll.isTime() {
		return
	}
	var asked []*engine.Job
	for _, j := range s.jobs {
		if j.Began.IsZero() && !s.seenToBegin(j) {
			asked = append(asked, &j.Job)
		}
	}
	for _, j := range s.unexplained {
		asked = append(asked, &j.Job)
	}
	s.poll.begin()
	if len(asked) == 0 {
		s.poll.later()
		return
	}
	states, err := s.engine.Known(ctx, asked)
	s.problem("engine", err)
	changed := false
	for _, ej := range asked {
		if j := s.jobs[ej.Token]; j != nil && err == nil {
			state, known := states[ej.Token]
			changed = s.applyState(ctx, j, state, known) || changed
		}
	}
	for _, j := range slices.Clone(s.unexplained) {
		state, known := states[j.Token]
		open := err != nil || known && state.Progress != engine.Ended
		if !open || time.Since(j.Ended) >= causeAfter {
			s.explained(j, state)
		}
	}
	if changed || len(s.unexplained) > 0 {
		s.poll.soon()
	} else {
		s.poll.later()
	}
}

// seenToBegin reports whether the store says that the run has begun, whatever the engine says of its job.
func (s *Scheduler) seenToBegin(j *job) bool {
	queued, err := j.Run.Queued()
	if err != nil || queued {
		return false
	}
	owner, _ := j.Run.Owner()
	s.began(j, owner.Host)
	return true
}

// applyState applies what the engine said about a waiting job. It reports whether the engine should be asked again soon.
func (s *Scheduler) applyState(ctx context.Context, j *job, state engine.State, known bool) bool {
	switch {
	case !known:
		j.missing++
		if j.missing >= lostLooks && time.Since(j.lastHad) >= lostAfter {
			s.lost(j, s.opts.Kind.name()+" does not know its job any more; what the job has printed may say why")
		}
		return true
	case state.Progress == engine.Ended:
		s.jobEnded(ctx, j, state)
		return true
	}
	j.missing, j.lastHad = 0, time.Now()
	if ref := j.Ref; ref == "" && state.Ref != "" {
		j.Ref, j.Ambiguous = state.Ref, false
		s.record(j)
	}
	changed := j.reason != state.Reason
	j.reason = state.Reason
	return changed
}

// jobEnded handles the end of a job. If its run is still queued, the job failed before the run began.
func (s *Scheduler) jobEnded(ctx context.Context, j *job, state engine.State) {
	switch {
	case !s.store.HasClaim(j.Token):
		s.ended(ctx, j)
		if slices.Contains(s.unexplained, j) {
			s.explained(j, state)
		}
	case !s.seenToBegin(j):
		s.lost(j, "its job ended before the run began"+because(cmp.Or(state.Reason, state.Said)))
	}
	// Otherwise its worker is about to write the outcome, or was killed: the next look at the claims shows which.
}

// lost stages a run again, because its job will not start it.
func (s *Scheduler) lost(j *job, why string) {
	if !s.stageAgain(&j.Job) {
		return // the run has begun, or somebody else has taken it
	}
	delete(s.jobs, j.Token)
	s.started--
	s.failedToStart(j.Run.ID)
	s.log.Warn().Msgf("Staged run %s again: %s", j.Run.ID, why)
}

// mayHaveCause reports whether a run ended in a way that the engine may have caused.
func (s *Scheduler) mayHaveCause(j *job) bool {
	st := j.Run.Status()
	return (st == runs.Error || st == runs.Terminated) && !stopped(j.Run) && !s.deleted(j)
}

// deleted reports whether the directory of a run is gone.
func (s *Scheduler) deleted(j *job) bool {
	_, err := s.store.Get(j.Run.ID)
	return errors.Is(err, runs.ErrNotFound)
}

// ended handles the end of a run whose claim is gone.
func (s *Scheduler) ended(ctx context.Context, j *job) {
	delete(s.jobs, j.Token)
	switch st := j.Run.Status(); {
	case s.deleted(j):
		s.engine.Cancel(ctx, []*engine.Job{&j.Job})
		s.log.Info().Msgf("Run %s was deleted", j.Run.ID)
		return
	case st == runs.Staged, st == runs.Pending, st == runs.Running: // somebody else took the run back, or has started it again since
		s.engine.Cancel(ctx, []*engine.Job{&j.Job})
		return
	case j.Began.IsZero() && s.neverBegan(j):
		s.engine.Cancel(ctx, []*engine.Job{&j.Job})
	case s.mayHaveCause(j):
		j.Ended = time.Now()
		s.unexplained = append(s.unexplained, j)
		s.poll.now()
		return
	}
	s.end(j, pool.End{})
}

// neverBegan reports whether no worker of an engine has had the run, because it was stopped while it waited.
func (s *Scheduler) neverBegan(j *job) bool {
	owner, ok := j.Run.Owner()
	return !ok || owner.Claim != j.Token
}

// causeAfter is how long an engine may take to say why it ended a run; cleaning up after a job can take it a while.
const causeAfter = 15 * time.Second

// explained records what the engine said about a run that failed or was terminated.
func (s *Scheduler) explained(j *job, state engine.State) {
	s.unexplained = slices.DeleteFunc(s.unexplained, func(o *job) bool { return o == j })
	if state.Progress == engine.Ended {
		s.recordCause(j, state)
	}
	s.end(j, pool.End{})
}

// explainedBy handles the engine's event for a job whose run has ended before.
func (s *Scheduler) explainedBy(e engine.Event) {
	i := slices.IndexFunc(s.unexplained, func(j *job) bool { return j.Token == e.Token })
	if i >= 0 && e.State.Progress == engine.Ended {
		s.explained(s.unexplained[i], e.State)
	}
}

// recordCause writes to attrs/engine why the engine ended a run, and which node failed. state.Reason is empty if the engine did not end the
// run.
func (s *Scheduler) recordCause(j *job, state engine.State) {
	about, ok := j.Run.EngineJob()
	if j.cause = state.Reason; state.Reason == "" || !ok {
		return
	}
	about.EndedBy = state.Reason
	about.Avoid = ""
	if state.NodeDied {
		about.Avoid = state.Node
	}
	if err := j.Run.SetEngineJob(about); err != nil {
		s.log.Warn().Msg(sentence(err))
	}
}

// adopt takes over jobs that wait or run in the same engine and whose schedulers are gone.
func (s *Scheduler) adopt() {
	if !s.traits.Survives {
		return
	}
	claims, err := s.store.Claims()
	if err != nil {
		return // follow logs the error
	}
	n := 0
	for _, c := range claims {
		if c.Engine == s.traits.Kind && s.jobs[c.Name] == nil && s.adoptOne(c) {
			n++
		}
	}
	if n > 0 {
		s.log.Info().Msgf("Took over %d run(s) of another scheduler", n)
		s.poll.now()
	}
}

// adoptOne takes over one job, unless it belongs to another cluster or user, or its scheduler is alive.
func (s *Scheduler) adoptOne(c runs.ClaimMarker) bool {
	r, err := s.store.Get(c.ID)
	if err != nil || !ownedByUs(filepath.Join(s.store.Root(), ".claimed", c.Name)) {
		return false
	}
	about, ok := r.EngineJob()
	if !ok || about.Cluster != s.traits.Cluster || about.Scheduler != s.self.ID && s.store.Lives(about.Scheduler) {
		return false
	}
	n, err := readNeeds(r, &s.opts)
	if err != nil {
		return false
	}
	j := &job{since: about.Submitted, attempt: about.Attempt, lastHad: time.Now(), Job: engine.Job{Run: r, Token: c.Name,
		Needs: n.forEngine(), Ref: about.Job, Name: about.Name, Ambiguous: about.Job == ""}}
	about.Scheduler = s.self.ID
	if err := r.SetEngineJob(about); err != nil {
		return false
	}
	s.jobs[c.Name] = j
	s.started++
	return true
}

// ownedByUs reports whether the user of this process owns a file.
func ownedByUs(path string) bool {
	st, err := os.Lstat(path)
	if err != nil {
		return false
	}
	sys, ok := st.Sys().(*syscall.Stat_t)
	return ok && int(sys.Uid) == os.Getuid()
}
