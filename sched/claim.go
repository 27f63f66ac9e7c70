package sched

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"guild/runs"
)

// claimed is a staged run that is ours to start.
type claimed struct {
	*runs.Claim
	needs *needs
}

// retryAfter is when to look again after a run was held by somebody who was perhaps about to claim it.
const retryAfter = 50 * time.Millisecond

// claim takes as many runs as there are free slots, in the order of staging, and logs each.
func (s *Scheduler) claim(ctx context.Context) []claimed {
	free := min(s.opts.Workers-len(s.jobs), s.engine.Room())
	if free <= 0 || len(s.queue.markers) == 0 {
		return nil
	}
	if s.opts.WaitForRunning && !s.clear() {
		return nil
	}
	var claims []claimed
	gone := map[string]bool{}
	used := s.used()
	for _, m := range s.queue.markers {
		if len(claims) == free || ctx.Err() != nil {
			break
		}
		e := s.queue.entries[m.ID]
		if e.ignored || !s.allowed(m.ID, e, used) {
			continue
		}
		c, err := s.store.Claim(m.ID)
		switch {
		case err == nil && e.needs == nil:
			// The run was not there when its needs were to be read, as an NFS client can believe, and it is now: its marker,
			// put back, is the next look's, which reads them.
			s.release(claimed{c, nil})
			gone[m.ID] = true
		case err == nil:
			if !s.traits.Queues { // else it is logged with the engine's name of the job
				s.logStart(c.Run, e.needs, "")
			}
			claims = append(claims, claimed{c, e.needs})
			for name, v := range e.needs.resources {
				used[name] += v
			}
			gone[m.ID] = true
		case errors.Is(err, runs.ErrNotStaged), errors.Is(err, runs.ErrNotFound):
			s.log.Debug().Msg(sentence(err))
			gone[m.ID] = true
		case errors.Is(err, runs.ErrBusy):
			e.reason = "another process holds it"
			s.retry = time.After(retryAfter)
		case s.ignoreForeign(m.ID, e):
		default:
			s.explain(m.ID, e, err.Error())
			s.failedToStart(m.ID)
		}
		if s.opts.WaitForRunning && len(claims) > 0 {
			break // it is now what the next one waits for
		}
	}
	s.queue.remove(gone)
	return claims
}

func (s *Scheduler) logStart(r *runs.Run, n *needs, job string) {
	var notes []string
	if job != "" {
		notes = append(notes, "job "+job)
	}
	if len(n.resources) > 0 {
		notes = append(notes, "requires "+n.String())
	}
	if len(notes) > 0 {
		s.log.Log().Msgf("Starting staged run %s (%s)", r.ID, strings.Join(notes, ", "))
		return
	}
	s.log.Log().Msgf("Starting staged run %s", r.ID)
}

// allowed decides whether a run may start now, and otherwise says why, once.
func (s *Scheduler) allowed(id string, e *entry, used map[string]float64) bool {
	if f := s.failures[id]; s.opts.RunOnce && f.count >= maxFailures {
		s.ignore(id, e, "it could not be started")
		return false
	} else if time.Now().Before(f.until) {
		e.reason = "it could not be started; it is tried again later"
		return false
	}
	if e.needs == nil {
		if s.ignoreForeign(id, e) {
			return false
		}
		r, err := s.store.Get(id)
		if err != nil {
			return true // claiming it says what is wrong
		}
		if e.needs, err = readNeeds(r, &s.opts); err != nil {
			s.explain(id, e, "what it requires is not known: "+err.Error())
			s.failedToStart(id)
			return false
		}
		for _, err := range e.needs.invalid {
			s.log.Warn().Msg(sentence(err))
		}
	}
	if s.opts.GPUs != "" && e.needs.gpus != "" && e.needs.gpus != s.opts.GPUs {
		s.ignore(id, e, fmt.Sprintf("GPU spec mismatch: run is %s, %s is %s", e.needs.gpus, s.opts.Kind.name(), s.opts.GPUs))
		return false
	}
	if names := e.needs.undefined(s.opts.Resources); s.hasResources() && len(names) > 0 {
		s.ignore(id, e, "requires resources not defined for cluster: "+joinIDs(names))
		return false
	}
	for name, v := range e.needs.resources {
		if s.hasResources() && v > s.opts.Resources[name] {
			s.ignore(id, e, fmt.Sprintf("requires %s=%g and the cluster has %g", name, v, s.opts.Resources[name]))
			return false
		}
	}
	if why := s.engine.Fits(e.needs.forEngine()); why != "" {
		s.explain(id, e, why)
		return false
	}
	if name, short := e.needs.short(s.opts.Resources, used); short && s.hasResources() {
		s.explain(id, e, "waiting for resource "+name)
		return false
	}
	return true
}

// hasResources reports that this scheduler shares out resources itself; of an engine, the engine does.
func (s *Scheduler) hasResources() bool { return s.opts.Kind == Dask && !s.traits.Queues }

// ignore leaves a run to other schedulers.
func (s *Scheduler) ignore(id string, e *entry, why string) {
	e.ignored, e.reason = true, why
	s.log.Info().Msgf("Ignoring staged run %s (%s)", id, why)
}

// ignoreForeign ignores a run of another user that this one may not start.
func (s *Scheduler) ignoreForeign(id string, e *entry) bool {
	owner := (&runs.Run{ID: id, Dir: filepath.Join(s.store.Root(), id)}).Foreign()
	if owner == "" {
		return false
	}
	s.ignore(id, e, "owned by "+owner)
	return true
}

// explain logs why a run waits, once for each reason.
func (s *Scheduler) explain(id string, e *entry, why string) {
	if e.reason == why {
		return
	}
	e.reason = why
	s.log.Info().Msgf("Found staged run %s (%s)", id, why)
}

// clear reports that no other run is under way, and otherwise logs which are, once.
func (s *Scheduler) clear() bool {
	busy, err := otherRuns(s.store)
	s.problem("runs", err)
	if err != nil {
		return false
	}
	if len(busy) == 0 {
		s.blocked = ""
		return true
	}
	first := s.queue.markers[0].ID
	why := "waiting for runs to finish: " + joinIDs(busy)
	if s.blocked != first+why {
		s.blocked = first + why
		s.explain(first, s.queue.entries[first], why)
	}
	return false
}

// used sums what the runs under way need.
func (s *Scheduler) used() map[string]float64 {
	used := map[string]float64{}
	for _, j := range s.jobs {
		for name, v := range j.Needs.Resources {
			used[name] += v
		}
	}
	return used
}
