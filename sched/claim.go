package sched

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"guild/runs"
	"guild/sched/state"
)

// claimed is a staged run that this scheduler has claimed.
type claimed struct {
	*runs.Claim
	needs   *needs
	devices *devices // GPUs, for local workers
}

// retryAfter is the time to the next look at the queue if the lock of a run was held, perhaps by a scheduler that was about to claim it.
const retryAfter = 50 * time.Millisecond

// retry is a planned look at the queue before the next poll.
type retry struct {
	due <-chan time.Time
	at  time.Time
}

// lookAgain plans a look at the queue after the given time. If an earlier look is already planned, that one stays.
func (s *Scheduler) lookAgain(after time.Duration) {
	now := time.Now()
	if at := now.Add(after); s.retry.at.Before(now) || at.Before(s.retry.at) {
		s.retry = retry{time.After(after), at}
	}
}

// look is the state of the host during one look at the queue.
type look struct {
	used     map[string]float64 // resources of the runs under way, and of those that were claimed in this look
	reserved map[string]string  // resources that are kept for a run, by its id
}

// claim takes as many runs as there are free slots, in the order of the queue, and logs each.
func (s *Scheduler) claim(ctx context.Context) []claimed {
	free := min(s.opts.Workers-len(s.jobs), s.engine.Room())
	if free <= 0 || len(s.queue.markers) == 0 {
		return nil
	}
	if state.Paused(s.self) {
		return nil
	}
	now, unlock := s.lookAtHost()
	if now == nil {
		return nil
	}
	defer unlock()
	if s.opts.WaitForRunning {
		unlock := s.takeTurn()
		if unlock == nil {
			return nil
		}
		defer unlock()
	}
	var claims []claimed
	gone := map[string]bool{}
	for _, m := range s.queue.markers {
		if len(claims) == free || ctx.Err() != nil {
			break
		}
		e := s.queue.entries[m.ID]
		if e.ignored {
			continue
		}
		d := s.allowed(m.ID, e, now)
		if d == nil {
			gone[m.ID] = e.over
			continue
		}
		c, ok := s.claimOne(m.ID, e, d, gone)
		if !ok {
			d.release()
			continue
		}
		claims = append(claims, c)
		for name, v := range e.needs.resources {
			now.used[name] += v
		}
		if s.opts.WaitForRunning {
			break // the next run has to wait for this one
		}
	}
	s.queue.remove(gone)
	return claims
}

// lookAtHost counts the resources in use on this host, and keeps other schedulers of the host from claiming until unlock is called. It
// returns nil if another scheduler has the lock, or the resources cannot be counted.
func (s *Scheduler) lookAtHost() (now *look, unlock func()) {
	now, unlock = &look{used: map[string]float64{}, reserved: map[string]string{}}, func() {}
	if !s.hasResources() || len(s.opts.Resources) == 0 {
		return now, unlock
	}
	unlock, err := s.lockHost()
	s.problem("resources", err)
	if unlock == nil {
		s.lookAgain(retryAfter)
		return nil, nil
	}
	used, err := s.host.used()
	s.problem("claims", err)
	if err != nil {
		unlock()
		return nil, nil
	}
	now.used = used
	return now, unlock
}

// claimOne claims a run together with the GPUs that it is to use. It adds the run to gone if it is no longer staged.
func (s *Scheduler) claimOne(id string, e *entry, d *devices, gone map[string]bool) (claimed, bool) {
	c, err := s.store.Claim(id)
	switch {
	case err == nil && (e.needs == nil || !e.needs.stamp.IsZero() && !e.needs.unchanged(c.Run)):
		// An NFS client can miss a new run, so that its needs could not be read before, or they have changed since. The marker goes back;
		// the next look at the queue reads the needs.
		s.release(claimed{Claim: c})
		gone[id] = true
		return claimed{}, false
	case err == nil:
		if !s.traits.Queues { // otherwise it is logged later, with the engine's name for the job
			s.logStart(c.Run, e.needs, "")
		}
		gone[id] = true
		return claimed{c, e.needs, d}, true
	case errors.Is(err, runs.ErrNotStaged), errors.Is(err, runs.ErrNotFound):
		s.log.Debug().Msg(sentence(err))
		gone[id] = true
	case errors.Is(err, runs.ErrBusy):
		e.reason = "another process holds it"
		s.lookAgain(retryAfter)
	case s.ignoreForeign(id, e):
	default:
		s.explain(id, e, err.Error())
		s.failedToStart(id)
	}
	return claimed{}, false
}

func (s *Scheduler) logStart(r *runs.Run, n *needs, job string) {
	var notes []string
	if job != "" {
		notes = append(notes, "job "+job)
	}
	if len(n.resources) > 0 {
		notes = append(notes, "requires "+n.String())
	}
	text := "Starting staged run " + r.ID
	if len(notes) > 0 {
		text += " (" + strings.Join(notes, ", ") + ")"
	}
	s.log.Log().Msg(text)
}

// allowed returns the GPUs with which a run may start now. If the run may not start, allowed logs the reason once and returns nil.
func (s *Scheduler) allowed(id string, e *entry, now *look) *devices {
	if f := s.failures[id]; s.opts.RunOnce && f.count >= maxFailures {
		s.ignore(id, e, "it could not be started")
		return nil
	} else if time.Now().Before(f.until) {
		e.reason = "it could not be started; it is tried again later"
		return nil
	}
	if e.needs == nil {
		if s.ignoreForeign(id, e) {
			return nil
		}
		r, err := s.store.Get(id)
		if err != nil {
			return &devices{} // the attempt to claim the run reports the error
		}
		if e.needs, err = readNeeds(r, &s.opts); err != nil {
			s.explain(id, e, "what it requires is not known: "+err.Error())
			s.failedToStart(id)
			return nil
		}
		for _, err := range e.needs.invalid {
			s.log.Warn().Msg(sentence(err))
		}
	}
	if why := s.unfit(e.needs); why != "" {
		s.ignore(id, e, why)
		return nil
	}
	why, failed := s.waitsForRuns(id, e)
	if failed {
		s.fail(id, e, why)
		return nil
	}
	if e.ignored {
		return nil
	}
	if why = cmp.Or(why, s.tooLate(e.needs), s.tooLong(e.needs)); why != "" {
		s.explain(id, e, why)
		return nil
	}
	if why = s.engine.Fits(e.needs.forEngine()); why != "" {
		if s.opts.RunOnce {
			s.ignore(id, e, why) // it ends without waiting for the engine to change
		} else {
			s.explain(id, e, why)
		}
		return nil
	}
	return s.available(id, e, now)
}

// unfit returns the reason why this scheduler can never start a run with the given needs; empty if it can.
func (s *Scheduler) unfit(n *needs) string {
	if s.traits.Queues {
		if s.opts.GPUs != "" && n.gpus != "" && n.gpus != s.opts.GPUs {
			return fmt.Sprintf("GPU spec mismatch: run is %s, %s is %s", n.gpus, s.opts.Kind.name(), s.opts.GPUs)
		}
		return ""
	}
	if why := s.cannotHaveGPUs(n); why != "" || !s.hasResources() {
		return why
	}
	if names := n.undefined(s.opts.Resources); len(names) > 0 {
		return "requires resources not defined for cluster: " + joinIDs(names)
	}
	for _, name := range slices.Sorted(maps.Keys(n.resources)) {
		if v := n.resources[name]; v > s.opts.Resources[name] {
			return fmt.Sprintf("requires %s=%g and the cluster has %g", name, v, s.opts.Resources[name])
		}
	}
	return ""
}

// available reserves the resources of this host that a run needs. If they are in use, or are kept for an earlier run, it logs the reason
// and returns nil.
func (s *Scheduler) available(id string, e *entry, now *look) *devices {
	if s.traits.Queues {
		return &devices{}
	}
	needed := maps.Clone(e.needs.resources)
	if s.wantsGPUs(e.needs) {
		needed[gpuResource] = 1
	}
	for name, keeper := range now.reserved {
		if needed[name] > 0 {
			s.explain(id, e, fmt.Sprintf("waiting for %s, which is kept for run %s", name, runs.At(keeper).ShortID()))
			return nil
		}
	}
	var short []string
	reason := ""
	if s.hasResources() {
		if short = e.needs.short(s.opts.Resources, now.used); len(short) > 0 {
			reason = "waiting for resource " + short[0]
		}
	}
	d, why, err := s.takeGPUs(e.needs)
	if err != nil {
		why = err.Error()
	}
	if d == nil {
		short, reason = append(short, gpuResource), cmp.Or(reason, why)
	}
	if len(short) > 0 {
		d.release()
		s.fairness.reserve(id, e, short, now.reserved)
		s.explain(id, e, reason)
		return nil
	}
	e.shortSince = time.Time{}
	return d
}

// hasResources reports whether this scheduler allocates resources itself, rather than its engine.
func (s *Scheduler) hasResources() bool {
	return s.opts.Kind == Dask && !s.traits.Queues || s.opts.Kind == Node
}

// ignore leaves a run to other schedulers.
func (s *Scheduler) ignore(id string, e *entry, why string) {
	e.ignored, e.reason = true, why
	s.log.Info().Msgf("Ignoring staged run %s (%s)", id, why)
}

// ignoreForeign ignores a run of another user if this user may not start it, and reports whether it did.
func (s *Scheduler) ignoreForeign(id string, e *entry) bool {
	owner := runs.Named(id, filepath.Join(s.store.Root(), id)).Foreign()
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
