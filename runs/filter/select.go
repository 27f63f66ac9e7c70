package filter

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"guild/runs"
	"guild/runs/catalog"
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
func Select[R runs.Viewer](all []R, specs []string) ([]R, error) {
	return choose(specs, func() ([]R, error) { return all, nil }, func(prefix string) ([]R, error) {
		var match []R
		for _, r := range all {
			if strings.HasPrefix(r.AsView().ID, prefix) {
				match = append(match, r)
			}
		}
		return match, nil
	})
}

// Among returns those of all that pass the filter, or those of them that specs name. It is Find for runs that are not in a store.
func Among(all []*runs.Run, f *Filter, specs []string) ([]*runs.Run, error) {
	all = Apply(f, all)
	if len(specs) == 0 {
		return all, nil
	}
	return Select(all, specs)
}

// Find applies Select to the runs of a store that pass the filter. Without specs it returns all of them. It reads run directories
// only if an index or the filter requires that. The error is an *UnknownNameError if no run passes and no run has a value that the
// filter's expression names.
func Find(c *catalog.Catalog, f *Filter, specs []string) ([]*runs.Run, error) {
	passing := c.List
	if !f.Empty() {
		passing = func() ([]*runs.Run, error) {
			return catalog.Collect(c, func(s *catalog.Snapshot) (*runs.Run, bool) {
				if !f.Match(s) {
					return nil, false
				}
				return s.Run(), true
			})
		}
	}
	return findAmong(passing, f, specs, func(prefix string) ([]*runs.Run, error) { return withPrefix(c.Store, f, prefix) })
}

// Snapshots is Find for callers that read much of the found runs and change none of them.
func Snapshots(c *catalog.Catalog, f *Filter, specs []string) ([]*catalog.Snapshot, error) {
	passing := func() ([]*catalog.Snapshot, error) {
		return c.Snapshots(func(s *catalog.Snapshot) bool { return f.Match(s) })
	}
	return findAmong(passing, f, specs, func(prefix string) ([]*catalog.Snapshot, error) {
		list, err := withPrefix(c.Store, f, prefix)
		return c.Of(list), err
	})
}

// findAmong returns all that pass the filter, or those of them that specs name.
func findAmong[R runs.Viewer](passing func() ([]R, error), f *Filter, specs []string, byPrefix func(string) ([]R, error)) ([]R, error) {
	if len(specs) > 0 {
		return choose(specs, sync.OnceValues(passing), byPrefix)
	}
	list, err := passing()
	if err == nil && len(list) == 0 {
		err = f.UnknownName()
	}
	return list, err
}

// Latest returns the run that spec names, or if spec is empty, the latest started run that passes the filter.
func Latest(c *catalog.Catalog, f *Filter, spec string) (*runs.Run, error) {
	if spec == "" {
		return latest(c, f)
	}
	found, err := Find(c, f, []string{spec})
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%s names %d runs where one is asked for: give its index or the start of its id", spec, len(found))
	}
	return found[0], nil
}

func latest(c *catalog.Catalog, f *Filter) (*runs.Run, error) {
	const some = 64 // these are read first, since the match is usually among them
	list, total, err := c.Latest(some)
	if err != nil {
		return nil, err
	}
	if f.Empty() && total > 0 {
		return list[0], nil
	}
	if i := slices.IndexFunc(c.Of(list), func(s *catalog.Snapshot) bool { return f.Match(s) }); i >= 0 {
		return list[i], nil
	}
	if total == len(list) {
		return nil, cmp.Or(f.UnknownName(), ErrNoMatch)
	}
	if list, err = Find(c, f, nil); err == nil && len(list) == 0 {
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

func choose[R runs.Viewer](specs []string, list func() ([]R, error), byPrefix func(string) ([]R, error)) ([]R, error) {
	var chosen []R
	seen := map[string]bool{}
	for _, text := range specs {
		sp, err := parseSpec(text)
		if err != nil {
			return nil, err
		}
		found, err := find(sp, list, byPrefix)
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			if id := r.AsView().ID; !seen[id] {
				seen[id] = true
				chosen = append(chosen, r)
			}
		}
	}
	return chosen, nil
}

func find[R runs.Viewer](sp spec, list func() ([]R, error), byPrefix func(string) ([]R, error)) ([]R, error) {
	count := 0
	if sp.op != nil {
		all, err := list()
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(all, func(r R) bool { return sp.op(r.AsView()) }); i >= 0 {
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
		if r.AsView().ID == sp.text {
			return []R{r}, nil
		}
	}
	switch {
	case len(match) > 1:
		ids := make([]string, len(match))
		for i, r := range match {
			ids[i] = r.AsView().ID
		}
		return nil, sp.ambiguous(ids)
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

func (sp spec) ambiguous(match []string) error {
	const most = 5
	slices.Sort(match)
	var ids []string
	for i, id := range match {
		if i == most {
			ids = append(ids, "...")
			break
		}
		ids = append(ids, id[:min(len(id), max(idLen, len(sp.text)+4))])
	}
	return fmt.Errorf("%s is the start of %d run ids, give more of it: %s", sp.text, len(match), strings.Join(ids, ", "))
}
