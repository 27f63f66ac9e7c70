package runs

import "guild/runs/phase"

// Abandon records that the owner of a running run was lost, without its lock: for a person who knows that the host is gone
// while the file server still keeps the lock for it. An owner that lives after all is superseded, see the package comment: it
// records no outcome any more and ends what it runs at its next sign of life. A run of another status is left as it is.
func (r *Run) Abandon() error {
	from, err := r.phase()
	if err != nil || from.Kind != phase.Running {
		return err
	}
	return (&Lock{run: r}).lose(from)
}
