package sched

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	"guild/proc"
	"guild/runs"
)

// recover stages the runs again whose claimer died before it started them. It does not check the runs of this scheduler that wait in an
// engine, since there can be many.
func (s *Scheduler) recover() {
	ours := func(claim string) bool {
		j := s.jobs[claim]
		return j != nil && s.traits.Queues && j.Began.IsZero()
	}
	again, err := s.store.RecoverClaimsBut(ours, func(id, owner string) {
		if !s.foreign[id] {
			s.foreign[id] = true
			s.log.Info().Msgf("Ignoring claimed run %s (owned by %s)", id, owner)
		}
	})
	for _, id := range again {
		s.log.Info().Msgf("Staged run %s again: it was claimed and never started", id)
	}
	s.problem("recovery", err)
}

// endLeftovers ends processes that lost runs left on this host, see proc.EndLeft, at each poll interval until ctx ends.
func (s *Scheduler) endLeftovers(ctx context.Context) {
	again := time.NewTicker(s.opts.PollInterval)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-again.C:
			proc.EndLeft(s.store)
		}
	}
}

// checkRoot returns an error if the scheduler's own run is gone, for example with the whole runs root, or if a newer version has begun to
// use the root.
func (s *Scheduler) checkRoot() error {
	_, err := os.Stat(s.self.Dir)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESTALE) {
		return fmt.Errorf("its run directory %s is gone; start it again where the runs are", s.self.Dir)
	}
	if err := s.store.CheckFormat(); errors.Is(err, runs.ErrNewer) {
		return err
	}
	return nil
}

// problem logs an error about a subject when it begins and when it is over, but not at each look in between.
func (s *Scheduler) problem(subject string, err error) {
	text := ""
	if err != nil {
		text = sentence(err)
	}
	was := s.problems[subject]
	if text == was {
		return
	}
	if s.problems[subject] = text; text == "" {
		s.log.Info().Msgf("This is over: %s", was)
		return
	}
	s.log.Error().Msg(text)
}

// lookError returns an error if a look for staged runs has failed, so that there may be staged runs which this scheduler has not seen.
func (s *Scheduler) lookError() error {
	for _, subject := range []string{"queue", "recovery"} {
		if text := s.problems[subject]; text != "" {
			return fmt.Errorf("not all staged runs may have been found: %s", text)
		}
	}
	return nil
}

// failure counts the attempts to start a run that failed before the run began.
type failure struct {
	count  int
	until  time.Time // not tried again before
	reason string    // of the latest failure, as it was logged
}

// maxFailures is the number of attempts without a delay; a run-once scheduler then leaves the run staged.
const maxFailures = 3

// maxBackoff is the greatest delay before another attempt to start a run.
const maxBackoff = 10 * time.Minute

// staysStaged records that a run could not be started, and logs the reason once.
func (s *Scheduler) staysStaged(id, reason string) {
	s.failedToStart(id)
	f := s.failures[id]
	if f.reason == reason {
		s.log.Debug().Msgf("Run %s stays staged: %s", id, reason)
		return
	}
	f.reason = reason
	s.failures[id] = f
	s.log.Error().Msgf("Run %s stays staged: %s", id, reason)
}

// failedToStart delays the next attempt, longer with each failure: a full disk, for example, must not keep a scheduler busy.
func (s *Scheduler) failedToStart(id string) {
	f := s.failures[id]
	f.count++
	if over := f.count - maxFailures; over >= 0 {
		f.until = time.Now().Add(min(s.opts.PollInterval<<min(over, 16), maxBackoff))
	}
	s.failures[id] = f
}
