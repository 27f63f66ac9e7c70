package batchplan

import (
	"slices"

	"guild/opdef"
	"guild/proc/links"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/pyyaml"
)

// TrialsLeft reports whether a batch has trials that have not completed, or that have not been made.
func TrialsLeft(store *runs.Store, batch *runs.Run) (bool, error) {
	p, err := Read(batch)
	if err != nil {
		return false, err
	}
	had, err := links.Runs(catalog.New(store, nil), batch.Dir)
	if err != nil {
		return false, err
	}
	completed := slices.DeleteFunc(slices.Clone(had), func(r *runs.Run) bool { return r.Status() != runs.Completed })
	switch _, sequential := p.Sequential(); {
	case sequential:
		return len(completed) < p.MaxTrialsOrDefault(), nil
	case !p.isBuiltin():
		return len(completed) < len(had), nil
	}
	planned, err := p.Trials()
	if err != nil {
		return false, err
	}
	for _, vals := range planned {
		var r *runs.Run
		if r, completed = TakeEqual(completed, vals); r == nil {
			return true, nil
		}
	}
	return false, nil
}

// TakeEqual removes the first run with the given flag values from a list. It returns that run, or nil if there is none, and the rest.
func TakeEqual(list []*runs.Run, vals opdef.Values) (taken *runs.Run, rest []*runs.Run) {
	for i, r := range list {
		if pyyaml.Equal(r.Flags(), Recorded(vals)) {
			return r, append(list[:i:i], list[i+1:]...)
		}
	}
	return nil, list
}
