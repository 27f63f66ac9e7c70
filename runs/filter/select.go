package filter

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"guild/runs"
)

// ErrNoMatch says that no run passes the filters.
var ErrNoMatch = errors.New("no matching runs")

// Select returns the runs among all that specs name, each once, in the order of specs. A spec is
//   - an index into all, from 1;
//   - a range A:B of indexes, either of which may be missing; B may be larger than the number of runs;
//   - the start of an id;
//   - `latest`, or o:OPERATION for the latest run of an operation.
//
// The error wraps runs.ErrNotFound if a spec matches nothing.
func Select(all []*runs.Run, specs []string) ([]*runs.Run, error) {
	return choose(specs, func() ([]*runs.Run, error) { return all, nil }, func(prefix string) ([]*runs.Run, error) {
		var match []*runs.Run
		for _, r := range all {
			if strings.HasPrefix(r.ID, prefix) {
				match = append(match, r)
			}
		}
		return match, nil
	})
}

// Find applies Select to the runs of a store that pass the filter. Without specs it returns all of them. It reads run directories
// only if an index or the filter requires that. The error is an *UnknownNameError if no run passes and no run has a value that the
// filter's expression names.
func Find(s *runs.Store, f *Filter, specs []string) ([]*runs.Run, error) {
	return find(s, func() ([]*runs.Run, error) {
		if f.Empty() {
			return s.List()
		}
		return runs.Gather(s, func(r *runs.Run) (*runs.Run, bool) { return r.Plain(), f.Match(r) })
	}, f, specs)
}

// Survey is Find for callers that read much of each run and change nothing; see runs.Store.Survey.
func Survey(s *runs.Store, f *Filter, specs []string) ([]*runs.Run, error) {
	return find(s, func() ([]*runs.Run, error) { return s.Survey(f.Match) }, f, specs)
}

func find(s *runs.Store, passing func() ([]*runs.Run, error), f *Filter, specs []string) ([]*runs.Run, error) {
	if len(specs) == 0 {
		list, err := passing()
		if err == nil && len(list) == 0 {
			err = f.UnknownName()
		}
		return list, err
	}
	return choose(specs, sync.OnceValues(passing), func(prefix string) ([]*runs.Run, error) { return withPrefix(s, f, prefix) })
}

// Latest returns the run that spec names, or if spec is empty, the latest started run that passes the filter.
func Latest(s *runs.Store, f *Filter, spec string) (*runs.Run, error) {
	if spec == "" {
		return latest(s, f)
	}
	found, err := Find(s, f, []string{spec})
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%s names %d runs where one is asked for: give its index or the start of its id", spec, len(found))
	}
	return found[0], nil
}

func latest(s *runs.Store, f *Filter) (*runs.Run, error) {
	const some = 64 // these are read first, since the match is usually among them
	list, total, err := s.Latest(some)
	if err != nil {
		return nil, err
	}
	if !f.Empty() {
		list = s.Recall(list)
	}
	if i := slices.IndexFunc(list, f.Match); i >= 0 {
		return list[i].Plain(), nil
	}
	if total == len(list) {
		return nil, cmp.Or(f.UnknownName(), ErrNoMatch)
	}
	if list, err = Find(s, f, nil); err == nil && len(list) == 0 {
		err = ErrNoMatch
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

func withPrefix(s *runs.Store, f *Filter, prefix string) ([]*runs.Run, error) {
	ids, err := s.IDs()
	if err != nil {
		return nil, err
	}
	var match []*runs.Run
	for _, id := range ids {
		if !strings.HasPrefix(id, prefix) {
			continue
		}
		r, err := s.Get(id)
		if err == nil && f.Match(r) {
			match = append(match, r)
		}
	}
	return match, nil
}

func choose(specs []string, list func() ([]*runs.Run, error), byPrefix func(string) ([]*runs.Run, error)) ([]*runs.Run, error) {
	var chosen []*runs.Run
	seen := map[string]bool{}
	for _, text := range specs {
		sp, err := parseSpec(text)
		if err != nil {
			return nil, err
		}
		found, err := sp.find(list, byPrefix)
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			if !seen[r.ID] {
				seen[r.ID] = true
				chosen = append(chosen, r)
			}
		}
	}
	return chosen, nil
}

func (sp spec) find(list func() ([]*runs.Run, error), byPrefix func(string) ([]*runs.Run, error)) ([]*runs.Run, error) {
	count := 0
	if sp.op != nil {
		all, err := list()
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(all, sp.op); i >= 0 {
			return all[i : i+1], nil
		}
		return nil, sp.notFound(len(all))
	}
	if sp.ranged || sp.index > 0 {
		all, err := list()
		if err != nil {
			return nil, err
		}
		count = len(all)
		switch {
		case sp.ranged && sp.lo > count:
			return nil, sp.notFound(count)
		case sp.ranged:
			lo, hi := max(sp.lo, 1), count
			if sp.hi > 0 {
				hi = min(sp.hi, count)
			}
			return all[lo-1 : hi], nil
		case sp.index <= count:
			return all[sp.index-1 : sp.index], nil
		}
	}
	match, err := byPrefix(sp.text)
	if err != nil {
		return nil, err
	}
	for _, r := range match {
		if r.ID == sp.text {
			return []*runs.Run{r}, nil
		}
	}
	switch {
	case len(match) > 1:
		return nil, sp.ambiguous(match)
	case len(match) == 0 && sp.index > 0:
		return nil, sp.notFound(count)
	case len(match) == 0:
		return nil, fmt.Errorf("%w: %s ('guild runs' lists the runs)", runs.ErrNotFound, sp.text)
	}
	return match, nil
}

func (sp spec) notFound(count int) error {
	return fmt.Errorf("%w: %s (there are %d that match; 'guild runs' lists them)", runs.ErrNotFound, sp.text, count)
}

func (sp spec) ambiguous(match []*runs.Run) error {
	const most = 5
	slices.SortFunc(match, func(a, b *runs.Run) int { return strings.Compare(a.ID, b.ID) })
	var ids []string
	for i, r := range match {
		if i == most {
			ids = append(ids, "...")
			break
		}
		ids = append(ids, r.ID[:min(len(r.ID), max(idLen, len(sp.text)+4))])
	}
	return fmt.Errorf("%s is the start of %d run ids, give more of it: %s", sp.text, len(match), strings.Join(ids, ", "))
}
