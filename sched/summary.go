package sched

import (
	"fmt"
	"strings"
	"time"

	"guild/runs"
)

// summary returns the last log line of a run-once scheduler.
func (s *Scheduler) summary() string {
	text := fmt.Sprintf("%s processed %d run(s) in %.1f seconds", title(s.opts.Kind.name()), s.started, time.Since(s.begun).Seconds())
	var parts []string
	for _, o := range []struct {
		status runs.Status
		word   string
	}{{runs.Completed, "completed"}, {runs.Error, "failed"}, {runs.Terminated, "terminated"}} {
		if n := s.outcomes[o.status]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, o.word))
		}
	}
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	if len(s.queue.markers) == 0 {
		return text
	}
	seen := map[string]bool{"": true}
	var reasons []string // in the order of the queue
	for _, m := range s.queue.markers {
		if reason := s.queue.entries[m.ID].reason; !seen[reason] {
			seen[reason] = true
			reasons = append(reasons, reason)
		}
	}
	const shown = 3
	if more := len(reasons) - shown; more > 0 {
		reasons = append(reasons[:shown], fmt.Sprintf("and %d more reasons", more))
	}
	text += fmt.Sprintf("; %d left staged", len(s.queue.markers))
	if len(reasons) > 0 {
		text += " (" + strings.Join(reasons, "; ") + ")"
	}
	return text
}
