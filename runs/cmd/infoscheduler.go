package cmd

import (
	"fmt"
	"maps"
	"slices"

	"guild/runs"
	"guild/runs/listing"
	"guild/sched/state"
)

// schedulerBlock returns what a scheduler has published about itself, for users.
func schedulerBlock(s *state.State) map[string]any {
	block := map[string]any{"engine": s.Engine, "host": s.Host, "workers": s.Workers, "completed": s.Done, "failed": s.Failed,
		"heartbeat": listing.Time(s.Heartbeat)}
	for name, text := range map[string]string{"cluster": s.Cluster, "dashboard": s.Dashboard} {
		if text != "" {
			block[name] = text
		}
	}
	running, waiting := map[string]any{}, map[string]any{}
	for _, r := range s.Running {
		what := "since " + listing.Time(r.Since)
		for _, more := range []struct{ word, text string }{{"on", r.Node}, {"as job", r.Job}} {
			if more.text != "" {
				what += " " + more.word + " " + more.text
			}
		}
		if r.Waits != "" {
			waiting[shortID(r.RunID)] = r.Waits
			continue
		}
		running[shortID(r.RunID)] = what
	}
	for _, w := range s.Waiting {
		waiting[shortID(w.RunID)] = s.WhyWaits(w)
	}
	if more := s.WaitingTotal - len(s.Waiting); more > 0 {
		waiting["more"] = more
	}
	for name, m := range map[string]map[string]any{"running": running, "waiting": waiting} {
		block[name] = any(m)
		if len(m) == 0 {
			block[name] = 0
		}
	}
	if len(s.Resources) > 0 {
		used := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(s.Resources)) {
			used[name] = fmt.Sprintf("%g of %g", s.Used[name], s.Resources[name])
		}
		block["resources"] = used
	}
	return block
}

func shortID(id string) string { return runs.Named(id, "").ShortID() }

// schedulerOf returns the published state of a scheduler's run; nil for other runs.
func schedulerOf(r *runs.Run) *state.State {
	s, err := state.Read(r)
	if err != nil {
		return nil
	}
	return s
}
