package state

import (
	"guild/runs"
)

// Unexplained is what Running.Waits says of a run where the engine does not say why it waits.
const Unexplained = "waiting"

// WhyWaits says why a run waits that was handed to an engine: "waits in Slurm as job 1234_7 (Resources)". The engine's reason is what
// the scheduler has published that asks it, so that it is the same on every host. It is empty for a run that does not wait there.
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
