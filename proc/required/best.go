package required

import (
	"fmt"
	"strings"

	"guild/runs"
	"guild/runs/compare"
	"guild/runs/values"
)

// ranking orders runs by a column, to choose the best one.
type ranking struct {
	column  compare.Column
	highest bool
}

// parseRanking reads "--min COLUMN" or "--max COLUMN", which can stand in place of a run id: the run with the lowest or the highest value of
// the column, as in `guild select`. ok is false for any other text.
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

// best returns the best completed run of the operations.
func (f *Finder) best(operations []string, o ranking) (*runs.Run, error) {
	list, err := f.All(operations)
	if err != nil {
		return nil, err
	}
	best := compare.Sort(list, o.column, o.highest)[0]
	if o.column.Of(values.Of(best)) == nil {
		return nil, fmt.Errorf("no run of %s has a value to choose it by; 'guild compare' shows what values there are", strings.Join(operations, ","))
	}
	return best, nil
}

// All returns the completed runs of the operations, the latest first. It is an error if there are none.
func (f *Finder) All(operations []string) ([]*runs.Run, error) {
	match, err := MatchOperations(operations)
	if err != nil {
		return nil, err
	}
	candidates, err := f.candidates()
	if err != nil {
		return nil, err
	}
	var list []*runs.Run
	for _, r := range candidates {
		if r.ID != f.Self && match(r.Opref()) && r.Status() == runs.Completed {
			list = append(list, r)
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("no completed run of %s", strings.Join(operations, ","))
	}
	return list, nil
}
