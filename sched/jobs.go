package sched

import (
	"cmp"
	"context"
	"errors"
	"time"

	"guild/runs"
	"guild/runs/enginejob"
	"guild/sched/engine"
)

// job is a run that was given to the engine and has not ended.
type job struct {
	engine.Job

	since   time.Time // when it was given to the engine
	attempt int       // number of starts requested from an engine; the first is 1
	reason  string    // why it waits, as the engine says it
	cause   string    // why the engine ended it; empty if it did not
	missing int       // number of successive successful looks in which the engine did not know it
	lastHad time.Time // last look in which the engine knew it
}

// name returns the name by which users find the job in the engine.
func (j *job) name() string { return cmp.Or(j.Ref, j.Name) }

// schedule claims all runs that the engine has room for, and submits them together. All are logged before the first is started, so that the
// output of a fast operation does not come between the log lines.
func (s *Scheduler) schedule(ctx context.Context) {
	var jobs []*engine.Job
	claims := map[*engine.Job]claimed{}
	for _, c := range s.claim(ctx) {
		if ctx.Err() != nil {
			s.release(c)
			continue
		}
		j, err := s.prepare(c)
		if err != nil {
			s.notStarted(c.Run, err)
			if !s.traits.Queues { // otherwise Queue has put it back
				s.release(c)
			}
			continue
		}
		jobs, claims[j] = append(jobs, j), c
	}
	s.engine.Submit(ctx, jobs)
	for _, j := range jobs {
		s.submitted(j, claims[j])
	}
}

// prepare makes a job of a claimed run. A local worker inherits the run's lock; for other engines the run is queued.
func (s *Scheduler) prepare(c claimed) (*engine.Job, error) {
	j := &engine.Job{Run: c.Run, Token: c.Name(), Needs: c.needs.forEngine()}
	if !s.traits.Queues {
		j.Lock, j.Env, j.Held = c.Lock, c.devices.env(), c.devices.locks
		return j, nil
	}
	before, _ := c.Run.EngineJob()
	j.Needs.Avoid = before.Avoid
	err := c.Queue(enginejob.Job{Kind: s.traits.Kind, Cluster: s.traits.Cluster, Scheduler: s.self.ID,
		Survives: s.traits.Survives, Submitted: time.Now(), Attempt: before.Attempt + 1})
	j.Token = c.Name()
	return j, err
}

// submitted handles the engine's answer to the submission of a job.
func (s *Scheduler) submitted(ej *engine.Job, c claimed) {
	if ej.Err != nil {
		if errors.Is(ej.Err, engine.ErrLater) { // not the fault of the run: it is tried again whenever there is room
			s.putBack = true
			s.problem("submission", ej.Err)
		} else {
			s.notStarted(ej.Run, ej.Err)
		}
		if s.traits.Queues {
			s.stageAgain(ej)
		} else {
			s.release(c)
		}
		return
	}
	j := &job{Job: *ej, since: time.Now(), lastHad: time.Now()}
	if s.traits.Queues {
		s.record(j)
		s.logStart(j.Run, c.needs, j.name())
		s.poll.soon()
	}
	if !j.Ambiguous {
		s.problem("submission", nil)
	}
	s.jobs[j.Token] = j
	s.started++
	s.idle = false
}

// record writes the engine's name of a job to attrs/engine.
func (s *Scheduler) record(j *job) {
	about, ok := j.Run.EngineJob()
	if !ok || about.Name != runs.JobName(j.Token) && about.Name != j.Name {
		return // somebody has started it by hand or queued it again since
	}
	about.Job, about.Name = j.Ref, j.Name
	j.attempt = about.Attempt
	if err := j.Run.SetEngineJob(about); err != nil {
		s.log.Warn().Msg(sentence(err))
	}
}

// notStarted records that a run could not be started and goes back to the queue, where the next look finds it.
func (s *Scheduler) notStarted(r *runs.Run, err error) {
	s.putBack = true
	s.staysStaged(r.ID, err.Error())
}

func (s *Scheduler) release(c claimed) {
	c.devices.release()
	if err := c.Release(); err != nil {
		s.log.Error().Msg(sentence(err))
	}
}

// stageAgain takes a queued run back from the engine. It reports whether it did; a run that is no longer queued stays as it is.
func (s *Scheduler) stageAgain(j *engine.Job) bool {
	again, err := s.store.Unqueue(j.Run.ID, j.Token)
	if err != nil && !errors.Is(err, runs.ErrBusy) { // ErrBusy: the run is about to begin
		s.log.Error().Msg(sentence(err))
	}
	return again
}

// handle handles an event of the engine. An error ends the scheduler.
func (s *Scheduler) handle(ctx context.Context, e engine.Event) error {
	if e.Lost != nil {
		return s.engineLost(e.Lost)
	}
	j := s.jobs[e.Token]
	switch {
	case e.Back:
		s.problem("engine", nil)
	case j == nil:
		s.explainedBy(e) // otherwise nobody waits for it any more
	case !s.traits.Queues:
		delete(s.jobs, e.Token)
		s.end(j, e.End)
	case e.State.Progress == engine.Started:
		if !s.seenToBegin(j) {
			s.poll.soon()
		}
	case e.State.Progress == engine.Ended:
		s.jobEnded(ctx, j, e.State)
	}
	return nil
}

// engineLost stages the runs again that waited in an engine that is gone. A run-once scheduler then ends with an error; another one waits
// until the engine is back.
func (s *Scheduler) engineLost(err error) error {
	for token, j := range s.jobs {
		if j.Began.IsZero() && s.stageAgain(&j.Job) {
			delete(s.jobs, token)
			s.started--
			s.log.Info().Msgf("Staged run %s again", j.Run.ID)
		}
	}
	if s.opts.RunOnce {
		return err
	}
	s.problem("engine", err)
	return nil
}

func (s *Scheduler) began(j *job, node string) {
	if !j.Began.IsZero() {
		return
	}
	j.Began, j.Node, j.reason = time.Now(), node, ""
	if node == "" {
		s.log.Info().Msgf("Run %s started", j.Run.ID)
		return
	}
	s.log.Info().Msgf("Run %s started on %s", j.Run.ID, node)
}

// giveUpWaiting stages the runs again that have not begun when the scheduler is stopped, and cancels their jobs. The commands of an engine
// still get some time, though ctx has ended.
func (s *Scheduler) giveUpWaiting(ctx context.Context) {
	const patience = 30 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	var back []*engine.Job
	for token, j := range s.jobs {
		if s.traits.Queues && j.Began.IsZero() && s.stageAgain(&j.Job) {
			delete(s.jobs, token)
			back = append(back, &j.Job)
		}
	}
	if len(back) > 0 {
		s.engine.Cancel(ctx, back)
		s.log.Info().Msgf("Staged %d run(s) again that had not started", len(back))
	}
}

// stopped reports whether somebody requested the stop of a run since its latest start.
func stopped(r *runs.Run) bool {
	_, asked := r.StopRequested()
	return asked
}
