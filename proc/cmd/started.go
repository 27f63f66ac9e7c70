package cmd

import (
	"fmt"
	"time"

	"guild/opdef"
	"guild/proc/recipe"
	"guild/proc/required"
	"guild/runs"
	"guild/runs/console"
	"guild/runs/process"
)

// startedAlready returns the error for a run in the given state that cannot be started since it has been started already. It says who has
// started it, its status, and what the user can do.
func startedAlready(store *runs.Store, run *runs.Run, state runs.State) error {
	id := run.ShortID()
	text := fmt.Sprintf("run %s has already been started", id)
	switch {
	case state.Err != nil:
		return state.Err
	case state.Status.Waits(): // claimed, but not started yet
		host, pid, ok := store.Starter(run)
		if !ok {
			return console.WithHint(fmt.Errorf("run %s is in use by another process", id), "Try again in a moment.")
		}
		return console.WithHint(fmt.Errorf("run %s is being started by %s", id, processText(host, pid)), followHint(id))
	case state.Status == runs.Running:
		if o := state.Owner; o.PID > 0 {
			text += fmt.Sprintf(", by %s at %s", processText(o.Host, o.PID), timeText(o.Since))
		}
		return console.WithHint(fmt.Errorf("%s, and is running", text), followHint(id))
	}
	if o, ok := run.Owner(); ok {
		text += fmt.Sprintf(", by %s at %s", processText(o.Host, o.PID), timeText(run.Started()))
	}
	became := map[runs.Status]string{runs.Completed: "has completed", runs.Error: "has failed", runs.Terminated: "was terminated"}[state.Status]
	if state.Reason != "" {
		became += " (" + state.Reason + ")"
	}
	return console.WithHint(fmt.Errorf("%s, and %s", text, became),
		fmt.Sprintf("Use 'guild run --restart %s' to run it again in its place, or 'guild run --proto %[1]s' to make a new run.", id))
}

// refuseTooEarly returns an error for a run that waits and whose flags name a run that it requires and that waits too: it would fail, and is
// left as it is.
func refuseTooEarly(store *runs.Store, run *runs.Run, flags opdef.Values) error {
	if !run.Status().Waits() || run.IsBatch() {
		return nil
	}
	rec, err := recipe.Read(run)
	if err != nil {
		return nil // the start of the run reports it
	}
	for _, id := range required.PinnedBy(rec.Requires, flags) {
		other, err := store.Get(id)
		if err != nil {
			continue // it may be the beginning of an id: the start of the run looks it up
		}
		if s := other.Status(); s.Waits() {
			return console.WithHint(fmt.Errorf("run %s requires run %s of %s, which is %s", run.ShortID(), other.ShortID(), other.OpSpec(), s),
				fmt.Sprintf("Start that one first with 'guild run --start %s', or leave both to a scheduler.", other.ShortID()))
		}
	}
	return nil
}

func followHint(id string) string { return fmt.Sprintf("Follow it with 'guild watch %s'.", id) }

func processText(host string, pid int) string {
	if host == process.Hostname() {
		return fmt.Sprintf("process %d", pid)
	}
	return fmt.Sprintf("process %d on %s", pid, host)
}

func timeText(t time.Time) string { return t.Format(time.DateTime) }
