package runs

import "guild/runs/phase"

// Abandon records that the owner of a running run was lost, without taking its lock: for a user who knows that the host is gone while the
// file server still keeps the lock for it. An owner that is alive after all is superseded, see the package comment: it can no longer record
// an outcome, and ends its operation at its next sign of life. A run with another status stays as it is.
func (r *Run) Abandon() error {
	from, err := r.phase()
	if err != nil || from.Kind != phase.Running {
		return err
	}
	return (&Lock{run: r}).lose(from)
}
