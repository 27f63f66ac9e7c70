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

// recover stages runs again whose claimer died before it started them. What this scheduler itself waits for in an engine is not looked at:
// that can be many runs.
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

// endLeft looks for what lost runs have left on this system, see proc.EndLeft, until ctx ends. It does not keep the loop.
func (s *Scheduler) endLeft(ctx context.Context) {
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

// vanished is an error when the runs root, and with it this scheduler's own run, is gone, or a later version has begun to use it.
func (s *Scheduler) vanished() error {
	_, err := os.Stat(s.self.Dir)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESTALE) {
		return fmt.Errorf("its run directory %s is gone; start it again where the runs are", s.self.Dir)
	}
	if err := s.store.CheckFormat(); errors.Is(err, runs.ErrNewer) {
		return err
	}
	return nil
}

// problem logs what is wrong with a subject when it begins and when it is over, and not at each look in between.
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

// blind is an error where a look for staged runs has failed, so that there may be some that this scheduler has not seen.
func (s *Scheduler) blind() error {
	for _, subject := range []string{"queue", "recovery"} {
		if text := s.problems[subject]; text != "" {
			return fmt.Errorf("not all staged runs may have been found: %s", text)
		}
	}
	return nil
}

// failure counts attempts to start a run that failed before the run began.
type failure struct {
	count  int
	until  time.Time // leave the run alone
	reason string    // of the latest one, as it was logged
}

// maxFailures is how often a run is tried at once; a run-once scheduler then leaves it staged.
const maxFailures = 3

// maxBackoff bounds how long a run is left alone that could not be started.
const maxBackoff = 10 * time.Minute

// staysStaged says why a run could not be started, once for each reason.
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

// failedToStart lets the next attempt wait, the longer the more have failed: a full disk must not keep a scheduler busy.
func (s *Scheduler) failedToStart(id string) {
	f := s.failures[id]
	f.count++
	if over := f.count - maxFailures; over >= 0 {
		f.until = time.Now().Add(min(s.opts.PollInterval<<min(over, 16), maxBackoff))
	}
	s.failures[id] = f
}
