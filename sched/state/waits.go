package state

import (
	"fmt"

	"guild/runs"
)

// Why returns a short reason why a staged run waits, from the states that the running schedulers have published, see Live. With several
// schedulers it is the reason of one that only lacks a free worker, if any, or else of the first.
func Why(live []*State, r *runs.Run) string {
	why := "no scheduler runs"
	for i, st := range live {
		one := st.WhyWaitsFor(r.ID)
		if i == 0 || one == noWorker {
			why = one
		}
	}
	if others := len(live) - 1; others > 0 && why != noWorker {
		why += fmt.Sprintf(" (and %d more scheduler(s), see 'guild explain')", others)
	}
	return why
}

// WhyWaitsFor returns the scheduler's reason why a run waits.
func (s *State) WhyWaitsFor(id string) string {
	for _, w := range s.Waiting {
		switch {
		case w.RunID != id:
		case s.Paused:
			short := runs.Named(s.RunID, "").ShortID()
			return "the scheduler is paused; 'guild resume " + short + "' ends that"
		default:
			return s.WhyWaits(w)
		}
	}
	for _, r := range s.Running {
		if r.RunID == id {
			return r.Waits
		}
	}
	return "the scheduler has not looked at it yet, or lists others that wait before it"
}

// Unexplained is the value of Running.Waits if the engine gives no reason.
const Unexplained = "waiting"

// WhyWaits returns why a run waits in an engine: "waits in Slurm as job 1234_7 (Resources)"; empty for a run that does not. The reason
// comes from the published state of the scheduler that asks the engine, so that it is the same on every host.
func WhyWaits(s *runs.Store, r *runs.Run) string {
	queued, err := r.Queued()
	job, ok := r.EngineJob()
	if err != nil || !queued || !ok {
		return ""
	}
	why := "waits in " + job.System()
	if name := job.ShownName(); name != "" {
		why += " as job " + name
	}
	self, err := s.Get(job.Scheduler)
	if err != nil || !s.Lives(job.Scheduler) {
		return why + "; its scheduler has ended"
	}
	st, err := Read(self)
	if err != nil {
		return why
	}
	for _, running := range st.Running {
		if running.RunID == r.ID && running.Waits != "" && running.Waits != Unexplained {
			return why + " (" + running.Waits + ")"
		}
	}
	return why
}
