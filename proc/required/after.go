package required

import (
	"fmt"

	"guild/runs"
)

// After returns the ids of the runs that a staged run is to start after, which must have completed. params are its options of `guild run`.
func After(params map[string]any) (ids []string) {
	list, _ := params["after"].([]any)
	for _, id := range list {
		ids = append(ids, fmt.Sprint(id))
	}
	return ids
}

// WaitingAttr is the attribute of a started run that waits for another run: the id of that run.
const WaitingAttr = "waits_for"

// PathAfter returns the short ids of the chain of runs by which a run waits for another one: its own id, the id of a run that it comes
// after or requires, and so on up to the other one. It is nil if the run does not wait for the other one. Ended runs wait for nothing.
func PathAfter(s *runs.Store, from, to string) []string {
	seen := map[string]bool{}
	var find func(id string) []string
	find = func(id string) []string {
		short := []string{runs.At(id).ShortID()}
		if id == to {
			return short
		}
		r, err := s.Get(id)
		if err != nil || seen[id] {
			return nil
		}
		seen[id] = true
		for _, next := range waitsFor(r) {
			if rest := find(next); rest != nil {
				return append(short, rest...)
			}
		}
		return nil
	}
	return find(from)
}

// waitsFor returns the ids of the runs that a run waits for.
func waitsFor(r *runs.Run) []string {
	switch status := r.Status(); {
	case status == runs.Running:
		if id, ok := r.AttrString(WaitingAttr); ok {
			return []string{id}
		}
	case status.Waits():
		v, _ := r.Attr("run_params")
		params, _ := v.(map[string]any)
		return append(After(params), Pinned(r)...)
	}
	return nil
}
