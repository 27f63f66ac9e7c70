package trials

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"guild/opdef"
	"guild/opdef/search"
	"guild/opdef/search/sequential"
	"guild/runs"
	"guild/runs/pyyaml"
)

// searcher chooses each trial of a sequential optimizer by the results of earlier trials.
type searcher struct {
	trials  *queue
	space   search.Space
	options sequential.Options
	starts  int // number of trials with random values
	most    int // number of trials in all

	history history
	made    int // trials made so far
	done    int // trials that have completed
}

func newSearcher(t *queue, name string) (*searcher, error) {
	dims, err := t.plan.Dims()
	if err != nil {
		return nil, err
	}
	flags, err := t.batch.Run.ReadFlags()
	if err != nil {
		return nil, err
	}
	s := &searcher{trials: t, space: dims, most: t.plan.MaxTrialsOrDefault()}
	starts, _ := flags["random-starts"].(int)
	s.starts = min(starts, s.most)
	s.options = sequential.Options{Optimizer: name, Noise: -1}
	s.options.Kappa, _ = pyyaml.Number(flags["kappa"])
	s.options.Xi, _ = pyyaml.Number(flags["xi"])
	s.options.AcqFunc, _ = flags["acq-func"].(string)
	if noise, ok := pyyaml.Number(flags["noise"]); ok {
		s.options.Noise = noise
	} else if text, ok := flags["noise"].(string); ok && text != "gaussian" {
		return nil, fmt.Errorf("flag noise=%s is neither gaussian nor a variance", text)
	}
	if s.history, err = newHistory(t, flags["prev-trials"]); err != nil {
		return nil, err
	}
	if !t.plan.Option("needed") {
		return s, nil
	}
	had, err := t.linked()
	for _, r := range had {
		if r.Status() == runs.Completed {
			s.made++
		}
	}
	return s, err
}

// next makes the next trial, which the caller then owns. It returns nil if all have been made.
func (s *searcher) next() (*runs.Lock, error) {
	if s.made == s.most {
		return nil, nil
	}
	vals, err := s.choose()
	if err != nil {
		return nil, err
	}
	s.made++
	d, err := s.trials.draft(vals)
	if err != nil {
		return nil, err
	}
	return d.CommitOwned(runs.Pending)
}

// choose returns the flag values of the next trial.
func (s *searcher) choose() (opdef.Values, error) {
	found, err := s.history.read()
	if err != nil {
		return nil, err
	}
	rng := search.Rand(s.trials.plan.Seed, uint64(s.made)+1)
	results := s.results(found)
	var chosen []any
	why := ""
	switch {
	case s.made < s.starts:
		why = fmt.Sprintf("%d of %d", s.done+1, s.starts)
	case len(found) == 0:
		why = "missing previous trials"
	case len(results) == 0:
		why = fmt.Sprintf("cannot find objective '%s'", strings.TrimPrefix(cmp.Or(s.trials.plan.Objective, opdef.DefaultObjective), "-"))
	default:
		if chosen, err = sequential.Suggest(s.space, results, s.options, rng); err != nil {
			why = err.Error()
			break
		}
		s.trials.batch.log("INFO", "Found %d previous trial(s) for use in optimization", len(found))
	}
	if chosen == nil {
		s.trials.batch.log("INFO", "Random start for optimization (%s)", why)
		for i := range s.space {
			chosen = append(chosen, s.space[i].Sample(rng))
		}
	}
	vals := maps.Clone(s.trials.plan.Values)
	for i, d := range s.space {
		vals[d.Flag] = chosen[i]
		if s.made == 0 && d.Initial != nil {
			vals[d.Flag] = d.Initial
		}
	}
	return vals, nil
}

// results returns the results of trials that have an objective. Trials under way count as if they had the best objective so far, so that
// the search does not choose nearly the same values again (Ginsbourger, Le Riche and Carraro 2010).
func (s *searcher) results(found []outcome) []sequential.Result {
	var results []sequential.Result
	for _, o := range found {
		if o.has {
			results = append(results, sequential.Result{Values: s.of(o.flags), Y: o.y})
		}
	}
	if len(results) == 0 {
		return nil
	}
	best := slices.MinFunc(results, func(a, b sequential.Result) int { return cmp.Compare(a.Y, b.Y) })
	for _, r := range s.trials.underWay() {
		results = append(results, sequential.Result{Values: s.of(r.Flags()), Y: best.Y})
	}
	return results
}

// of returns the values of the flags that span the search space.
func (s *searcher) of(flags map[string]any) []any {
	vals := make([]any, len(s.space))
	for i, d := range s.space {
		vals[i] = flags[d.Flag]
	}
	return vals
}
