package sched

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"guild/proc/pool"
	"guild/runs"
	"guild/sched/engine"
)

// How often an engine is asked about jobs that wait. It is not asked more often while nothing changes.
const (
	askAtMost  = 5 * time.Second
	askAtLeast = time.Minute
)

// A job that the engine does not know in so many successful looks, over so long a time, is lost. Acting too early costs the run its
// place in the engine's queue, no more.
const (
	lostLooks = 3
	lostAfter = 15 * time.Second
)

// asking is the clock by which an engine is asked about its jobs.
type asking struct {
	timer *time.Timer // nil until the first job
	at    time.Time   // when it is time
	gap   time.Duration
}

// due fires when the engine is to be asked.
func (a *asking) due() <-chan time.Time {
	if a.timer == nil {
		return nil
	}
	return a.timer.C
}

func (a *asking) isTime() bool { return a.timer != nil && !time.Now().Before(a.at) }

// soon asks after the shortest time, for something has changed.
func (a *asking) soon() { a.after(askAtMost) }

// later doubles the time to the next question.
func (a *asking) later() { a.after(min(2*a.gap, askAtLeast)) }

func (a *asking) after(gap time.Duration) {
	a.gap, a.at = gap, time.Now().Add(gap)
	if a.timer == nil {
		a.timer = time.NewTimer(gap)
		return
	}
	a.timer.Reset(gap)
}

// follow looks what became of the jobs: the claims, read once, tell which runs have ended, and the engine which have begun or
// are lost.
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
			s.claimGone(ctx, j)
		}
	}
	s.findCauses(ctx)
	s.ask(ctx)
}

// ask asks the engine about the jobs that wait, when it is time.
func (s *Scheduler) ask(ctx context.Context) {
	if !s.asking.isTime() {
		return
	}
	var waiting []*engine.Job
	for _, j := range s.jobs {
		if j.Began.IsZero() && !s.seenToBegin(j) {
			waiting = append(waiting, &j.Job)
		}
	}
	if len(waiting) == 0 {
		s.asking.later()
		return
	}
	states, err := s.engine.Known(ctx, waiting)
	s.problem("engine", err)
	if err != nil {
		s.asking.later()
		return
	}
	changed := false
	for _, ej := range waiting {
		state, known := states[ej.Token]
		changed = s.learn(ctx, s.jobs[ej.Token], state, known) || changed
	}
	if changed || len(s.unexplained) > 0 {
		s.asking.soon()
	} else {
		s.asking.later()
	}
}

// seenToBegin looks in the store whether the run has begun, whatever the engine says of its job.
func (s *Scheduler) seenToBegin(j *job) bool {
	queued, err := j.Run.Queued()
	if err != nil || queued {
		return false
	}
	owner, _ := j.Run.Owner()
	s.began(j, owner.Host)
	return true
}

// learn takes note of what the engine said of a job that waits. It reports whether to ask again soon.
func (s *Scheduler) learn(ctx context.Context, j *job, state engine.State, known bool) bool {
	switch {
	case !known:
		j.missing++
		if j.missing >= lostLooks && time.Since(j.lastHad) >= lostAfter {
			s.lost(j, s.opts.Kind.name()+" does not know its job any more")
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

// jobEnded takes note that a job is over. Where its run is still queued, the job failed before the run began.
func (s *Scheduler) jobEnded(ctx context.Context, j *job, state engine.State) {
	switch {
	case !s.store.HasClaim(j.Token):
		s.ended(ctx, j)
	case !s.seenToBegin(j):
		s.lost(j, "its job ended before the run began"+because(cmp.Or(state.Reason, state.Said)))
	}
	// Else its worker is about to write the outcome, or was killed: the next look at the claims tells.
}

// lost stages a run again whose job will not start it.
func (s *Scheduler) lost(j *job, why string) {
	if !s.stageAgain(&j.Job) {
		return // it has begun, or somebody else has taken it
	}
	delete(s.jobs, j.Token)
	s.started--
	s.failedToStart(j.Run.ID)
	s.log.Warn().Msgf("Staged run %s again: %s", j.Run.ID, why)
}

// tellTime is how long an engine that tells of the ends of jobs may take to do so after the end of a run. A job that has not ended by then
// does not end with its run: the engine will execute it again.
const tellTime = 3 * time.Second

// claimGone takes note of the end of a run whose claim is gone. Where the run did not complete and the engine is about to tell how
// its job ended, it waits for that.
func (s *Scheduler) claimGone(ctx context.Context, j *job) {
	waits := s.engine.Events() != nil && s.mayHaveCause(j)
	if waits && j.over.IsZero() {
		j.over = time.Now()
		s.asking.after(min(tellTime, s.asking.gap))
	}
	if waits && time.Since(j.over) < tellTime {
		return
	}
	s.ended(ctx, j)
}

// mayHaveCause reports that a run has ended in a way that can be the engine's doing.
func (s *Scheduler) mayHaveCause(j *job) bool {
	st := j.Run.Status()
	return (st == runs.Error || st == runs.Terminated) && !stopped(j.Run) && !s.deleted(j)
}

// deleted reports that the directory of a run is gone.
func (s *Scheduler) deleted(j *job) bool {
	_, err := s.store.Get(j.Run.ID)
	return errors.Is(err, runs.ErrNotFound)
}

// ended takes note of the end of a run whose claim is gone.
func (s *Scheduler) ended(ctx context.Context, j *job) {
	delete(s.jobs, j.Token)
	switch st := j.Run.Status(); {
	case s.deleted(j):
		s.engine.Cancel(ctx, []*engine.Job{&j.Job})
		s.log.Info().Msgf("Run %s was deleted", j.Run.ID)
		return
	case st == runs.Staged, st == runs.Pending, st == runs.Running: // somebody else took it back, or has started it again since
		s.engine.Cancel(ctx, []*engine.Job{&j.Job})
		return
	case j.Began.IsZero() && s.neverBegan(j):
		s.engine.Cancel(ctx, []*engine.Job{&j.Job})
	case s.mayHaveCause(j):
		j.over = time.Now()
		s.unexplained = append(s.unexplained, j)
		return
	}
	s.end(j, pool.End{})
}

// neverBegan reports that no worker of an engine has had the run: it was stopped while it waited.
func (s *Scheduler) neverBegan(j *job) bool {
	owner, ok := j.Run.Owner()
	return !ok || owner.Claim != j.Token
}

// causeAfter is how long an engine may take to say why it ended a run: to clean up after a job can take it a while.
const causeAfter = 15 * time.Second

// findCauses asks the engine, once for all runs that have failed or were terminated, whether it has ended them.
func (s *Scheduler) findCauses(ctx context.Context) {
	if len(s.unexplained) == 0 {
		return
	}
	asked := make([]*engine.Job, len(s.unexplained))
	for i, j := range s.unexplained {
		asked[i] = &j.Job
	}
	states, err := s.engine.Known(ctx, asked)
	s.problem("engine", err)
	var open []*job
	for _, j := range s.unexplained {
		state, known := states[j.Token]
		if (err != nil || known && state.Progress != engine.Ended) && time.Since(j.over) < causeAfter {
			open = append(open, j)
			continue
		}
		if state.Progress == engine.Ended {
			s.recordCause(j, state)
		}
		s.end(j, pool.End{})
	}
	s.unexplained = open
	if len(open) > 0 {
		s.asking.soon()
	}
}

// recordCause writes to attrs/engine why the engine ended a run, and which node failed under it; state.Reason is empty where the engine
// did not end it.
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

// adopt takes over the jobs of schedulers that are gone, which still wait or run in the same engine.
func (s *Scheduler) adopt() {
	if !s.traits.Survives {
		return
	}
	claims, err := s.store.Claims()
	if err != nil {
		return // follow says so
	}
	n := 0
	for _, c := range claims {
		if c.Engine == s.traits.Kind && s.jobs[c.Name] == nil && s.adoptOne(c) {
			n++
		}
	}
	if n > 0 {
		s.log.Info().Msgf("Took over %d run(s) of another scheduler", n)
		s.asking.after(0)
	}
}

// adoptOne takes over one job, unless it is of another cluster or user, or its scheduler lives.
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

// ownedByUs reports that a file was made by the user of this process.
func ownedByUs(path string) bool {
	st, err := os.Lstat(path)
	if err != nil {
		return false
	}
	sys, ok := st.Sys().(*syscall.Stat_t)
	return ok && int(sys.Uid) == os.Getuid()
}
