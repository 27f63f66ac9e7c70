package proc

import (
	"fmt"
	"strings"

	"guild/runs"
	"guild/runs/compare"
	"guild/runs/values"
)

// ranking says which run is the best of several.
type ranking struct {
	column  compare.Column
	highest bool
}

// parseRanking reads "--min COLUMN" or "--max COLUMN" in place of the id of a run, as guild select has them: the run with the lowest
// or the highest value of that column. ok is false for any other text.
func parseRanking(spec string) (o ranking, ok bool, err error) {
	option, by, _ := strings.Cut(strings.Replace(strings.TrimSpace(spec), "=", " ", 1), " ")
	if option != "--min" && option != "--max" {
		return o, false, nil
	}
	columns, err := compare.Parse(strings.TrimSpace(by))
	if err == nil && len(columns) != 1 {
		err = fmt.Errorf("'%s' names %d columns, not one", by, len(columns))
	}
	if err != nil {
		return o, true, fmt.Errorf("choose a run by '%s': %w", spec, err)
	}
	return ranking{columns[0], option == "--max"}, true, nil
}

// best returns the best of the runs of the operations that have completed.
func (f *runFinder) best(operations []string, o ranking, err error) (*runs.Run, error) {
	if err != nil {
		return nil, err
	}
	list, err := f.all(operations)
	if err != nil {
		return nil, err
	}
	best := compare.Sort(list, o.column, o.highest)[0]
	if o.column.Of(values.Of(best)) == nil {
		return nil, fmt.Errorf("no run of %s has a value to choose it by; 'guild compare' shows what values there are", strings.Join(operations, ","))
	}
	return best, nil
}

// all returns all runs of the operations that have completed, the latest first. There is at least one.
func (f *runFinder) all(operations []string) ([]*runs.Run, error) {
	match, err := operationMatcher(operations)
	if err != nil {
		return nil, err
	}
	candidates, err := f.candidates()
	if err != nil {
		return nil, err
	}
	var list []*runs.Run
	for _, r := range candidates {
		if r.ID != f.self && match(r.Opref()) && r.Status() == runs.Completed {
			list = append(list, r)
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("no completed run of %s", strings.Join(operations, ","))
	}
	return list, nil
}
